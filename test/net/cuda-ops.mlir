// RUN: %net-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @sums
func.func @sums(%dy: tensor<8x6x28x28xf32>) -> tensor<6xf32> {
  // CHECK: cuda.channel_sums %arg0 {parts = 4 : i64} : (tensor<8x6x28x28xf32>) -> tensor<4x6xf32>
  %p = cuda.channel_sums %dy {parts = 4 : i64} : (tensor<8x6x28x28xf32>) -> tensor<4x6xf32>
  %db = cuda.channel_sums %p {parts = 1 : i64} : (tensor<4x6xf32>) -> tensor<6xf32>
  return %db : tensor<6xf32>
}

// -----

func.func @rank(%dy: tensor<8x6x28xf32>) {
  // expected-error @below {{expected [N, C] or [N, C, H, W], got 'tensor<8x6x28xf32>'}}
  // expected-error @below {{'cuda.channel_sums' op failed to infer returned types}}
  cuda.channel_sums %dy {parts = 1 : i64} : (tensor<8x6x28xf32>) -> tensor<6xf32>
  return
}

// -----

func.func @parts(%dy: tensor<8x6xf32>) {
  // expected-error @below {{expected 1 to 8 parts, got 9}}
  // expected-error @below {{'cuda.channel_sums' op failed to infer returned types}}
  cuda.channel_sums %dy {parts = 9 : i64} : (tensor<8x6xf32>) -> tensor<9x6xf32>
  return
}

// -----

