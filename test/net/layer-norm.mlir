// RUN: split-file %s %t
// RUN: %net-opt %t/basic.mlir | %net-opt | FileCheck %t/basic.mlir
// RUN: %net-opt %t/basic.mlir --net-infer-shapes | FileCheck %t/basic.mlir --check-prefix=INFERRED
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- basic.mlir
func.func @f(%x: tensor<2x6xf32>, %w: tensor<6xf32>, %b: tensor<6xf32>, %dy: tensor<2x6xf32>) {
  // CHECK: %{{.*}}, %[[MEAN:.*]], %[[VARIANCE:.*]] = net.layer_norm %[[X:.*]], %[[W:.*]], %{{.*}} {epsilon = 1.000000e-05 : f64}
  // INFERRED: net.layer_norm {{.*}} -> (tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>)
  %y, %mean, %variance = net.layer_norm %x, %w, %b {epsilon = 1.0e-05 : f64} : (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<*xf32>, tensor<2xf32>, tensor<2xf32>)
  // CHECK: net.layer_norm_gradient %[[X]], %[[MEAN]], %[[VARIANCE]], %{{.*}}, %[[W]]
  // INFERRED: net.layer_norm_gradient {{.*}} -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  %g:3 = net.layer_norm_gradient %x, %mean, %variance, %dy, %w {epsilon = 1.0e-05 : f64} : (tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x6xf32>, tensor<6xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // INFERRED: net.layer_norm_gradient {{.*}} -> tensor<2x6xf32>
  %h = net.layer_norm_gradient %x, %mean, %variance, %dy {epsilon = 1.0e-05 : f64} : (tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x6xf32>) -> tensor<*xf32>
  return
}

//--- errors.mlir
func.func @f(%x: tensor<2x6x4xf32>) {
  // expected-error @below {{expected [N, D], got 'tensor<2x6x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0:3 = net.layer_norm %x {epsilon = 1.0e-05 : f64} : (tensor<2x6x4xf32>) -> (tensor<2x6x4xf32>, tensor<2xf32>, tensor<2xf32>)
  return
}

// -----

func.func @f(%x: tensor<2x6xf32>, %w: tensor<6xf32>) {
  // expected-error @below {{expected a weight and a bias, or neither}}
  %0:3 = net.layer_norm %x, %w {epsilon = 1.0e-05 : f64} : (tensor<2x6xf32>, tensor<6xf32>) -> (tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>)
  return
}

// -----

func.func @f(%x: tensor<2x6xf32>, %w: tensor<2xf32>) {
  // expected-error @below {{expected weight and bias for [6], got 'tensor<2xf32>'}}
  %0:3 = net.layer_norm %x, %w, %w {epsilon = 1.0e-05 : f64} : (tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>)
  return
}
