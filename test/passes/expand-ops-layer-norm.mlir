// RUN: %net-opt %s --pass-pipeline='builtin.module(func.func(net-expand-ops))' --split-input-file --verify-diagnostics | FileCheck %s

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// Few elements are summed at once; the weight and its gradient are of elements,
// all else of examples.
// CHECK-LABEL: func.func @affine
func.func @affine(%x: tensor<2x8xf32>, %dy: tensor<2x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK-NEXT: %[[MEAN:.*]] = cuda.channel_sums %arg0 {parts = 1 : i64, per_example, scale = 1.250000e-01 : f64} : (tensor<2x8xf32>) -> tensor<2xf32>
  // CHECK-NEXT: %[[VARIANCE:.*]] = cuda.channel_squares %arg0, %[[MEAN]] {parts = 1 : i64, per_example, scale = 1.250000e-01 : f64}
  // CHECK-NEXT: %[[Y:.*]] = cuda.channel_affine %arg0, %[[MEAN]], %[[VARIANCE]], %arg2, %arg3 {epsilon = 1.000000e-05 : f64, per_example}
  %y, %mean, %variance = net.layer_norm %x, %w, %b {epsilon = 1.0e-05 : f64}
    : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<2x8xf32>, tensor<2xf32>, tensor<2xf32>)
  // CHECK-NEXT: %[[N:.*]] = cuda.channel_affine %arg0, %[[MEAN]], %[[VARIANCE]] {epsilon = 1.000000e-05 : f64, per_example}
  // CHECK-NEXT: %[[DW:.*]] = cuda.channel_sums %arg1, %[[N]] {parts = 1 : i64} : {{.*}} -> tensor<8xf32>
  // CHECK-NEXT: %[[DB:.*]] = cuda.channel_sums %arg1 {parts = 1 : i64} : {{.*}} -> tensor<8xf32>
  // CHECK-NEXT: %[[G:.*]] = cuda.channel_scale %arg1, %arg2
  // CHECK-NEXT: %[[OF_PRODUCTS:.*]] = cuda.channel_sums %[[G]], %[[N]] {parts = 1 : i64, per_example}
  // CHECK-NEXT: %[[OF_G:.*]] = cuda.channel_sums %[[G]] {parts = 1 : i64, per_example}
  // CHECK-NEXT: %[[DX:.*]] = cuda.norm_input_gradient %[[G]], %[[N]], %[[VARIANCE]], %[[OF_PRODUCTS]], %[[OF_G]] {epsilon = 1.000000e-05 : f64, per_example}
  %g:3 = net.layer_norm_gradient %x, %mean, %variance, %dy, %w {epsilon = 1.0e-05 : f64}
    : (tensor<2x8xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x8xf32>, tensor<8xf32>) -> (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>)
  // CHECK-NEXT: return %[[Y]], %[[DX]], %[[DW]], %[[DB]]
  return %y, %g#0, %g#1, %g#2 : tensor<2x8xf32>, tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// Many elements are summed in parts of at most 64, the sums again.
// CHECK-LABEL: func.func @parts
func.func @parts(%x: tensor<4x5000xf32>) -> tensor<4x5000xf32> {
  // CHECK: %[[P:.*]] = cuda.channel_sums %arg0 {parts = 79 : i64, per_example} : (tensor<4x5000xf32>) -> tensor<4x79xf32>
  // CHECK: %[[Q:.*]] = cuda.channel_sums %[[P]] {parts = 2 : i64, per_example} : (tensor<4x79xf32>) -> tensor<4x2xf32>
  // CHECK: %[[MEAN:.*]] = cuda.channel_sums %[[Q]] {parts = 1 : i64, per_example, scale = 2.000000e-04 : f64} : (tensor<4x2xf32>) -> tensor<4xf32>
  // CHECK: %[[R:.*]] = cuda.channel_squares %arg0, %[[MEAN]] {parts = 79 : i64, per_example} : {{.*}} -> tensor<4x79xf32>
  // CHECK: %[[S:.*]] = cuda.channel_sums %[[R]] {parts = 2 : i64, per_example}
  // CHECK: %[[VARIANCE:.*]] = cuda.channel_sums %[[S]] {parts = 1 : i64, per_example, scale = 2.000000e-04 : f64}
  // CHECK: cuda.channel_affine %arg0, %[[MEAN]], %[[VARIANCE]] {epsilon = 1.000000e-05 : f64, per_example}
  %y, %mean, %variance = net.layer_norm %x {epsilon = 1.0e-05 : f64}
    : (tensor<4x5000xf32>) -> (tensor<4x5000xf32>, tensor<4xf32>, tensor<4xf32>)
  return %y : tensor<4x5000xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// Without a weight the gradient is taken as it is.
// CHECK-LABEL: func.func @plain
func.func @plain(%x: tensor<2x8xf32>, %mean: tensor<2xf32>, %variance: tensor<2xf32>, %dy: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // CHECK-NOT: cuda.channel_scale
  // CHECK: cuda.norm_input_gradient %arg3, %{{.*}}, %arg2,
  %dx = net.layer_norm_gradient %x, %mean, %variance, %dy {epsilon = 1.0e-05 : f64}
    : (tensor<2x8xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %dx : tensor<2x8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// No gradient of an input that wants none.
// CHECK-LABEL: func.func @first
func.func @first(%x: tensor<2x8xf32>, %mean: tensor<2xf32>, %variance: tensor<2xf32>, %dy: tensor<2x8xf32>, %w: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK-COUNT-2: cuda.channel_sums
  // CHECK-NEXT: return
  %g:3 = net.layer_norm_gradient %x, %mean, %variance, %dy, %w {epsilon = 1.0e-05 : f64}
    : (tensor<2x8xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x8xf32>, tensor<8xf32>) -> (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>)
  return %g#1, %g#2 : tensor<8xf32>, tensor<8xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
func.func @unknown(%x: tensor<*xf32>) {
  // expected-error @below {{'net.layer_norm' op expected shapes that are inferred, got 'tensor<*xf32>'}}
  %y, %mean, %variance = net.layer_norm %x {epsilon = 1.0e-05 : f64}
    : (tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}
}
