// REQUIRES: cuda
// RUN: env NETC_CACHE= %net-opt %s --split-input-file --verify-diagnostics --kernel-plan-graphs

// expected-error @below {{expected the module's target}}
module {
}

// -----

// expected-error @below {{unknown device `h1000`}}
module attributes {kernel.target = #kernel.cuda<device = "h1000", arch = "sm_90", precision = "f32">} {
}

// -----

// cuDNN has no matrix product in f32 without tensor cores.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
  kernel.program @run(%a: memref<1x8x8xf32> {kernel.name = "a", kernel.role = "input"},
                      %c: memref<1x8x8xf32> {kernel.name = "c", kernel.role = "output"})
      attributes {batch = 1 : i64} {
    // expected-error @below {{cuDNN has no deterministic engine in f32}}
    kernel.graph "precision f32; tensor a f32 1x8x8 64x8x1; tensor b f32 1x8x8 64x8x1; tensor c f32 1x8x8 64x8x1; node matmul a b -> c"
        ins(%a, %a : memref<1x8x8xf32>, memref<1x8x8xf32>) outs(%c : memref<1x8x8xf32>)
    kernel.return
  }
}
