// RUN: split-file %s %t
// RUN: %net-opt %t/shapes.mlir --net-infer-shapes --net-print-shapes -o /dev/null | FileCheck %t/shapes.mlir
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- shapes.mlir
// H' = (H + 2*padding - window)/stride + 1, rounded down; no multiply-adds.
func.func @f(%x: tensor<2x3x9x8xf32>) {
  // CHECK: net.max_pool2d 2x3x4x3{{$}}
  %0:2 = net.max_pool2d %x {window = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x3x9x8xf32>) -> (tensor<*xf32>, tensor<*xui8>)
  // CHECK-NEXT: net.max_pool2d 2x3x5x8{{$}}
  %1:2 = net.max_pool2d %x {window = array<i64: 3, 1>, stride = array<i64: 2, 1>, padding = array<i64: 1, 0>} : (tensor<2x3x9x8xf32>) -> (tensor<*xf32>, tensor<*xui8>)
  // CHECK-NEXT: net.avg_pool2d 2x3x4x4{{$}}
  %2 = net.avg_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x3x9x8xf32>) -> tensor<*xf32>
  // The whole picture.
  // CHECK-NEXT: net.avg_pool2d 2x3x1x1{{$}}
  %3 = net.avg_pool2d %x {window = array<i64: 9, 8>, stride = array<i64: 9, 8>, padding = array<i64: 0, 0>} : (tensor<2x3x9x8xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.max_pool2d_gradient 2x3x9x8{{$}}
  %4 = net.max_pool2d_gradient %0#0, %0#1 {input_shape = array<i64: 3, 9, 8>, window = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<*xf32>, tensor<*xui8>) -> tensor<*xf32>
  // CHECK-NEXT: net.avg_pool2d_gradient 2x3x9x8{{$}}
  %5 = net.avg_pool2d_gradient %2 {input_shape = array<i64: 3, 9, 8>, window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<*xf32>) -> tensor<*xf32>
  return
}

//--- errors.mlir
func.func @f(%x: tensor<2x256x2x2xf32>) {
  // expected-error @below {{`MaxPool2D` window 3x3 does not fit its input 256x2x2}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = net.max_pool2d %x {window = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x256x2x2xf32>) -> (tensor<*xf32>, tensor<*xui8>)
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{`AvgPool2D` takes channels x height x width, its input is 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.avg_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x4xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x8x8xf32>) {
  // expected-error @below {{expected two sizes in window, stride and padding}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.avg_pool2d %x {window = array<i64: 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x3x8x8xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x8x8xf32>) {
  // expected-error @below {{`window` must be at least 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.avg_pool2d %x {window = array<i64: 0, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x3x8x8xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x8x8xf32>) {
  // expected-error @below {{`stride` must be at least 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.avg_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 0>, padding = array<i64: 0, 0>} : (tensor<2x3x8x8xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x8x8xf32>) {
  // expected-error @below {{`padding` of `MaxPool2D` must be at most half its window 3x3, got 2x1}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = net.max_pool2d %x {window = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 2, 1>} : (tensor<2x3x8x8xf32>) -> (tensor<*xf32>, tensor<*xui8>)
  return
}

// -----

// The indices have the output's shape.
func.func @f(%x: tensor<2x3x8x8xf32>) {
  // expected-error @below {{inferred type(s) 'tensor<2x3x4x4xf32>', 'tensor<2x3x4x4xui8>' are incompatible}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = net.max_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x3x8x8xf32>) -> (tensor<2x3x4x4xf32>, tensor<2x3x8x8xui8>)
  return
}
