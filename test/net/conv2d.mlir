// RUN: split-file %s %t
// RUN: %net-opt %t/shapes.mlir --net-infer-shapes --net-print-shapes -o /dev/null | FileCheck %t/shapes.mlir
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- shapes.mlir
// H' = (H + 2*padding - dilation*(kernel - 1) - 1)/stride + 1, rounded down;
// multiply-adds: N*O*H'*W' times the elements of a filter.
func.func @f(%image: tensor<2x1x224x224xf32>, %x: tensor<2x4x9x7xf32>,
             %alexnet: tensor<96x1x11x11xf32>, %w: tensor<6x4x3x2xf32>, %grouped: tensor<2x3x2x3x3xf32>,
             %depthwise: tensor<4x1x1x3x3xf32>, %pointwise: tensor<5x4x1x1xf32>) {
  // CHECK: net.conv2d 2x96x54x54 67744512
  %0 = net.conv2d %image, %alexnet {stride = array<i64: 4, 4>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x1x224x224xf32>, tensor<96x1x11x11xf32>) -> tensor<*xf32>
  // Height and width apart: (9 + 2 - 2 - 1)/2 + 1 = 5 and (7 - 1 - 1)/3 + 1 = 2.
  // CHECK-NEXT: net.conv2d 2x6x5x2 2880
  %1 = net.conv2d %x, %w {stride = array<i64: 2, 3>, padding = array<i64: 1, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x4x9x7xf32>, tensor<6x4x3x2xf32>) -> tensor<*xf32>
  // Dilated: 9 + 2 - 3*2 - 1 + 1 = 5 and 7 + 2 - 2*1 - 1 + 1 = 7.
  // CHECK-NEXT: net.conv2d 2x6x5x7
  %2 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 3, 2>, groups = 1 : i64}
    : (tensor<2x4x9x7xf32>, tensor<6x4x3x2xf32>) -> tensor<*xf32>
  // Each group of three filters sees two channels: 2*6*7*5 * 2*3*3.
  // CHECK-NEXT: net.conv2d 2x6x7x5 7560
  %3 = net.conv2d %x, %grouped {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64}
    : (tensor<2x4x9x7xf32>, tensor<2x3x2x3x3xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.conv2d 2x4x9x7 4536
  %4 = net.conv2d %x, %depthwise {stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 4 : i64}
    : (tensor<2x4x9x7xf32>, tensor<4x1x1x3x3xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.conv2d 2x5x9x7 2520
  %5 = net.conv2d %x, %pointwise {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x4x9x7xf32>, tensor<5x4x1x1xf32>) -> tensor<*xf32>
  // A gradient costs as much as the convolution.
  // CHECK-NEXT: net.conv2d_input_gradient 2x4x9x7 2520
  %6 = net.conv2d_input_gradient %5, %pointwise {input_shape = array<i64: 4, 9, 7>, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<*xf32>, tensor<5x4x1x1xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.conv2d_filter_gradient 5x4x1x1 2520
  %7:2 = net.conv2d_filter_gradient %x, %5 {filter_shape = array<i64: 5, 4, 1, 1>, with_bias = true, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x4x9x7xf32>, tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  // CHECK-NEXT: net.conv2d_filter_gradient 2x3x2x3x3 7560
  %8 = net.conv2d_filter_gradient %x, %3 {filter_shape = array<i64: 2, 3, 2, 3, 3>, with_bias = false, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64}
    : (tensor<2x4x9x7xf32>, tensor<*xf32>) -> tensor<*xf32>
  return
}

//--- errors.mlir
func.func @f(%x: tensor<2x3x8x8xf32>, %w: tensor<4x3x9x3xf32>) {
  // expected-error @below {{`Conv2D` kernel 9x3 does not fit its input 3x8x8}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x8x8xf32>, tensor<4x3x9x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @below {{the filter takes 3 channels, its input has 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error @below {{`Conv2D` takes channels x height x width, its input is 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4xf32>, tensor<4x4x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4x8x8xf32>, %w: tensor<4x2x3x3xf32>) {
  // expected-error @below {{expected a filter of rank 5 with groups = 2, got rank 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x4x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4x8x8xf32>, %w: tensor<*xf32>) {
  // expected-error @below {{expected a ranked filter}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4x8x8xf32>, tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error @below {{expected two sizes in stride, padding and dilation}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error @below {{`stride` must be at least 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 0>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error @below {{`padding` must be at least 0, got -1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: -1, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4x8x8xf32>, %w: tensor<4x4x3x3xf32>) {
  // expected-error @below {{`dilation` must be at least 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 0, 1>, groups = 1 : i64} : (tensor<2x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x8x8xf32>, %w: tensor<1x4x3x3x3xf32>) {
  // expected-error @below {{`groups` must be at least 1, got -3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = -3 : i64} : (tensor<2x3x8x8xf32>, tensor<1x4x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x8x8xf32>, %dy: tensor<2x3x8x8xf32>) {
  // expected-error @below {{expected a filter of rank 4 with groups = 1, got rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d_filter_gradient %x, %dy {filter_shape = array<i64: 4>, with_bias = false, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x8x8xf32>, tensor<2x3x8x8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @f(%dy: tensor<2x3x8x8xf32>, %w: tensor<3x4x1x1xf32>) {
  // expected-error @below {{inferred type(s) 'tensor<2x4x8x8xf32>' are incompatible with return type(s) of operation 'tensor<2x3x8x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.conv2d_input_gradient %dy, %w {input_shape = array<i64: 4, 8, 8>, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x8x8xf32>, tensor<3x4x1x1xf32>) -> tensor<2x3x8x8xf32>
  return
}
