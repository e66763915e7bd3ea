// RUN: %net-opt %s --pass-pipeline='builtin.module(func.func(net-expand-ops))' | FileCheck %s

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// Few rows are summed at once.
// CHECK-LABEL: func.func @dense
func.func @dense(%x: tensor<8x3xf32>, %dy: tensor<8x5xf32>) -> (tensor<5x3xf32>, tensor<5xf32>) {
  // CHECK: %[[DB:.*]] = cuda.channel_sums %arg1 {parts = 1 : i64} : (tensor<8x5xf32>) -> tensor<5xf32>
  // CHECK: %[[DW:.*]] = net.dense_weight_gradient %arg0, %arg1 {with_bias = false}
  // CHECK: return %[[DW]], %[[DB]]
  %dw, %db = net.dense_weight_gradient %x, %dy {with_bias = true} : (tensor<8x3xf32>, tensor<8x5xf32>) -> (tensor<5x3xf32>, tensor<5xf32>)
  return %dw, %db : tensor<5x3xf32>, tensor<5xf32>
}

// Many rows are summed in parts first: 4*28*28 rows in parts of at most 256.
// CHECK-LABEL: func.func @conv2d
func.func @conv2d(%x: tensor<4x1x28x28xf32>, %dy: tensor<4x6x28x28xf32>) -> (tensor<6x1x5x5xf32>, tensor<6xf32>) {
  // CHECK: %[[P:.*]] = cuda.channel_sums %arg1 {parts = 13 : i64} : (tensor<4x6x28x28xf32>) -> tensor<13x6xf32>
  // CHECK: %[[DB:.*]] = cuda.channel_sums %[[P]] {parts = 1 : i64} : (tensor<13x6xf32>) -> tensor<6xf32>
  // CHECK: %[[DW:.*]] = net.conv2d_filter_gradient %arg0, %arg1 {{{.*}}with_bias = false}
  // CHECK: return %[[DW]], %[[DB]]
  %dw, %db = net.conv2d_filter_gradient %x, %dy {filter_shape = array<i64: 6, 1, 5, 5>, with_bias = true, stride = array<i64: 1, 1>, padding = array<i64: 2, 2>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<4x1x28x28xf32>, tensor<4x6x28x28xf32>) -> (tensor<6x1x5x5xf32>, tensor<6xf32>)
  return %dw, %db : tensor<6x1x5x5xf32>, tensor<6xf32>
}

// Without a bias there is nothing to split.
// CHECK-LABEL: func.func @without
func.func @without(%x: tensor<8x3xf32>, %dy: tensor<8x5xf32>) -> tensor<5x3xf32> {
  // CHECK-NOT: cuda.channel_sums
  // CHECK: net.dense_weight_gradient %arg0, %arg1 {with_bias = false}
  %dw = net.dense_weight_gradient %x, %dy {with_bias = false} : (tensor<8x3xf32>, tensor<8x5xf32>) -> tensor<5x3xf32>
  return %dw : tensor<5x3xf32>
}

// The bias of a transposed convolution, and its gradient.
// CHECK-LABEL: func.func @transpose
func.func @transpose(%x: tensor<2x4x7x7xf32>, %w: tensor<4x3x4x4xf32>, %b: tensor<3xf32>, %dy: tensor<2x3x14x14xf32>) -> (tensor<2x3x14x14xf32>, tensor<4x3x4x4xf32>, tensor<3xf32>) {
  // CHECK: %[[Y:.*]] = net.conv2d_transpose %arg0, %arg1 {
  // CHECK: %[[SUM:.*]] = cuda.channel_add %[[Y]], %arg2
  %y = net.conv2d_transpose %x, %w, %b {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, output_padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x4x7x7xf32>, tensor<4x3x4x4xf32>, tensor<3xf32>) -> tensor<2x3x14x14xf32>
  // CHECK: %[[DB:.*]] = cuda.channel_sums %{{.*}} {parts = 1 : i64} : (tensor<2x3xf32>) -> tensor<3xf32>
  // CHECK: %[[DW:.*]] = net.conv2d_transpose_filter_gradient %arg0, %arg3 {{{.*}}with_bias = false}
  // CHECK: return %[[SUM]], %[[DW]], %[[DB]]
  %dw, %db = net.conv2d_transpose_filter_gradient %x, %dy {filter_shape = array<i64: 4, 3, 4, 4>, with_bias = true, stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x4x7x7xf32>, tensor<2x3x14x14xf32>) -> (tensor<4x3x4x4xf32>, tensor<3xf32>)
  return %y, %dw, %db : tensor<2x3x14x14xf32>, tensor<4x3x4x4xf32>, tensor<3xf32>
}
}
