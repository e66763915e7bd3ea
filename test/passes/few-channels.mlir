// RUN: %if avx512 %{ %net-opt %s --net-select-launches | FileCheck %s %}
// A picture's channels are not copied into blocks for Winograd's sake, as the
// library would have it; those of later layers are.

module attributes {kernel.target = #kernel.cpu<isa = "avx512", threads = 2>} {
  // CHECK-LABEL: func.func @picture
  // CHECK-NOT: net.reorder %{{.*}} -> tensor<128x1
  // CHECK: net.conv2d %{{.*}} implementation = "jit:avx512_core"{{.*}}reason = "oneDNN's choice for channels as they lie: its first, jit_wino{{[^"]*}}, would have the picture's one channel copied into blocks of aBcd16b, mostly padding"{{.*}} : (tensor<128x1x224x224xf32>, {{.*}} -> tensor<128x16x224x224xf32, #net.layout<"aBcd16b">>
  // CHECK-NOT: net.reorder %{{.*}} -> tensor<128x1
  // CHECK: net.conv2d_filter_gradient %{{.*}} implementation = "jit:avx512_core"{{.*}} : (tensor<128x1x224x224xf32>, tensor<128x16x224x224xf32, #net.layout<"aBcd16b">>)
  func.func @picture(%x: tensor<128x1x224x224xf32>, %w: tensor<16x1x3x3xf32>, %dy: tensor<128x16x224x224xf32, #net.layout<"aBcd16b">>) -> (tensor<128x16x224x224xf32>, tensor<16x1x3x3xf32>) {
    %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<128x1x224x224xf32>, tensor<16x1x3x3xf32>) -> tensor<128x16x224x224xf32>
    %1 = net.conv2d_filter_gradient %x, %dy {filter_shape = array<i64: 16, 1, 3, 3>, with_bias = false, stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<128x1x224x224xf32>, tensor<128x16x224x224xf32, #net.layout<"aBcd16b">>) -> tensor<16x1x3x3xf32>
    return %0, %1 : tensor<128x16x224x224xf32>, tensor<16x1x3x3xf32>
  }

  // CHECK-LABEL: func.func @later
  // CHECK: net.reorder %{{.*}} -> tensor<256x64x24x24xf32, #net.layout<"aBcd16b">>
  // CHECK: net.conv2d %{{.*}} implementation = "jit_wino_4x3:avx512_core"
  func.func @later(%x: tensor<256x64x24x24xf32>, %w: tensor<64x64x3x3xf32>) -> tensor<256x64x24x24xf32> {
    %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<256x64x24x24xf32>, tensor<64x64x3x3xf32>) -> tensor<256x64x24x24xf32>
    return %0 : tensor<256x64x24x24xf32>
  }
}
