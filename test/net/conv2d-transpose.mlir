// RUN: %net-opt %s --split-input-file --verify-diagnostics | FileCheck %s
// Transposed convolution: round trip, and what its rule refuses.

// CHECK-LABEL: func.func @all
func.func @all(%x: tensor<2x16x7x7xf32>, %w: tensor<16x8x4x4xf32>, %b: tensor<8xf32>, %dy: tensor<2x8x14x14xf32>) {
  // CHECK: net.conv2d_transpose %{{.*}}, %{{.*}}, %{{.*}} {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 2, 2>}
  // CHECK-SAME: -> tensor<2x8x14x14xf32>
  %0 = net.conv2d_transpose %x, %w, %b {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, output_padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x16x7x7xf32>, tensor<16x8x4x4xf32>, tensor<8xf32>) -> tensor<2x8x14x14xf32>
  // CHECK: net.conv2d_transpose_input_gradient %{{.*}}, %{{.*}} {{.*}}input_shape = array<i64: 16, 7, 7>
  %1 = net.conv2d_transpose_input_gradient %dy, %w {input_shape = array<i64: 16, 7, 7>, stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x8x14x14xf32>, tensor<16x8x4x4xf32>) -> tensor<2x16x7x7xf32>
  // CHECK: net.conv2d_transpose_filter_gradient %{{.*}}, %{{.*}} {{.*}}with_bias = true} : {{.*}} -> (tensor<16x8x4x4xf32>, tensor<8xf32>)
  %2:2 = net.conv2d_transpose_filter_gradient %x, %dy {filter_shape = array<i64: 16, 8, 4, 4>, with_bias = true, stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x16x7x7xf32>, tensor<2x8x14x14xf32>) -> (tensor<16x8x4x4xf32>, tensor<8xf32>)
  return
}

// -----

func.func @channels(%x: tensor<2x3x7x7xf32>, %w: tensor<16x8x4x4xf32>) {
  // expected-error @below {{the filter takes 16 channels, its input has 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d_transpose %x, %w {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, output_padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x3x7x7xf32>, tensor<16x8x4x4xf32>) -> tensor<2x8x14x14xf32>
  return
}

// -----

func.func @rank(%x: tensor<2x16x7x7xf32>, %w: tensor<16x8x4x4xf32>) {
  // expected-error @below {{expected a filter of rank 5 with groups = 2, got rank 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d_transpose %x, %w {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, output_padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64}
    : (tensor<2x16x7x7xf32>, tensor<16x8x4x4xf32>) -> tensor<2x8x14x14xf32>
  return
}

// -----

func.func @outputPadding(%x: tensor<2x16x7x7xf32>, %w: tensor<16x8x4x4xf32>) {
  // expected-error @below {{`output_padding` must be below `stride` 2x2, got 2x0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d_transpose %x, %w {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, output_padding = array<i64: 2, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x16x7x7xf32>, tensor<16x8x4x4xf32>) -> tensor<2x8x14x14xf32>
  return
}
