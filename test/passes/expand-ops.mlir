// RUN: %net-opt %s --pass-pipeline='builtin.module(func.func(net-expand-ops))' | FileCheck %s -enable-var-scope
// The statistics of a batch are computed apart, and the rest is given them.

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
net.parameter @m : tensor<3xf32> {init = "zero", trainable = false, statistic}
net.parameter @v : tensor<3xf32> {init = "one", trainable = false, statistic}

// CHECK-LABEL: func.func @plain(
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4x4xf32>, %[[W:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[MEAN:.*]], %[[VARIANCE:.*]] = net.batch_statistics %[[X]] :
// CHECK-NEXT: %[[Y:.*]] = net.batch_norm_inference %[[X]], %[[MEAN]], %[[VARIANCE]], %[[W]], %[[B]] {epsilon = 1.000000e-05 : f64} :
// CHECK-NEXT: net.update_statistic @m, %[[MEAN]]
// CHECK-NEXT: return %[[Y]], %[[VARIANCE]]
func.func @plain(%x: tensor<2x3x4x4xf32>, %w: tensor<3xf32>, %b: tensor<3xf32>) -> (tensor<2x3x4x4xf32>, tensor<3xf32>) {
  %0:3 = net.batch_norm %x, %w, %b {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @v} : (tensor<2x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>)
  net.update_statistic @m, %0#1 {momentum = 0.1 : f64, scale = 1.0 : f64} : tensor<3xf32>
  return %0#0, %0#2 : tensor<2x3x4x4xf32>, tensor<3xf32>
}

// A relu that has joined stays, with its mask.
// CHECK-LABEL: func.func @withReLU(
// CHECK: %[[Y:.*]], %[[MASK:.*]] = net.batch_norm_inference {{.*}} {activation = #net.activation<relu>, epsilon = 1.000000e-05 : f64} :
// CHECK-NEXT: return %[[Y]], %[[MASK]]
func.func @withReLU(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xui8>) {
  %0:4 = net.batch_norm %x {activation = #net.activation<relu>, epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, running_mean = @m, running_variance = @v} : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xui8>)
  return %0#0, %0#3 : tensor<2x3xf32>, tensor<2x3xui8>
}

// With given statistics there is nothing to compute.
// CHECK-LABEL: func.func @evaluation(
// CHECK-NOT: net.batch_statistics
func.func @evaluation(%x: tensor<2x3xf32>, %mean: tensor<3xf32>, %variance: tensor<3xf32>) -> tensor<2x3xf32> {
  %0 = net.batch_norm_inference %x, %mean, %variance {epsilon = 1.0e-05 : f64} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
}
