// RUN: %net-opt %s | %net-opt | FileCheck %s
// RUN: %net-opt %s --kernel-plan-memory | FileCheck %s --check-prefix=PLAN

// A target that is a GPU, and launches of cuDNN's graphs.
// CHECK: kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
  // CHECK-LABEL: kernel.program @run
  kernel.program @run(%x: memref<2x4x4x3xf32> {kernel.name = "x", kernel.role = "input"},
                      %w: memref<5x3x3x3xf32> {kernel.name = "w", kernel.role = "input"},
                      %y: memref<2x2x2x5xf32> {kernel.name = "y", kernel.role = "output"})
      attributes {batch = 2 : i64} {
    // CHECK: %[[S:.*]] = kernel.alloc : memref<256xi8>
    // CHECK: kernel.graph "precision f32; {{.*}} node convolution x w -> y {{.*}}" engine "eng11"
    // CHECK-SAME: ins(%x, %w : memref<2x4x4x3xf32>, memref<5x3x3x3xf32>) outs(%y : memref<2x2x2x5xf32>) workspace(%[[S]] : memref<256xi8>)
    // PLAN: kernel.slice {offset = {{[0-9]+}} : i64} : memref<256xi8>
    %s = kernel.alloc : memref<256xi8>
    kernel.graph "precision f32; tensor x f32 2x3x4x4 48x1x12x3; tensor w f32 5x3x3x3 27x1x9x3; tensor y f32 2x5x2x2 20x1x10x5; node convolution x w -> y stride 1x1 padding 0x0 dilation 1x1" engine "eng11"
        ins(%x, %w : memref<2x4x4x3xf32>, memref<5x3x3x3xf32>) outs(%y : memref<2x2x2x5xf32>) workspace(%s : memref<256xi8>)
    kernel.return
  }
}
