// RUN: %net-opt %s --net-select-launches --split-input-file | FileCheck %s

// On a GPU parameters and pictures have their channels last, decided up front.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
// CHECK: net.parameter @f : tensor<4x3x3x3xf32, #net.layout<"acdb">>
// CHECK: net.parameter @g : tensor<2x2x3x3x3xf32, #net.layout<"abdec">>
// CHECK: net.parameter @w : tensor<5x64xf32>
net.parameter @f : tensor<4x3x3x3xf32> {init = "zero"}
net.parameter @g : tensor<2x2x3x3x3xf32> {init = "zero"}
net.parameter @w : tensor<5x64xf32> {init = "zero"}
// CHECK-LABEL: func.func @train_step
// CHECK-SAME: (%arg0: tensor<2x3x4x4xf32>)
func.func @train_step(%x: tensor<2x3x4x4xf32>) -> tensor<2x5xf32> {
  %f = net.read_parameter @f : tensor<4x3x3x3xf32>
  %w = net.read_parameter @w : tensor<5x64xf32>
  // CHECK: %[[X:.*]] = cuda.relayout %arg0 {{.*}} : (tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32, #net.layout<"acdb">>
  // CHECK: %[[Y:.*]] = net.conv2d %[[X]], %{{.*}} -> tensor<2x4x4x4xf32, #net.layout<"acdb">>
  %y = net.conv2d %x, %f {stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x4x4xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x4x4xf32>
  // What works element by element follows.
  // CHECK: %[[Z:.*]] = net.activation %[[Y]] {{.*}} -> tensor<2x4x4x4xf32, #net.layout<"acdb">>
  %z = net.activation %y {kind = #net.activation<relu>} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
  // Flattened it is in the order of files.
  // CHECK: %[[ROWS:.*]] = cuda.relayout %[[Z]] {{.*}} : (tensor<2x4x4x4xf32, #net.layout<"acdb">>) -> tensor<2x4x4x4xf32>
  // CHECK: net.reshape %[[ROWS]]
  %flat = net.reshape %z {shape = array<i64: 64>} : (tensor<2x4x4x4xf32>) -> tensor<2x64xf32>
  // CHECK-NOT: cuda.relayout
  %d = net.dense %flat, %w : (tensor<2x64xf32>, tensor<5x64xf32>) -> tensor<2x5xf32>
  return %d : tensor<2x5xf32>
}
}

// -----

// One channel or one pixel lies the same either way: nothing is moved.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
// CHECK-LABEL: func.func @train_step
// CHECK-NOT: cuda.relayout
func.func @train_step(%x: tensor<2x1x4x4xf32>) -> tensor<2x1x1x1xf32> {
  %y = net.avg_pool2d %x {window = array<i64: 4, 4>, stride = array<i64: 4, 4>, padding = array<i64: 0, 0>} : (tensor<2x1x4x4xf32>) -> tensor<2x1x1x1xf32>
  return %y : tensor<2x1x1x1xf32>
}
}

// -----

// Sums read the channels last, what follows from them as it lies.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
// CHECK-LABEL: func.func @train_step
func.func @train_step(%x: tensor<2x3x4x4xf32>, %mean: tensor<2xf32>) -> (tensor<2xf32>, tensor<2x3x4x4xf32>) {
  // CHECK: %[[X:.*]] = cuda.relayout %arg0 {{.*}} : (tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32, #net.layout<"acdb">>
  // CHECK: %[[VARIANCE:.*]] = cuda.channel_squares %[[X]], %arg1
  %variance = cuda.channel_squares %x, %mean {parts = 1 : i64, per_example} : (tensor<2x3x4x4xf32>, tensor<2xf32>) -> tensor<2xf32>
  // CHECK: cuda.channel_affine %arg0, %arg1, %[[VARIANCE]] {{.*}} -> tensor<2x3x4x4xf32>
  %y = cuda.channel_affine %x, %mean, %variance {epsilon = 1.0e-05 : f64, per_example} : (tensor<2x3x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x3x4x4xf32>
  return %variance, %y : tensor<2xf32>, tensor<2x3x4x4xf32>
}
}
