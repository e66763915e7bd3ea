// REQUIRES: cuda
// RUN: env NETC_CACHE= %net-opt %s --kernel-plan-graphs | FileCheck %s

// Each graph gets its engine; the one that needs memory gets a workspace. The two
// equal graphs are asked for once.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
  // CHECK-LABEL: kernel.program @run
  kernel.program @run(%dy: memref<4x28x28x6xf32> {kernel.name = "dy", kernel.role = "input"},
                      %w: memref<6x5x5x1xf32> {kernel.name = "w", kernel.role = "input"},
                      %dx: memref<4x28x28x1xf32> {kernel.name = "dx", kernel.role = "output"},
                      %dz: memref<4x28x28x1xf32> {kernel.name = "dz", kernel.role = "output"})
      attributes {batch = 4 : i64} {
    // CHECK: kernel.graph "{{.*}}" engine "eng{{[0-9]+}}" ins(%dy, %w : {{.*}}) outs(%dx
    kernel.graph "precision f32; tensor dy f32 4x6x28x28 4704x1x168x6; tensor w f32 6x1x5x5 25x1x5x1; tensor dx f32 4x1x28x28 784x1x28x1; node convolution_data dy w -> dx stride 1x1 padding 2x2 dilation 1x1"
        ins(%dy, %w : memref<4x28x28x6xf32>, memref<6x5x5x1xf32>) outs(%dx : memref<4x28x28x1xf32>)
    // CHECK: kernel.graph "{{.*}}" engine "eng{{[0-9]+}}" ins(%dy, %w : {{.*}}) outs(%dz
    kernel.graph "precision f32; tensor dy f32 4x6x28x28 4704x1x168x6; tensor w f32 6x1x5x5 25x1x5x1; tensor dx f32 4x1x28x28 784x1x28x1; node convolution_data dy w -> dx stride 1x1 padding 2x2 dilation 1x1"
        ins(%dy, %w : memref<4x28x28x6xf32>, memref<6x5x5x1xf32>) outs(%dz : memref<4x28x28x1xf32>)
    kernel.return
  }
}
