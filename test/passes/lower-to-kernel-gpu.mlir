// RUN: %net-opt %s --net-propagate-layouts --net-lower-to-kernel --split-input-file | FileCheck %s

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
