// RUN: %net-opt %s --net-fuse-activation | FileCheck %s

// On a GPU a relu joins what has a bias, and no normalisation.
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "f32">} {
// CHECK-LABEL: func.func @bias
// CHECK: net.dense {{.*}} {activation = #net.activation<relu>}
// CHECK-NOT: net.activation %
func.func @bias(%x: tensor<2x5xf32>, %w: tensor<5x5xf32>, %b: tensor<5xf32>) -> tensor<2x5xf32> {
  %0 = net.dense %x, %w, %b : (tensor<2x5xf32>, tensor<5x5xf32>, tensor<5xf32>) -> tensor<2x5xf32>
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %1 : tensor<2x5xf32>
}

// CHECK-LABEL: func.func @without
// CHECK: net.dense %arg0, %arg1 : (
// CHECK: net.activation
func.func @without(%x: tensor<2x5xf32>, %w: tensor<5x5xf32>) -> tensor<2x5xf32> {
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %1 : tensor<2x5xf32>
}

// CHECK-LABEL: func.func @norm
// CHECK: net.batch_norm_inference {{.*}} {epsilon = 1.000000e-05 : f64}
// CHECK: net.activation
func.func @norm(%x: tensor<2x5xf32>, %m: tensor<5xf32>, %v: tensor<5xf32>) -> tensor<2x5xf32> {
  %0 = net.batch_norm_inference %x, %m, %v {epsilon = 1.0e-05 : f64} : (tensor<2x5xf32>, tensor<5xf32>, tensor<5xf32>) -> tensor<2x5xf32>
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %1 : tensor<2x5xf32>
}
}
