// RUN: %net-opt %s --pass-pipeline='builtin.module(func.func(net-expand-ops))' --split-input-file --verify-diagnostics | FileCheck %s

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// In training cuDNN's own; the variance is for the running statistics.
net.parameter @m : tensor<8xf32> {init = "zero", trainable = false, statistic}
net.parameter @v : tensor<8xf32> {init = "one", trainable = false, statistic}
// CHECK-LABEL: func.func @training
func.func @training(%x: tensor<2x8x4x4xf32>, %dy: tensor<2x8x4x4xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> (tensor<2x8x4x4xf32>, tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[Y:.*]], %[[MEAN:.*]], %[[INVERSE:.*]] = cuda.cudnn_batch_norm %arg0, %arg2, %arg3 {epsilon = 1.000000e-05 : f64}
  // CHECK: %[[VARIANCE:.*]] = cuda.variance %[[INVERSE]] {epsilon = 1.000000e-05 : f64}
  %y, %mean, %variance = net.batch_norm %x, %w, %b {epsilon = 1.0e-05 : f64, momentum = 1.0e-01 : f64, running_mean = @m, running_variance = @v}
    : (tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>)
  // CHECK: net.update_statistic @m, %[[MEAN]]
  net.update_statistic @m, %mean {momentum = 1.0e-01 : f64, scale = 1.0e+00 : f64} : tensor<8xf32>
  // CHECK: net.update_statistic @v, %[[VARIANCE]]
  net.update_statistic @v, %variance {momentum = 1.0e-01 : f64, scale = 1.0e+00 : f64} : tensor<8xf32>
  // CHECK: %[[DX:.*]], %[[DW:.*]], %[[DB:.*]] = cuda.cudnn_batch_norm_gradient %arg1, %arg0, %arg2, %[[MEAN]], %[[INVERSE]]
  %dx, %dw, %db = net.batch_norm_gradient %x, %mean, %variance, %dy weight %w {epsilon = 1.0e-05 : f64, with_bias = true}
    : (tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<2x8x4x4xf32>, tensor<8xf32>) -> (tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>)
  // CHECK: return %[[Y]], %[[DX]], %[[DW]], %[[DB]]
  return %y, %dx, %dw, %db : tensor<2x8x4x4xf32>, tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// cuDNN always scales and shifts.
net.parameter @m : tensor<8xf32> {init = "zero", trainable = false, statistic}
net.parameter @v : tensor<8xf32> {init = "one", trainable = false, statistic}
// CHECK-LABEL: func.func @withoutAffine
func.func @withoutAffine(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // CHECK: %[[ONE:.*]] = net.fill {value = 1.000000e+00 : f64} : tensor<8xf32>
  // CHECK: %[[ZERO:.*]] = net.fill {value = 0.000000e+00 : f64} : tensor<8xf32>
  // CHECK: cuda.cudnn_batch_norm %arg0, %[[ONE]], %[[ZERO]]
  %y, %mean, %variance = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 1.0e-01 : f64, running_mean = @m, running_variance = @v}
    : (tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>)
  return %y : tensor<2x8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// With given statistics, a generated kernel; its gradient takes the sums apart.
// CHECK-LABEL: func.func @given
func.func @given(%x: tensor<2x8xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>, %dy: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[Y:.*]] = cuda.channel_affine %arg0, %arg1, %arg2, %arg3, %arg4 {epsilon = 1.000000e-05 : f64}
  %y = net.batch_norm_inference %x, %m, %v, %w, %b {epsilon = 1.0e-05 : f64}
    : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  // CHECK: %[[ZERO:.*]] = net.fill {value = 0.000000e+00 : f64}
  // CHECK: %[[DX:.*]] = cuda.channel_affine %arg5, %[[ZERO]], %arg2, %arg3
  // CHECK: %[[NORMALISED:.*]] = cuda.channel_affine %arg0, %arg1, %arg2 {
  // CHECK: %[[DW:.*]] = cuda.channel_sums %arg5, %[[NORMALISED]] {parts = 1 : i64}
  // CHECK: %[[DB:.*]] = cuda.channel_sums %arg5 {parts = 1 : i64}
  %dx, %dw, %db = net.batch_norm_gradient %x, %m, %v, %dy weight %w {epsilon = 1.0e-05 : f64, given_statistics, with_bias = true}
    : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<2x8xf32>, tensor<8xf32>) -> (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>)
  // CHECK: return %[[Y]], %[[DX]], %[[DW]], %[[DB]]
  return %y, %dx, %dw, %db : tensor<2x8xf32>, tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// What is no normalisation stays.
