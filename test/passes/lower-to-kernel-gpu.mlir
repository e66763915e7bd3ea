// RUN: %net-opt %s --net-select-launches --net-lower-to-kernel --split-input-file | FileCheck %s

// Heavy ops become cuDNN graphs, in strict f32 a dense layer as a convolution
// of single pixels; the rest are kernels whose parts take every so many-th element.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
// CHECK-LABEL: kernel.program @train_step
// CHECK: kernel.graph "precision f32; tensor x f32 2x5x1x1 5x1x5x5; tensor w f32 3x5x1x1 5x1x5x5;
// CHECK-SAME: node convolution x w -> y stride 1x1 padding 0x0 dilation 1x1" ins(
// CHECK: kernel.launch @activation_1
// CHECK-LABEL: kernel.func @activation_1
// CHECK: scf.for %{{.*}} = %part to %{{.*}} step %parts
func.func @train_step(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>) -> tensor<2x3xf32> {
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
  %1 = net.activation %0 {kind = #net.activation<tanh>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}
}

// -----

// With tensor cores it is a product of matrices.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// CHECK-LABEL: kernel.program @train_step
// CHECK: kernel.graph "precision tf32; tensor x f32 1x2x5 10x5x1; tensor w f32 1x5x3 15x1x5; tensor y f32 1x2x3 6x3x1;
// CHECK-SAME: node matmul x w -> y" ins(
func.func @train_step(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>) -> tensor<2x3xf32> {
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
}

// -----

// All updates are one launch, at the end: for each its parameter and gradient,
// which may be bf16, and its velocity.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "bf16">} {
net.parameter @a : tensor<3x5xf32> {init = "zero"}
net.parameter @b : tensor<7xf32> {init = "zero"}
net.parameter @b.velocity : tensor<7xf32> {init = "zero", trainable = false, state = "velocity", state_of = @b}
// CHECK-LABEL: kernel.program @train_step
// CHECK-DAG: %[[A:.*]] = kernel.get_global @a :
// CHECK-DAG: %[[B:.*]] = kernel.get_global @b :
// CHECK-DAG: %[[V:.*]] = kernel.get_global @b.velocity :
// CHECK-NOT: kernel.launch
// CHECK: kernel.launch @sgd_updates_1(%[[A]], %arg0, %[[B]], %arg1, %[[V]], %arg2)
// CHECK-NEXT: kernel.return
// CHECK-LABEL: kernel.func @sgd_updates_1
// CHECK-SAME: access = ["readwrite", "read", "readwrite", "read", "readwrite", "read"]
// CHECK: arith.extf %{{.*}} : bf16 to f32
func.func @train_step(%da: tensor<3x5xbf16>, %db: tensor<7xf32>, %state: tensor<8xi32>) {
  net.sgd_update @a, %da, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<3x5xbf16>, tensor<8xi32>
  net.sgd_update @b, %db, %state keeps [@b.velocity] {momentum = 9.0e-01 : f64, weight_decay = 0.0 : f64} : tensor<7xf32>, tensor<8xi32>
  return
}
}

// -----

// A part of an example takes every so many-th element of it, as it lies.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
// CHECK-LABEL: kernel.func @channel_sums_1
// CHECK: %[[PART:.*]] = arith.remui
// CHECK: %[[PARTS:.*]] = arith.constant 3 : index
// CHECK: scf.for %{{.*}} = %[[PART]] to %{{.*}} step %[[PARTS]] iter_args
func.func @train_step(%x: tensor<2x100xf32>) -> tensor<2x3xf32> {
  %0 = cuda.channel_sums %x {parts = 3 : i64, per_example} : (tensor<2x100xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
}
