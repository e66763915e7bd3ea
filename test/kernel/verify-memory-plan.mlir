// RUN: %net-opt %s --kernel-verify-memory-plan --split-input-file --verify-diagnostics

// A plan that holds: %y takes the place of %x in place, %z where both are gone.
module attributes {kernel.arena_bytes = 192 : i64} {
  kernel.global @w : memref<10xf32> {tensor = #kernel.tensor<10xf32>, kind = "parameter", offset = 0 : i64}
  kernel.program @p() attributes {batch = 1 : i64} {
    %x = kernel.slice {offset = 64 : i64} : memref<20xf32>
    kernel.launch @write(%x) : memref<20xf32>
    %y = kernel.slice {offset = 64 : i64} : memref<20xf32>
    kernel.launch @copy(%y, %x) {in_place = [[0, 1]]} : memref<20xf32>, memref<20xf32>
    %z = kernel.slice {offset = 64 : i64} : memref<20xf32>
    kernel.launch @write(%z) : memref<20xf32>
    kernel.return
  }
  kernel.func @write(%x: memref<20xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
    kernel.return
  }
  kernel.func @copy(%y: memref<20xf32>, %x: memref<20xf32>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
    kernel.return
  }
}

// -----

module attributes {kernel.arena_bytes = 192 : i64} {
  kernel.program @p() attributes {batch = 1 : i64} {
    // expected-note @below {{the other, at [0, 80)}}
    %x = kernel.slice {offset = 0 : i64} : memref<20xf32>
    // expected-error @below {{a buffer at [64, 144) overlaps another that is in use with it}}
    %y = kernel.slice {offset = 64 : i64} : memref<20xf32>
    kernel.launch @write(%x, %y) : memref<20xf32>, memref<20xf32>
    kernel.return
  }
  kernel.func @write(%x: memref<20xf32>, %y: memref<20xf32>, %part: index, %parts: index) attributes {access = ["write", "write"]} {
    kernel.return
  }
}

// -----

// The launch does not permit it.
module attributes {kernel.arena_bytes = 192 : i64} {
  kernel.program @p() attributes {batch = 1 : i64} {
    // expected-note @below {{the other, at [0, 80)}}
    %x = kernel.slice {offset = 0 : i64} : memref<20xf32>
    kernel.launch @write(%x) : memref<20xf32>
    // expected-error @below {{a buffer at [0, 80) overlaps another that is in use with it}}
    %y = kernel.slice {offset = 0 : i64} : memref<20xf32>
    kernel.launch @copy(%y, %x) : memref<20xf32>, memref<20xf32>
    kernel.return
  }
  kernel.func @write(%x: memref<20xf32>, %part: index, %parts: index) attributes {access = ["write"]} {
    kernel.return
  }
  kernel.func @copy(%y: memref<20xf32>, %x: memref<20xf32>, %part: index, %parts: index) attributes {access = ["write", "read"]} {
    kernel.return
  }
}

// -----

// expected-error @below {{has no memory plan: `kernel.arena_bytes` is missing}}
module {}

// -----

module attributes {kernel.arena_bytes = 64 : i64} {
  // expected-error @below {{has no place in the arena}}
  kernel.global @w : memref<10xf32> {tensor = #kernel.tensor<10xf32>, kind = "parameter"}
}

// -----

module attributes {kernel.arena_bytes = 192 : i64} {
  kernel.global @w : memref<20xf32> {tensor = #kernel.tensor<20xf32>, kind = "parameter", offset = 0 : i64}
  // expected-error @below {{overlaps another global}}
  kernel.global @v : memref<20xf32> {tensor = #kernel.tensor<20xf32>, kind = "parameter", offset = 64 : i64}
}

// -----

module attributes {kernel.arena_bytes = 64 : i64} {
  // expected-error @below {{is outside the arena}}
  kernel.global @w : memref<20xf32> {tensor = #kernel.tensor<20xf32>, kind = "parameter", offset = 0 : i64}
}

// -----

module attributes {kernel.arena_bytes = 192 : i64} {
  kernel.global @w : memref<20xf32> {tensor = #kernel.tensor<20xf32>, kind = "parameter", offset = 0 : i64}
  kernel.program @p(
      // expected-error @below {{a buffer at [64, 68) is outside what the globals leave of the arena, [80, 192)}}
      %x: memref<1xf32> {kernel.name = "x", kernel.role = "input", kernel.offset = 64 : i64}) attributes {batch = 1 : i64} {
    kernel.return
  }
}

// -----

module attributes {kernel.arena_bytes = 192 : i64} {
  kernel.program @p(
      // expected-error @below {{a buffer has no place in the arena}}
      %x: memref<1xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
    kernel.return
  }
}
