// RUN: split-file %s %t
// RUN: %net-opt %t/shapes.mlir --net-infer-shapes --net-print-shapes -o /dev/null | FileCheck %t/shapes.mlir
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- shapes.mlir
// 8-bit pixels, or what a transform before has made of them.
func.func @f(%pixels: tensor<2x3x28x20xui8>) {
  // CHECK: net.resize 2x3x224x32{{$}}
  %0 = net.resize %pixels {size = array<i64: 224, 32>} : (tensor<2x3x28x20xui8>) -> tensor<*xf32>
  // CHECK-NEXT: net.to_tensor 2x3x224x32{{$}}
  %1 = net.to_tensor %0 : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.normalize 2x3x224x32{{$}}
  %2 = net.normalize %1 {mean = array<f64: 0.5, 0.4, 0.3>, deviation = array<f64: 0.25>} : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.to_tensor 2x3x28x20{{$}}
  %3 = net.to_tensor %pixels : (tensor<2x3x28x20xui8>) -> tensor<*xf32>
  return
}
func.func @kept(%dataset: tensor<50x3x28x20xui8>, %samples: tensor<4xi32>) {
  // CHECK-NEXT: net.gather_examples 4x3x28x20{{$}}
  %0 = net.gather_examples %dataset, %samples : (tensor<50x3x28x20xui8>, tensor<4xi32>) -> tensor<4x3x28x20xui8>
  return
}

//--- errors.mlir
func.func @f(%x: tensor<50x784xui8>, %samples: tensor<4x1xi32>) {
  // expected-error @below {{expected examples [N, ...] and samples [n]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.gather_examples %x, %samples : (tensor<50x784xui8>, tensor<4x1xi32>) -> tensor<4x784xui8>
  return
}

// -----

func.func @f(%x: tensor<2x1x3x3xui8>) {
  // expected-error @below {{expected two sizes}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.resize %x {size = array<i64: 32>} : (tensor<2x1x3x3xui8>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x3x3xui8>) {
  // expected-error @below {{`size` must be at least 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.resize %x {size = array<i64: 32, 0>} : (tensor<2x1x3x3xui8>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x784xui8>) {
  // expected-error @below {{`Resize` takes channels x height x width, its input is 784}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.resize %x {size = array<i64: 32, 32>} : (tensor<2x784xui8>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x1x3x3xi32>) {
  // expected-error @below {{operand #0 must be tensor of 8-bit unsigned integer or 16-bit unsigned integer or 32-bit float values}}
  %0 = net.to_tensor %x : (tensor<2x1x3x3xi32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x2x2xf32>) {
  // expected-error @below {{`mean` of `Normalize` has 2 values, its input 3x2x2 has 3 channels}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.normalize %x {mean = array<f64: 0.0, 0.0>, deviation = array<f64: 1.0>} : (tensor<2x3x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x2x2xf32>) {
  // expected-error @below {{`std` of `Normalize` has 0 values, its input 3x2x2 has 3 channels}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.normalize %x {mean = array<f64: 0.0>, deviation = array<f64>} : (tensor<2x3x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x2x2xf32>) {
  // expected-error @below {{`std` must be above 0, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.normalize %x {mean = array<f64: 0.0>, deviation = array<f64: 0.0>} : (tensor<2x3x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x2x2xf32>) {
  // expected-error @below {{`mean` must be finite, got inf}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.normalize %x {mean = array<f64: 0x7FF0000000000000>, deviation = array<f64: 1.0>} : (tensor<2x3x2x2xf32>) -> tensor<*xf32>
  return
}
