// RUN: %net-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expected isa "avx2" or "avx512", got "sse"}}
module attributes {kernel.target = #kernel.cpu<isa = "sse", threads = 2>} {}

// -----

// expected-error @below {{expected at least one thread, got 0}}
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 0>} {}

// -----

// expected-error @below {{`kernel.target` must be a target such as #kernel.cpu, got "avx2"}}
module attributes {kernel.target = "avx2"} {}

// -----

// expected-error @below {{has an unknown attribute `kernel.tarket`}}
module attributes {kernel.tarket = #kernel.cpu<isa = "avx2", threads = 1>} {}

// -----

// A tag that does not fit the shape.
// expected-error @below {{layout `aB8b`}}
kernel.global @w : memref<4xf32> {tensor = #kernel.tensor<4xf32, "aB8b">, kind = "parameter"}

// -----

// expected-error @below {{expected elements of f32, bf16, i32, i16 or i8, got 'f64'}}
kernel.global @w : memref<4xf32> {tensor = #kernel.tensor<4xf64>, kind = "parameter"}

// -----

// global_c1
// expected-error @below {{has a buffer 'memref<4x8xf32>', but its tensor lies in 'memref<4x1x8xf32>'}}
kernel.global @w : memref<4x8xf32> {tensor = #kernel.tensor<4x8xf32, "aB8b">, kind = "parameter"}

// -----

// expected-error @below {{expected kind "parameter", "statistic", "state" or "dataset", got "weight"}}
kernel.global @w : memref<4xf32> {tensor = #kernel.tensor<4xf32>, kind = "weight"}

// -----

// expected-error @below {{has a file_shape of 5 elements, but 4 in its tensor}}
kernel.global @w : memref<4xf32> {tensor = #kernel.tensor<4xf32>, kind = "parameter", file_shape = array<i64: 5>}

// -----

// expected-error @below {{has an offset that is not a multiple of 64}}
kernel.global @w : memref<4xf32> {tensor = #kernel.tensor<4xf32>, kind = "parameter", offset = 4 : i64}

// -----

// expected-error @below {{type attribute of buffer (a static memref}}
kernel.global @w : memref<4xf32, strided<[2]>> {tensor = #kernel.tensor<4xf32>, kind = "parameter"}

// -----

// expected-note @below {{declared here}}
kernel.global @w : memref<4xf32> {tensor = #kernel.tensor<4xf32>, kind = "parameter"}
kernel.program @p() attributes {batch = 1 : i64} {
  // expected-error @below {{has the type 'memref<5xf32>', but the global is 'memref<4xf32>'}}
  %w = kernel.get_global @w : memref<5xf32>
  kernel.return
}

// -----

kernel.program @p() attributes {batch = 1 : i64} {
  // expected-error @below {{`@w` is not a global of this module}}
  %w = kernel.get_global @w : memref<5xf32>
  kernel.return
}

// -----

// program_c2
// expected-error @below {{argument 0 is not a buffer, but 'index'}}
kernel.program @p(%x: index {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  kernel.return
}

// -----

// program_c2
// expected-error @below {{argument 0 has no `kernel.name`}}
kernel.program @p(%x: memref<4xf32> {kernel.role = "input"}) attributes {batch = 1 : i64} {
  kernel.return
}

// -----

// program_c2
// expected-error @below {{has two arguments named "x"}}
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"},
                  %y: memref<4xf32> {kernel.name = "x", kernel.role = "output"}) attributes {batch = 1 : i64} {
  kernel.return
}

// -----

// program_c2
// expected-error @below {{argument "x" needs a `kernel.role`, "input" or "output"}}
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "both"}) attributes {batch = 1 : i64} {
  kernel.return
}

// -----

// program_c3
// expected-error @below {{argument "x" is 'memref<4xf32>', which does not hold #kernel.tensor<5xf32>}}
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input", kernel.tensor = #kernel.tensor<5xf32>})
    attributes {batch = 1 : i64} {
  kernel.return
}

// -----

// program_c4
// expected-note @below {{in this program}}
kernel.program @p() attributes {batch = 1 : i64} {
  // expected-error @below {{is not a launch nor a buffer: a program holds nothing else}}
  %c = arith.constant 0 : index
  kernel.return
}

// -----

// expected-error @below {{expected a positive batch, got 0}}
kernel.program @p() attributes {batch = 0 : i64} {
  kernel.return
}

// -----

// func_c1
// expected-error @below {{must have buffers, then words, then %part: index and %parts: index}}
kernel.func @f(%x: memref<4xf32>) attributes {access = ["read"]} {
  kernel.return
}

// -----

// func_c2
// expected-error @below {{has 1 buffers, but `access` has 2 entries}}
kernel.func @f(%x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["read", "write"]} {
  kernel.return
}

// -----

// func_c2
// expected-error @below {{expected "read", "write" or "readwrite" in `access`, got "rw"}}
kernel.func @f(%x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["rw"]} {
  kernel.return
}

// -----

// func_c3
// expected-error @below {{must have a name of letters, digits, `_` and `.` that begins with a letter}}
kernel.func @_init(%x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["read"]} {
  kernel.return
}

// -----

kernel.program @p() attributes {batch = 1 : i64} {
  // expected-error @below {{has an offset that is not a multiple of 64}}
  %x = kernel.slice {offset = 1 : i64} : memref<4xf32>
  kernel.return
}

// -----

// reshape_c1
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{cannot view 'memref<4xf32>' as 'memref<5xf32>'}}
  %y = kernel.reshape %x : memref<4xf32> to memref<5xf32>
  kernel.return
}

// -----

kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{`@f` is not a kernel of this module}}
  kernel.launch @f(%x) : memref<4xf32>
  kernel.return
}

// -----

// func_c1
// expected-error @below {{argument 1 is not a buffer, nor a word behind those, but 'i32'}}
kernel.func @f(%x: memref<4xf32>, %word: i32, %part: index, %parts: index) attributes {access = ["read"]} {
  kernel.return
}

// -----

// launch_c1
kernel.func @f(%x: memref<?xf32>, %word: i64, %part: index, %parts: index) attributes {access = ["read"]} { // expected-note {{the kernel is declared here}}
  kernel.return
}
kernel.program @p(%x: memref<2x2xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  kernel.launch @f(%x) words = [3] : memref<2x2xf32>
  // expected-error @below {{has 0 words, but the kernel takes 1}}
  kernel.launch @f(%x) : memref<2x2xf32>
  kernel.return
}

// -----

// launch_c1
kernel.func @f(%x: memref<?xf32>, %part: index, %parts: index) attributes {access = ["read"]} { // expected-note {{the kernel is declared here}}
  kernel.return
}
kernel.program @p(%x: memref<4xi32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has 'memref<4xi32>' as buffer 0, but the kernel takes 'memref<?xf32>'}}
  kernel.launch @f(%x) : memref<4xi32>
  kernel.return
}

// -----

// launch_c1
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has 1 buffers, but the kernel takes 2}}
  kernel.launch @f(%x) : memref<4xf32>
  kernel.return
}
// expected-note @below {{the kernel is declared here}}
kernel.func @f(%y: memref<4xf32>, %x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
  kernel.return
}

