// RUN: split-file %s %t
// RUN: %net-opt %t/basic.mlir | %net-opt | FileCheck %t/basic.mlir
// RUN: %net-opt %t/basic.mlir --mlir-print-op-generic | %net-opt | FileCheck %t/basic.mlir
// RUN: %net-opt %t/basic.mlir --net-infer-shapes | FileCheck %t/basic.mlir --check-prefix=INFERRED
// RUN: %net-opt %t/errors.mlir --split-input-file --verify-diagnostics

//--- basic.mlir
// CHECK: net.parameter @m : tensor<6xf32> {init = "zero", statistic, trainable = false}
net.parameter @m : tensor<6xf32> {init = "zero", trainable = false, statistic}
// CHECK: net.parameter @v : tensor<6xf32> {init = "one", statistic, trainable = false}
net.parameter @v : tensor<6xf32> {init = "one", trainable = false, statistic}

func.func @f(%x: tensor<2x6x4x4xf32>, %w: tensor<6xf32>, %b: tensor<6xf32>, %dy: tensor<2x6x4x4xf32>) {
  // CHECK: %[[Y:.*]], %[[MEAN:.*]], %[[VARIANCE:.*]], %[[MASK:.*]] = net.batch_norm %[[X:.*]], %[[W:.*]], %{{.*}} {activation = #net.activation<relu>, epsilon = 1.000000e-05 : f64, momentum = 1.000000e-01 : f64, running_mean = @m, running_variance = @v}
  // INFERRED: net.batch_norm {{.*}} -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<2x6x4x4xui8>)
  %y, %mean, %variance, %mask = net.batch_norm %x, %w, %b {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @v, activation = #net.activation<relu>}
    : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<*xf32>, tensor<6xf32>, tensor<6xf32>, tensor<*xui8>)
  // CHECK: net.update_statistic @m, %[[MEAN]] {momentum = 1.000000e-01 : f64, scale = 1.000000e+00 : f64} : tensor<6xf32>
  net.update_statistic @m, %mean {momentum = 0.1 : f64, scale = 1.0 : f64} : tensor<6xf32>
  // CHECK: net.batch_norm_gradient %[[X]], %[[MEAN]], %[[VARIANCE]], %[[DY:.*]] weight %[[W]] mask %[[MASK]] {epsilon = 1.000000e-05 : f64, with_bias = true}
  // INFERRED: net.batch_norm_gradient {{.*}} -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
  %g:3 = net.batch_norm_gradient %x, %mean, %variance, %dy weight %w mask %mask {epsilon = 1.0e-05 : f64, with_bias = true}
    : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<*xui8>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: net.batch_norm %[[X]] {
  // INFERRED: net.batch_norm {{.*}} -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
  %p:3 = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @v} : (tensor<2x6x4x4xf32>) -> (tensor<*xf32>, tensor<6xf32>, tensor<6xf32>)
  // CHECK: net.batch_statistics %[[X]] : (tensor<2x6x4x4xf32>) -> (tensor<6xf32>, tensor<6xf32>)
  %s:2 = net.batch_statistics %x : (tensor<2x6x4x4xf32>) -> (tensor<6xf32>, tensor<6xf32>)
  // CHECK: net.batch_norm_inference %[[X]], %[[MEAN]], %[[VARIANCE]], %[[W]] {epsilon = 9.765625E-4 : f64}
  // INFERRED: net.batch_norm_inference {{.*}} -> tensor<2x6x4x4xf32>
  %e = net.batch_norm_inference %x, %mean, %variance, %w {epsilon = 9.765625e-04 : f64} : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<*xf32>
  // CHECK: net.batch_norm_gradient %[[X]], %[[MEAN]], %[[VARIANCE]], %[[DY]] {epsilon = 1.000000e-05 : f64, given_statistics, with_bias = false}
  // INFERRED: net.batch_norm_gradient {{.*}} -> tensor<2x6x4x4xf32>
  %h = net.batch_norm_gradient %x, %mean, %variance, %dy {epsilon = 1.0e-05 : f64, with_bias = false, given_statistics}
    : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<2x6x4x4xf32>) -> tensor<*xf32>
  return
}

//--- errors.mlir
// batch_norm_c1
net.parameter @m : tensor<6xf32> {init = "zero", trainable = false, statistic}
func.func @f(%x: tensor<2x6x4x4xf32>, %w: tensor<5xf32>) {
  // expected-error @below {{expected 'tensor<6xf32>' for each channel of its input, got 'tensor<5xf32>'}}
  %0:3 = net.batch_norm %x, %w {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @m} : (tensor<2x6x4x4xf32>, tensor<5xf32>) -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
  return
}

// -----

// batch_norm_c1
net.parameter @m : tensor<6xf32> {init = "zero", trainable = false, statistic}
net.parameter @v : tensor<5xf32> {init = "zero", trainable = false, statistic}
func.func @f(%x: tensor<2x6xf32>) {
  // expected-error @below {{expected 'tensor<5xf32>' of @v, got 'tensor<6xf32>'}}
  %0:3 = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @v} : (tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  return
}

// -----

func.func @f(%x: tensor<2x6xf32>) {
  // expected-error @below {{refers to no parameter @m}}
  %0:3 = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @m} : (tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  return
}

// -----

func.func @f(%x: tensor<2x6x5xf32>, %c: tensor<6xf32>) {
  // expected-error @below {{`BatchNorm` takes channels x height x width or a vector, its input is 6x5}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.batch_norm_inference %x, %c, %c {epsilon = 1.0e-05 : f64} : (tensor<2x6x5xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x5xf32>
  return
}

// -----

// batch_norm_inference_c1
func.func @f(%x: tensor<2x6xf32>, %mean: tensor<2xf32>, %c: tensor<6xf32>) {
  // expected-error @below {{expected 'tensor<6xf32>' for each channel of its input, got 'tensor<2xf32>'}}
  %0 = net.batch_norm_inference %x, %mean, %c {epsilon = 1.0e-05 : f64} : (tensor<2x6xf32>, tensor<2xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  return
}

// -----

func.func @f(%x: tensor<2x6xf32>, %c: tensor<6xf32>) {
  // expected-error @below {{expected at most a weight and a bias}}
  %0 = net.batch_norm_inference %x, %c, %c, %c, %c, %c {epsilon = 1.0e-05 : f64} : (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  return
}

// -----

func.func @f(%x: tensor<2x6xf32>, %c: tensor<6xf32>) {
  // expected-error @below {{fuses a relu only}}
  %0:2 = net.batch_norm_inference %x, %c, %c {epsilon = 1.0e-05 : f64, activation = #net.activation<tanh>} : (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x6xf32>, tensor<2x6xui8>)
  return
}

// -----

net.parameter @m : tensor<6xf32> {init = "zero", trainable = false, statistic}
func.func @f(%mean: tensor<5xf32>) {
  // expected-error @below {{expected 'tensor<6xf32>' of @m, got 'tensor<5xf32>'}}
  net.update_statistic @m, %mean {momentum = 0.1 : f64, scale = 1.0 : f64} : tensor<5xf32>
  return
}

// -----

// expected-error @below {{is a statistic, which is not trained}}
net.parameter @m : tensor<6xf32> {init = "zero", statistic}
