// RUN: %net-opt %s --net-fuse-activation --split-input-file --verify-diagnostics | FileCheck %s

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
// CHECK-LABEL: func.func @fires
// CHECK-NEXT: %[[CONV:.*]] = net.conv2d %{{.*}} {activation = #net.activation<relu>,
// CHECK-NEXT: %[[FLAT:.*]] = net.reshape %[[CONV]]
// CHECK-NEXT: %[[DENSE:.*]] = net.dense %[[FLAT]], %{{.*}} {activation = #net.activation<relu>}
// CHECK-NEXT: return %[[DENSE]]
func.func @fires(%x: tensor<2x1x4x4xf32>, %c: tensor<1x1x1x1xf32>, %w: tensor<5x16xf32>) -> tensor<2x5xf32> {
  %0 = net.conv2d %x, %c {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<2x1x4x4xf32>
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %2 = net.reshape %1 {shape = array<i64: 16>} : (tensor<2x1x4x4xf32>) -> tensor<2x16xf32>
  %3 = net.dense %2, %w : (tensor<2x16xf32>, tensor<5x16xf32>) -> tensor<2x5xf32>
  %4 = net.activation %3 {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %4 : tensor<2x5xf32>
}

// With sigmoid and tanh the library leaves its fast kernels.
// CHECK-LABEL: func.func @otherKinds
// CHECK: net.dense %{{[^{]*}} : (
// CHECK: net.activation %{{.*}} {kind = #net.activation<sigmoid>}
// CHECK: net.dense %{{[^{]*}} : (
// CHECK: net.activation %{{.*}} {kind = #net.activation<tanh>}
func.func @otherKinds(%x: tensor<2x5xf32>, %w: tensor<5x5xf32>) -> tensor<2x5xf32> {
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %1 = net.activation %0 {kind = #net.activation<sigmoid>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %2 = net.dense %1, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %3 = net.activation %2 {kind = #net.activation<tanh>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %3 : tensor<2x5xf32>
}

// Someone else reads what comes before the relu.
// CHECK-LABEL: func.func @usedTwice
// CHECK: net.dense %{{[^{]*}} : (
// CHECK: net.activation
func.func @usedTwice(%x: tensor<2x5xf32>, %w: tensor<5x5xf32>) -> (tensor<2x5xf32>, tensor<2x5xf32>) {
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %0, %1 : tensor<2x5xf32>, tensor<2x5xf32>
}

// No convolution or dense layer before it; one that has its activation already.
// CHECK-LABEL: func.func @otherProducers
// CHECK: net.activation
// CHECK: net.add
// CHECK: net.activation
// CHECK: net.dense {{.*}} {activation = #net.activation<relu>}
// CHECK-NOT: net.activation %
// CHECK: net.dense {{.*}} {activation = #net.activation<tanh>}
// CHECK: net.activation
func.func @otherProducers(%x: tensor<2x5xf32>, %w: tensor<5x5xf32>) -> tensor<2x5xf32> {
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %1 = net.add %0, %x : (tensor<2x5xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %2 = net.activation %1 {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %3 = net.dense %2, %w {activation = #net.activation<relu>} : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %4 = net.dense %3, %w {activation = #net.activation<tanh>} : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %5 = net.activation %4 {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %5 : tensor<2x5xf32>
}
}

// -----

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
// A bounded relu and the others, which no post-operation stands for.
// CHECK-LABEL: func.func @others
// CHECK: net.activation %{{.*}} {argument = 6.000000e+00 : f64, kind = #net.activation<relu>}
// CHECK: net.activation %{{.*}} {kind = #net.activation<gelu>}
func.func @others(%x: tensor<2x5xf32>, %w: tensor<5x5xf32>) -> tensor<2x5xf32> {
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %1 = net.activation %0 {kind = #net.activation<relu>, argument = 6.0 : f64} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %2 = net.dense %1, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %3 = net.activation %2 {kind = #net.activation<gelu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %3 : tensor<2x5xf32>
}
}

// -----

// expected-error @below {{expected the module's target, such as `kernel.target = #kernel.cpu<...>`}}
func.func @without_target(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}
