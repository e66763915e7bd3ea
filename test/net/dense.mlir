// RUN: split-file %s %t
// RUN: %net-opt %t/shapes.mlir --net-infer-shapes --net-print-shapes -o /dev/null | FileCheck %t/shapes.mlir
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- shapes.mlir
// [N, in] times [out, in]: N*in*out multiply-adds.
func.func @f(%x: tensor<2x400xf32>, %w: tensor<120x400xf32>, %b: tensor<120xf32>) {
  // CHECK: net.dense 2x120 96000
  %0 = net.dense %x, %w, %b : (tensor<2x400xf32>, tensor<120x400xf32>, tensor<120xf32>) -> tensor<*xf32>
  // CHECK-NEXT: net.dense_input_gradient 2x400 96000
  %1 = net.dense_input_gradient %0, %w : (tensor<*xf32>, tensor<120x400xf32>) -> tensor<*xf32>
  return
}
func.func @weight(%x: tensor<2x400xf32>, %dy: tensor<2x120xf32>) {
  // CHECK-NEXT: net.dense_weight_gradient 120x400 96000
  %0:2 = net.dense_weight_gradient %x, %dy {with_bias = true} : (tensor<2x400xf32>, tensor<2x120xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  return
}

//--- errors.mlir
func.func @f(%x: tensor<2x3xf32>, %w: tensor<4x5xf32>) {
  // expected-error @below {{the weight takes 5 values, its input has 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dense %x, %w : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3xf32>, %w: tensor<3xf32>) {
  // expected-error @below {{expected a weight [out, in]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dense %x, %w : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x4x4xf32>, %w: tensor<10x48xf32>) {
  // expected-error @below {{`Dense` takes a vector, its input is 3x4x4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dense %x, %w : (tensor<2x3x4x4xf32>, tensor<10x48xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%dy: tensor<2x3xf32>, %w: tensor<*xf32>) {
  // expected-error @below {{expected a weight [out, in]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dense_input_gradient %dy, %w : (tensor<2x3xf32>, tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x4x4xf32>, %dy: tensor<2x10xf32>) {
  // expected-error @below {{expected [N, in] and [N, out]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dense_weight_gradient %x, %dy {with_bias = false} : (tensor<2x3x4x4xf32>, tensor<2x10xf32>) -> tensor<*xf32>
  return
}