// CHECK-LABEL: func.func @examples
func.func @examples(%x: tensor<8x6x28x28xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<4x6xf32>, tensor<8x6x28x28xf32>, tensor<8x6x28x28xf32>) {
  // CHECK: %[[P:.*]] = cuda.channel_sums %arg0 {parts = 4 : i64, per_example} : (tensor<8x6x28x28xf32>) -> tensor<8x4xf32>
  %p = cuda.channel_sums %x {parts = 4 : i64, per_example} : (tensor<8x6x28x28xf32>) -> tensor<8x4xf32>
  // CHECK: %[[MEAN:.*]] = cuda.channel_sums %[[P]] {parts = 1 : i64, per_example} : (tensor<8x4xf32>) -> tensor<8xf32>
  %mean = cuda.channel_sums %p {parts = 1 : i64, per_example} : (tensor<8x4xf32>) -> tensor<8xf32>
  // CHECK: %[[SQUARES:.*]] = cuda.channel_squares %arg0, %[[MEAN]] {parts = 1 : i64, per_example, scale = 5.000000e-01 : f64} : (tensor<8x6x28x28xf32>, tensor<8xf32>) -> tensor<8xf32>
  %squares = cuda.channel_squares %x, %mean {parts = 1 : i64, per_example, scale = 5.0e-01 : f64} : (tensor<8x6x28x28xf32>, tensor<8xf32>) -> tensor<8xf32>
  %of_channels = cuda.channel_sums %x {parts = 1 : i64} : (tensor<8x6x28x28xf32>) -> tensor<6xf32>
  // CHECK: cuda.channel_squares %arg0, %{{.*}} {parts = 4 : i64} : (tensor<8x6x28x28xf32>, tensor<6xf32>) -> tensor<4x6xf32>
  %q = cuda.channel_squares %x, %of_channels {parts = 4 : i64} : (tensor<8x6x28x28xf32>, tensor<6xf32>) -> tensor<4x6xf32>
  // CHECK: %[[Y:.*]] = cuda.channel_affine %arg0, %[[MEAN]], %[[SQUARES]] {epsilon = 1.000000e-05 : f64, per_example}
  %y = cuda.channel_affine %x, %mean, %squares {epsilon = 1.0e-05 : f64, per_example}
    : (tensor<8x6x28x28xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<8x6x28x28xf32>
  // CHECK: cuda.norm_input_gradient %arg0, %[[Y]], %[[SQUARES]], %[[MEAN]], %[[MEAN]] {epsilon = 1.000000e-05 : f64, per_example}
  %dx = cuda.norm_input_gradient %x, %y, %squares, %mean, %mean {epsilon = 1.0e-05 : f64, per_example}
    : (tensor<8x6x28x28xf32>, tensor<8x6x28x28xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<8x6x28x28xf32>
  return %mean, %squares, %q, %y, %dx : tensor<8xf32>, tensor<8xf32>, tensor<4x6xf32>, tensor<8x6x28x28xf32>, tensor<8x6x28x28xf32>
}

// -----

func.func @parts_of_examples(%x: tensor<8x6xf32>) {
  // expected-error @below {{expected 1 to 6 parts, got 7}}
  // expected-error @below {{'cuda.channel_sums' op failed to infer returned types}}
  cuda.channel_sums %x {parts = 7 : i64, per_example} : (tensor<8x6xf32>) -> tensor<8x7xf32>
  return
}

// -----

func.func @parts_of_squares(%x: tensor<8x6xf32>, %mean: tensor<6xf32>) {
  // expected-error @below {{expected 1 to 8 parts, got 0}}
  // expected-error @below {{'cuda.channel_squares' op failed to infer returned types}}
  cuda.channel_squares %x, %mean {parts = 0 : i64} : (tensor<8x6xf32>, tensor<6xf32>) -> tensor<6xf32>
  return
}

// -----

func.func @mean_of_channels(%x: tensor<8x6xf32>, %mean: tensor<6xf32>) {
  // expected-error @below {{expected [8], a number an example, got 'tensor<6xf32>'}}
  // expected-error @below {{'cuda.channel_squares' op failed to infer returned types}}
  cuda.channel_squares %x, %mean {parts = 1 : i64, per_example} : (tensor<8x6xf32>, tensor<6xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @variance_of_examples(%x: tensor<8x6xf32>, %mean: tensor<6xf32>, %variance: tensor<8xf32>) {
  // expected-error @below {{expected [6], a number a channel, got 'tensor<8xf32>'}}
  // expected-error @below {{'cuda.channel_affine' op failed to infer returned types}}
  cuda.channel_affine %x, %mean, %variance {epsilon = 1.0e-05 : f64} : (tensor<8x6xf32>, tensor<6xf32>, tensor<8xf32>) -> tensor<8x6xf32>
  return
}

// -----

func.func @sums_of_channels(%x: tensor<8x6xf32>, %c: tensor<6xf32>, %n: tensor<8xf32>) {
  // expected-error @below {{expected [8], a number an example, got 'tensor<6xf32>'}}
  // expected-error @below {{'cuda.norm_input_gradient' op failed to infer returned types}}
  cuda.norm_input_gradient %x, %x, %n, %c, %n {epsilon = 1.0e-05 : f64, per_example} : (tensor<8x6xf32>, tensor<8x6xf32>, tensor<8xf32>, tensor<6xf32>, tensor<8xf32>) -> tensor<8x6xf32>
  return
}

// -----

func.func @weight(%x: tensor<8x6xf32>, %c: tensor<6xf32>, %n: tensor<8xf32>) {
  // expected-error @below {{expected no weight: that of examples is in the gradient}}
  // expected-error @below {{'cuda.norm_input_gradient' op failed to infer returned types}}
  cuda.norm_input_gradient %x, %x, %n, %n, %n, %c {epsilon = 1.0e-05 : f64, per_example} : (tensor<8x6xf32>, tensor<8x6xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<6xf32>) -> tensor<8x6xf32>
  return
}

// -----

// CHECK-LABEL: func.func @relayout
func.func @relayout(%x: tensor<2x3x4x4xf32, #net.layout<"acdb">>) -> tensor<2x3x4x4xf32> {
  // CHECK: cuda.relayout %arg0 : (tensor<2x3x4x4xf32, #net.layout<"acdb">>) -> tensor<2x3x4x4xf32>
  %y = cuda.relayout %x : (tensor<2x3x4x4xf32, #net.layout<"acdb">>) -> tensor<2x3x4x4xf32>
  return %y : tensor<2x3x4x4xf32>
}

// -----

// CHECK-LABEL: func.func @products
func.func @products(%dy: tensor<8x6xf32>, %x: tensor<8x6xf32>) -> tensor<6xf32> {
  // CHECK: cuda.channel_sums %arg0, %arg1 {parts = 1 : i64} : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<6xf32>
  %dw = cuda.channel_sums %dy, %x {parts = 1 : i64} : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<6xf32>
  return %dw : tensor<6xf32>
}

// -----

func.func @factor(%dy: tensor<8x6xf32>, %x: tensor<8x5xf32>) {
  // expected-error @below {{expected a factor like 'tensor<8x6xf32>', got 'tensor<8x5xf32>'}}
  // expected-error @below {{'cuda.channel_sums' op failed to infer returned types}}
  cuda.channel_sums %dy, %x {parts = 1 : i64} : (tensor<8x6xf32>, tensor<8x5xf32>) -> tensor<6xf32>
  return
}

// -----

// CHECK-LABEL: func.func @norm
func.func @norm(%x: tensor<2x6x4x4xf32>, %dy: tensor<2x6x4x4xf32>, %w: tensor<6xf32>, %b: tensor<6xf32>) -> (tensor<2x6x4x4xf32>, tensor<6xf32>) {
  // CHECK: %[[Y:.*]], %[[MEAN:.*]], %[[INVERSE:.*]] = cuda.cudnn_batch_norm %arg0, %arg2, %arg3 {epsilon = 1.000000e-05 : f64}
  %y, %mean, %inverse = cuda.cudnn_batch_norm %x, %w, %b {epsilon = 1.0e-05 : f64}
    : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
  // CHECK: cuda.cudnn_batch_norm_gradient %arg1, %arg0, %arg2, %[[MEAN]], %[[INVERSE]]
  %dx, %dw, %db = cuda.cudnn_batch_norm_gradient %dy, %x, %w, %mean, %inverse
    : (tensor<2x6x4x4xf32>, tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>)
    -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
  // CHECK: cuda.variance %[[INVERSE]] {epsilon = 1.000000e-05 : f64} : (tensor<6xf32>) -> tensor<6xf32>
  %variance = cuda.variance %inverse {epsilon = 1.0e-05 : f64} : (tensor<6xf32>) -> tensor<6xf32>
  // CHECK: cuda.channel_affine %arg0, %[[MEAN]], %{{.*}}, %arg2, %arg3 {epsilon = 1.000000e-05 : f64}
  %z = cuda.channel_affine %x, %mean, %variance, %w, %b {epsilon = 1.0e-05 : f64}
    : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x4x4xf32>
  return %z, %db : tensor<2x6x4x4xf32>, tensor<6xf32>
}

// -----

// CHECK-LABEL: func.func @others
func.func @others(%x: tensor<2x6xf32>, %c: tensor<6xf32>) -> tensor<2x6xbf16> {
  // CHECK: cuda.norm_input_gradient %arg0, %arg0, %arg1, %arg1, %arg1, %arg1 {epsilon = 1.000000e-05 : f64}
  %dx = cuda.norm_input_gradient %x, %x, %c, %c, %c, %c {epsilon = 1.0e-05 : f64}
    : (tensor<2x6xf32>, tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  // CHECK: cuda.channel_add %{{.*}}, %arg1 : (tensor<2x6xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  %sum = cuda.channel_add %dx, %c : (tensor<2x6xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  // CHECK: cuda.channel_scale %{{.*}}, %arg1 : (tensor<2x6xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  %y = cuda.channel_scale %sum, %c : (tensor<2x6xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  // CHECK: cuda.cast %{{.*}} : (tensor<2x6xf32>) -> tensor<2x6xbf16>
  %z = cuda.cast %y : (tensor<2x6xf32>) -> tensor<2x6xbf16>
  return %z : tensor<2x6xbf16>
}

// -----

func.func @cast(%x: tensor<2x6xf32>) {
  // expected-error @below {{expected the same shape on both sides}}
  cuda.cast %x : (tensor<2x6xf32>) -> tensor<6x2xbf16>
  return
}

// -----

func.func @flat(%x: tensor<6xf32>, %w: tensor<6xf32>) {
  // expected-error @below {{expected [N, C, ...], got 'tensor<6xf32>'}}
  // expected-error @below {{'cuda.cudnn_batch_norm' op failed to infer returned types}}
  cuda.cudnn_batch_norm %x, %w, %w {epsilon = 1.0e-05 : f64} : (tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<6xf32>, tensor<6xf32>, tensor<6xf32>)
  return
}

// -----

func.func @shape(%x: tensor<2x3xf32>) {
  // expected-error @below {{expected the same shape on both sides}}
  cuda.relayout %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @blocks(%x: tensor<2x16xf32, #net.layout<"aB16b">>) {
  // expected-error @below {{expected layouts without blocks, got}}
  cuda.relayout %x : (tensor<2x16xf32, #net.layout<"aB16b">>) -> tensor<2x16xf32>
  return
}