// CHECK-LABEL: func.func @others
func.func @others(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // CHECK-NEXT: net.activation
  // CHECK-NEXT: return
  %y = net.activation %x {kind = #net.activation<relu>} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
func.func @fused(%x: tensor<2x8xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>) -> tensor<2x8xf32> {
  // expected-error @below {{'net.batch_norm_inference' op has an activation, which on a GPU stays apart}}
  %y, %mask = net.batch_norm_inference %x, %m, %v {epsilon = 1.0e-05 : f64, activation = #net.activation<relu>}
    : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<2x8xf32>, tensor<2x8xui8>)
  return %y : tensor<2x8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
func.func @foreign(%x: tensor<2x8xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>) -> tensor<2x8xf32> {
  // expected-error @below {{'net.batch_norm_gradient' op expected the variance of a normalisation}}
  %dx = net.batch_norm_gradient %x, %m, %v, %x {epsilon = 1.0e-05 : f64, with_bias = false}
    : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %dx : tensor<2x8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// Six channels are none of cuDNN's: sums and kernels.
net.parameter @m : tensor<6xf32> {init = "zero", trainable = false, statistic}
net.parameter @v : tensor<6xf32> {init = "one", trainable = false, statistic}
// CHECK-LABEL: func.func @six
func.func @six(%x: tensor<2x6xf32>, %dy: tensor<2x6xf32>, %w: tensor<6xf32>, %b: tensor<6xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>) {
  // CHECK: %[[MEAN:.*]] = cuda.channel_sums %arg0 {parts = 1 : i64, scale = 5.000000e-01 : f64}
  // CHECK: %[[VARIANCE:.*]] = cuda.channel_squares %arg0, %[[MEAN]] {parts = 1 : i64, scale = 5.000000e-01 : f64}
  // CHECK: %[[Y:.*]] = cuda.channel_affine %arg0, %[[MEAN]], %[[VARIANCE]], %arg2, %arg3 {epsilon = 1.000000e-05 : f64}
  %y, %mean, %variance = net.batch_norm %x, %w, %b {epsilon = 1.0e-05 : f64, momentum = 1.0e-01 : f64, running_mean = @m, running_variance = @v}
    : (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  // CHECK: %[[N:.*]] = cuda.channel_affine %arg0, %[[MEAN]], %[[VARIANCE]] {
  // CHECK: %[[DW:.*]] = cuda.channel_sums %arg1, %[[N]] {parts = 1 : i64}
  // CHECK: %[[DB:.*]] = cuda.channel_sums %arg1 {parts = 1 : i64}
  // CHECK: %[[DX:.*]] = cuda.norm_input_gradient %arg1, %[[N]], %[[VARIANCE]], %[[DW]], %[[DB]], %arg2 {epsilon = 1.000000e-05 : f64}
  %dx, %dw, %db = net.batch_norm_gradient %x, %mean, %variance, %dy weight %w {epsilon = 1.0e-05 : f64, with_bias = true}
    : (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<2x6xf32>, tensor<6xf32>) -> (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>)
  // CHECK: return %[[Y]], %[[DX]], %[[DW]], %[[DB]]
  return %y, %dx, %dw, %db : tensor<2x6xf32>, tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>
}
}
