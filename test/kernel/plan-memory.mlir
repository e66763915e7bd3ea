// RUN: %net-opt %s --kernel-plan-memory --split-input-file | FileCheck %s
// RUN: %net-opt %s --kernel-plan-memory --kernel-plan-memory --split-input-file | FileCheck %s

// Globals first, then inputs and outputs, then temporaries; programs share all
// but the globals, and the arena is the largest program's.
// CHECK: module attributes {kernel.arena_bytes = 896 : i64}
// CHECK: kernel.global @w {{.*}}offset = 0 : i64
// CHECK: kernel.global @b {{.*}}offset = 128 : i64
kernel.global @w : memref<20xf32> {tensor = #kernel.tensor<20xf32>, kind = "parameter"}
kernel.global @b : memref<2xf32> {tensor = #kernel.tensor<2xf32>, kind = "parameter"}

// CHECK: kernel.program @large(%x: {{.*}}kernel.offset = 192 : i64, {{.*}}%y: {{.*}}kernel.offset = 320 : i64
kernel.program @large(%x: memref<20xf32> {kernel.name = "x", kernel.role = "input"},
                      %y: memref<20xf32> {kernel.name = "y", kernel.role = "output"}) attributes {batch = 1 : i64} {
  // The largest is placed first; %a and %c are never in use at once.
  // CHECK: %[[A:.*]] = kernel.slice {offset = 768 : i64} : memref<100xi8>
  // CHECK: kernel.launch @copy(%[[A]], %x)
  %a = kernel.alloc : memref<100xi8>
  kernel.launch @copy(%a, %x) : memref<100xi8>, memref<20xf32>
  // CHECK: kernel.slice {offset = 448 : i64} : memref<300xi8>
  %b = kernel.alloc : memref<300xi8>
  kernel.launch @grow(%b, %a) : memref<300xi8>, memref<100xi8>
  // CHECK: kernel.slice {offset = 768 : i64} : memref<100xi8>
  %c = kernel.alloc : memref<100xi8>
  kernel.launch @shrink(%c, %b) : memref<100xi8>, memref<300xi8>
  kernel.launch @result(%y, %c) : memref<20xf32>, memref<100xi8>
  // What no launch names is gone.
  // CHECK-NOT: 777
  %unused = kernel.alloc : memref<777xf32>
  %view = kernel.reshape %unused : memref<777xf32> to memref<7x111xf32>
  kernel.return
}

// CHECK: kernel.program @small(%x: {{.*}}kernel.offset = 192 : i64
kernel.program @small(%x: memref<20xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // CHECK: kernel.slice {offset = 320 : i64} : memref<100xi8>
  %a = kernel.alloc : memref<100xi8>
  kernel.launch @copy(%a, %x) : memref<100xi8>, memref<20xf32>
  kernel.return
}

kernel.func @copy(%y: memref<100xi8>, %x: memref<20xf32>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
  kernel.return
}
kernel.func @grow(%y: memref<300xi8>, %x: memref<100xi8>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
  kernel.return
}
kernel.func @shrink(%y: memref<100xi8>, %x: memref<300xi8>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
  kernel.return
}
kernel.func @result(%y: memref<20xf32>, %x: memref<100xi8>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
  kernel.return
}

// -----

// In place: a chain of launches takes one place, through views too.
// CHECK-LABEL: kernel.program @chain
kernel.program @chain(%x: memref<4x16xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // CHECK: %[[A:.*]] = kernel.slice {offset = 256 : i64}
  %a = kernel.alloc : memref<4x16xf32>
  // An input stays as it is: it has no other place for its result.
  kernel.launch @square(%a, %x) {in_place = [[0, 1]]} : memref<4x16xf32>, memref<4x16xf32>
  // CHECK: %[[B:.*]] = kernel.slice {offset = 256 : i64}
  %b = kernel.alloc : memref<64xf32>
  %bView = kernel.reshape %b : memref<64xf32> to memref<4x16xf32>
  kernel.launch @square(%bView, %a) {in_place = [[0, 1]]} : memref<4x16xf32>, memref<4x16xf32>
  // CHECK: kernel.slice {offset = 256 : i64}
  %c = kernel.alloc : memref<4x16xf32>
  kernel.launch @square(%c, %bView) {in_place = [[0, 1]]} : memref<4x16xf32>, memref<4x16xf32>
  kernel.return
}

// Not in place: the argument is read later (%a), it is an argument twice (%b),
// the launch does not permit it (%c).
// CHECK-LABEL: kernel.program @apart
kernel.program @apart(%x: memref<4x16xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // CHECK: kernel.slice {offset = 256 : i64}
  %a = kernel.alloc : memref<4x16xf32>
  kernel.launch @square(%a, %x) : memref<4x16xf32>, memref<4x16xf32>
  // CHECK: kernel.slice {offset = 512 : i64}
  %b = kernel.alloc : memref<4x16xf32>
  kernel.launch @square(%b, %a) {in_place = [[0, 1]]} : memref<4x16xf32>, memref<4x16xf32>
  // CHECK: kernel.slice {offset = 768 : i64}
  %c = kernel.alloc : memref<4x16xf32>
  kernel.launch @add(%c, %b, %b) {in_place = [[0, 1]]} : memref<4x16xf32>, memref<4x16xf32>, memref<4x16xf32>
  // CHECK: kernel.slice {offset = 512 : i64}
  // CHECK-NEXT: kernel.launch @add(%{{.*}}, %{{.*}}, %{{.*}}) :
  %d = kernel.alloc : memref<4x16xf32>
  kernel.launch @add(%d, %c, %a) : memref<4x16xf32>, memref<4x16xf32>, memref<4x16xf32>
  kernel.return
}

// Only one result can take an argument's place.
// CHECK-LABEL: kernel.program @once
kernel.program @once(%x: memref<4x16xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // CHECK: kernel.slice {offset = 256 : i64}
  %a = kernel.alloc : memref<4x16xf32>
  kernel.launch @square(%a, %x) : memref<4x16xf32>, memref<4x16xf32>
  // CHECK: kernel.slice {offset = 256 : i64}
  // CHECK: kernel.slice {offset = 512 : i64}
  %b = kernel.alloc : memref<4x16xf32>
  %c = kernel.alloc : memref<4x16xf32>
  kernel.launch @split(%b, %c, %a) {in_place = [[0, 2], [1, 2]]} : memref<4x16xf32>, memref<4x16xf32>, memref<4x16xf32>
  kernel.launch @add(%b, %c, %x) : memref<4x16xf32>, memref<4x16xf32>, memref<4x16xf32>
  kernel.return
}

kernel.func @square(%y: memref<4x16xf32>, %x: memref<4x16xf32>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
  kernel.return
}
kernel.func @add(%y: memref<4x16xf32>, %x: memref<4x16xf32>, %z: memref<4x16xf32>, %part: index, %parts: index) attributes {access = ["write", "read", "read"]} {
  kernel.return
}
kernel.func @split(%y: memref<4x16xf32>, %z: memref<4x16xf32>, %x: memref<4x16xf32>, %part: index, %parts: index) attributes {access = ["write", "write", "read"]} {
  kernel.return
}

// -----

// The smallest gap that holds it: %s goes between %a and %c, where %b was.
// CHECK-LABEL: kernel.program @gap
kernel.program @gap() attributes {batch = 1 : i64} {
  // CHECK: %[[A:.*]] = kernel.slice {offset = 0 : i64} : memref<1024xi8>
  %a = kernel.alloc : memref<1024xi8>
  // CHECK: %[[B:.*]] = kernel.slice {offset = 1024 : i64} : memref<512xi8>
  %b = kernel.alloc : memref<512xi8>
  // CHECK: %[[C:.*]] = kernel.slice {offset = 1536 : i64} : memref<256xi8>
  %c = kernel.alloc : memref<256xi8>
  // CHECK: kernel.slice {offset = 1024 : i64} : memref<64xi8>
  %s = kernel.alloc : memref<64xi8>
  kernel.launch @three(%a, %b, %c) : memref<1024xi8>, memref<512xi8>, memref<256xi8>
  kernel.launch @end(%a, %s, %c) : memref<1024xi8>, memref<64xi8>, memref<256xi8>
  kernel.return
}
kernel.func @three(%a: memref<1024xi8>, %b: memref<512xi8>, %c: memref<256xi8>, %part: index, %parts: index) attributes {access = ["write", "write", "write"]} {
  kernel.return
}
kernel.func @end(%a: memref<1024xi8>, %s: memref<64xi8>, %c: memref<256xi8>, %part: index, %parts: index) attributes {access = ["read", "write", "read"]} {
  kernel.return
}