// -----

// launch_c1
kernel.program @p(%x: memref<5xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has 'memref<5xf32>' as buffer 0, but the kernel takes 'memref<4xf32>'}}
  kernel.launch @f(%x) : memref<5xf32>
  kernel.return
}
// expected-note @below {{the kernel is declared here}}
kernel.func @f(%x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["read"]} {
  kernel.return
}

// -----

// launch_c2
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{`in_place` [0, 3] does not name two of its 1 buffers}}
  kernel.launch @f(%x) {in_place = [[0, 3]]} : memref<4xf32>
  kernel.return
}
kernel.func @f(%x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["read"]} {
  kernel.return
}

// -----

// launch_c2
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{expected pairs [out, in] in `in_place`, got [0]}}
  kernel.launch @f(%x) {in_place = [[0]]} : memref<4xf32>
  kernel.return
}
kernel.func @f(%x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["read"]} {
  kernel.return
}

// -----

// launch_c2
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  %y = kernel.alloc : memref<4xf32>
  // expected-error @below {{`in_place` [1, 0] needs a buffer that the kernel only writes and one that it reads}}
  kernel.launch @f(%y, %x) {in_place = [[1, 0]]} : memref<4xf32>, memref<4xf32>
  kernel.return
}
// expected-note @below {{the kernel is declared here}}
kernel.func @f(%y: memref<4xf32>, %x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
  kernel.return
}
