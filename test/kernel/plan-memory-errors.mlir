// RUN: %net-opt %s --kernel-plan-memory --split-input-file --verify-diagnostics

// expected-error @below {{the programs need an arena of 79164837199872 bytes; at most 2^46 are possible}}
module {
  kernel.program @p(%x: memref<10995116277760xf32> {kernel.name = "x", kernel.role = "input"},
                    %y: memref<8796093022208xf32> {kernel.name = "y", kernel.role = "input"}) attributes {batch = 1 : i64} {
    kernel.return
  }
}

// -----

// expected-error @below {{the programs need an arena of}}
module {
  kernel.global @w : memref<1099511627776x64xf32> {tensor = #kernel.tensor<1099511627776x64xf32>, kind = "parameter"}
}

// -----

kernel.program @p() attributes {batch = 1 : i64} {
  // expected-error @below {{a buffer of 'memref<9223372036854775807xf32>' does not fit an arena of at most 2^46 bytes}}
  %x = kernel.alloc : memref<9223372036854775807xf32>
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
