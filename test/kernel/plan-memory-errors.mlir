// RUN: %net-opt %s --kernel-plan-memory --split-input-file --verify-diagnostics

// expected-error @below {{the programs need an arena of 79164837199936 bytes; at most 2^46 are possible}}
module {
  kernel.program @p(%x: memref<10995116277760xf32> {kernel.name = "x", kernel.role = "input"},
                    %y: memref<8796093022208xf32> {kernel.name = "y", kernel.role = "input"}) attributes {batch = 1 : i64} {
    kernel.return
  }
}

// -----

// expected-error @below {{the programs need an arena of}}
module {
  kernel.global @w : memref<4611686018427387904xf32> {tensor = #kernel.tensor<4611686018427387904xf32>, kind = "parameter"}
}

// -----

kernel.program @p() attributes {batch = 1 : i64} {
  // expected-error @below {{a buffer of 'memref<4611686018427387904xf32>' does not fit an arena of at most 2^46 bytes}}
  %x = kernel.alloc : memref<4611686018427387904xf32>
  kernel.return
}

// -----

kernel.program @p() attributes {batch = 1 : i64} {
  // expected-note @below {{the buffer is here}}
  %x = kernel.alloc : memref<4xf32>
  // expected-error @below {{reads a buffer that nothing has written}}
  kernel.launch @read(%x) : memref<4xf32>
  kernel.return
}
kernel.func @read(%x: memref<4xf32>, %part: index, %parts: index) attributes {access = ["readwrite"]} {
  kernel.return
}

// -----

// What has a place keeps it, and is checked against the rest.
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
