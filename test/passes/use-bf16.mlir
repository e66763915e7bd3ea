// RUN: %net-opt %s --pass-pipeline='builtin.module(func.func(net-use-bf16))' --split-input-file | FileCheck %s

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "bf16">} {
net.parameter @w : tensor<4x6xf32> {init = "zero"}
// Activations are bf16; the weight that trains and its gradient are f32.
// CHECK-LABEL: func.func @step
func.func @step(%x: tensor<2x6xf32>, %b: tensor<4xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) -> tensor<2xf32> {
  // CHECK: %[[W:.*]] = net.read_parameter @w : tensor<4x6xf32>
  %w = net.read_parameter @w : tensor<4x6xf32>
  // CHECK: %[[X16:.*]] = cuda.cast %arg0 : (tensor<2x6xf32>) -> tensor<2x6xbf16>
  // CHECK: %[[W16:.*]] = cuda.cast %[[W]] : (tensor<4x6xf32>) -> tensor<4x6xbf16>
  // CHECK: %[[Y:.*]] = net.dense %[[X16]], %[[W16]], %arg1 : (tensor<2x6xbf16>, tensor<4x6xbf16>, tensor<4xf32>) -> tensor<2x4xbf16>
  %y = net.dense %x, %w, %b : (tensor<2x6xf32>, tensor<4x6xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  // CHECK: %[[Z:.*]] = net.activation %[[Y]] {{.*}} -> tensor<2x4xbf16>
  %z = net.activation %y {kind = #net.activation<tanh>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  // A loss reads f32, and its gradient is made bf16 again.
  // CHECK: %[[Z32:.*]] = cuda.cast %[[Z]] : (tensor<2x4xbf16>) -> tensor<2x4xf32>
  // CHECK: %[[LOSS:.*]], %{{.*}}, %[[DZ:.*]] = net.softmax_cross_entropy_with_gradient %[[Z32]], %arg2
  %loss, %correct, %dz = net.softmax_cross_entropy_with_gradient %z, %labels {scale = 5.0e-01 : f64} : (tensor<2x4xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>, tensor<2x4xf32>)
  // CHECK: %[[DY:.*]] = net.activation_gradient %[[Z]], %[[DZ]] {{.*}} -> tensor<2x4xbf16>
  %dy = net.activation_gradient %z, %dz {kind = #net.activation<tanh>} : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  // CHECK: %[[DW:.*]] = net.dense_weight_gradient %[[X16]], %[[DY]] {{.*}} -> tensor<4x6xf32>
  %dw = net.dense_weight_gradient %x, %dy {with_bias = false} : (tensor<2x6xf32>, tensor<2x4xf32>) -> tensor<4x6xf32>
  // CHECK: net.sgd_update @w, %[[DW]], %arg3
  net.sgd_update @w, %dw, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<4x6xf32>, tensor<8xi32>
  return %loss : tensor<2xf32>
}
}

// -----

// What is computed of the elements is bf16, sums are not, in parts neither.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "bf16">} {
// CHECK-LABEL: func.func @sums
func.func @sums(%x: tensor<2x128xf32>) -> (tensor<2x128xf32>, tensor<2x2xf32>) {
  // CHECK: %[[P:.*]] = cuda.channel_sums %arg0 {{.*}} -> tensor<2x2xf32>
  %p = cuda.channel_sums %x {parts = 2 : i64, per_example} : (tensor<2x128xf32>) -> tensor<2x2xf32>
  // CHECK: %[[MEAN:.*]] = cuda.channel_sums %[[P]] {{.*}} -> tensor<2xf32>
  %mean = cuda.channel_sums %p {parts = 1 : i64, per_example} : (tensor<2x2xf32>) -> tensor<2xf32>
  // CHECK: cuda.channel_squares %arg0, %[[MEAN]] {{.*}} -> tensor<2x2xf32>
  %q = cuda.channel_squares %x, %mean {parts = 2 : i64, per_example} : (tensor<2x128xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  // CHECK: cuda.channel_affine %arg0, %[[MEAN]], %[[MEAN]] {{.*}} -> tensor<2x128xbf16>
  %y = cuda.channel_affine %x, %mean, %mean {epsilon = 1.0e-05 : f64, per_example} : (tensor<2x128xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x128xf32>
  return %y, %q : tensor<2x128xf32>, tensor<2x2xf32>
}
}

// -----

// In another precision nothing changes.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// CHECK-LABEL: func.func @other
// CHECK-NOT: bf16
func.func @other(%x: tensor<2x6xf32>, %w: tensor<4x6xf32>) -> tensor<2x4xf32> {
  %y = net.dense %x, %w : (tensor<2x6xf32>, tensor<4x6xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
}
