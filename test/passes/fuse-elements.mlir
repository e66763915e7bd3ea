// RUN: %net-opt %s --net-fuse-elements --split-input-file | FileCheck %s

// The pass takes all modules as they are: it has no errors to report.

// A chain becomes one op; what it reads from outside are its inputs.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: (%[[Y:.*]]: tensor<2x10xf32>, %[[DY:.*]]: tensor<2x10xf32>, %[[STATE:.*]]: tensor<8xi32>)
// CHECK-NEXT: %[[FUSED:.*]] = net.fused (%[[A:.*]] = %[[DY]] : tensor<2x10xf32>, %[[B:.*]] = %[[STATE]] : tensor<8xi32>, %[[C:.*]] = %[[Y]] : tensor<2x10xf32>) -> tensor<2x10xf32> {
// CHECK-NEXT: %[[DROPPED:.*]] = net.dropout %[[A]], %[[B]]
// CHECK-NEXT: %[[D:.*]] = net.activation_gradient %[[C]], %[[DROPPED]]
// CHECK-NEXT: net.yield %[[D]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[FUSED]]
func.func @chain(%y: tensor<2x10xf32>, %dy: tensor<2x10xf32>, %state: tensor<8xi32>) -> tensor<2x10xf32> {
  %0 = net.dropout %dy, %state {rate = 0.5 : f64, path = "dropout_1"} : (tensor<2x10xf32>, tensor<8xi32>) -> tensor<2x10xf32>
  %1 = net.activation_gradient %y, %0 {kind = #net.activation<relu>} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
  return %1 : tensor<2x10xf32>
}

// Two producers of one op; an operand that both read is one input.
// CHECK-LABEL: func.func @tree
// CHECK-NEXT: net.fused (%[[A:.*]] = %{{.*}} : tensor<2x10xf32>) -> tensor<2x10xf32> {
// CHECK-DAG: %[[L:.*]] = net.activation %[[A]] {kind = #net.activation<relu>}
// CHECK-DAG: %[[R:.*]] = net.activation %[[A]] {kind = #net.activation<tanh>}
// CHECK: net.add %[[L]], %[[R]]
func.func @tree(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  %1 = net.activation %x {kind = #net.activation<tanh>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  %2 = net.add %0, %1 : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
  return %2 : tensor<2x10xf32>
}

// A resize gathers its input: it may begin a chain, never continue one that has
// other ops than transforms.
// CHECK-LABEL: func.func @gather
// CHECK-NEXT: %[[T:.*]] = net.activation
// CHECK-NEXT: net.fused (%{{.*}} = %[[T]] : tensor<2x1x4x4xf32>) -> tensor<2x1x8x8xf32> {
// CHECK-NEXT: net.resize
// CHECK-NEXT: net.normalize
func.func @gather(%x: tensor<2x1x4x4xf32>) -> tensor<2x1x8x8xf32> {
  %0 = net.activation %x {kind = #net.activation<tanh>} : (tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %1 = net.resize %0 {size = array<i64: 8, 8>} : (tensor<2x1x4x4xf32>) -> tensor<2x1x8x8xf32>
  %2 = net.normalize %1 {mean = array<f64: 0.5>, deviation = array<f64: 0.25>} : (tensor<2x1x8x8xf32>) -> tensor<2x1x8x8xf32>
  return %2 : tensor<2x1x8x8xf32>
}

// Used twice, alone, or with another op between.
// CHECK-LABEL: func.func @stays
// CHECK-NOT: net.fused
func.func @stays(%x: tensor<2x10xf32>, %w: tensor<10x10xf32>) -> (tensor<2x10xf32>, tensor<2x10xf32>) {
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  %1 = net.dense %0, %w : (tensor<2x10xf32>, tensor<10x10xf32>) -> tensor<2x10xf32>
  %2 = net.activation %1 {kind = #net.activation<tanh>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  %3 = net.activation %2 {kind = #net.activation<relu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  return %2, %3 : tensor<2x10xf32>, tensor<2x10xf32>
}

// -----

// Transforms that gather become one kernel from the pixels, unless something
// else reads what is between them.
// CHECK-LABEL: func.func @transforms
// CHECK-NEXT: net.fused (%{{.*}} = %{{.*}} : tensor<2x3x32x32xui8>, %{{.*}} = %{{.*}} : tensor<2xi32>, %{{.*}} = %{{.*}} : tensor<8xi32>)
// CHECK-NEXT: net.random_crop
// CHECK-NEXT: net.random_horizontal_flip
// CHECK-NEXT: net.to_tensor
// CHECK-NEXT: net.yield
func.func @transforms(%x: tensor<2x3x32x32xui8>, %samples: tensor<2xi32>, %state: tensor<8xi32>) -> tensor<2x3x32x32xf32> {
  %0 = net.random_crop %x, %samples, %state {size = array<i64: 32, 32>, padding = array<i64: 4, 4>, path = "a"} : (tensor<2x3x32x32xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<2x3x32x32xf32>
  %1 = net.random_horizontal_flip %0, %samples, %state {rate = 0.5 : f64, path = "b"} : (tensor<2x3x32x32xf32>, tensor<2xi32>, tensor<8xi32>) -> tensor<2x3x32x32xf32>
  %2 = net.to_tensor %1 : (tensor<2x3x32x32xf32>) -> tensor<2x3x32x32xf32>
  return %2 : tensor<2x3x32x32xf32>
}

// CHECK-LABEL: func.func @twice
// CHECK-NEXT: net.to_tensor
// CHECK-NEXT: net.center_crop
// CHECK-NEXT: return
func.func @twice(%x: tensor<2x3x32x32xui8>) -> (tensor<2x3x32x32xf32>, tensor<2x3x8x8xf32>) {
  %0 = net.to_tensor %x : (tensor<2x3x32x32xui8>) -> tensor<2x3x32x32xf32>
  %1 = net.center_crop %0 {size = array<i64: 8, 8>} : (tensor<2x3x32x32xf32>) -> tensor<2x3x8x8xf32>
  return %0, %1 : tensor<2x3x32x32xf32>, tensor<2x3x8x8xf32>
}

// -----

// What reads a parameter is computed where its user is: the update goes behind.
net.parameter @w : tensor<6xf32> {init = "one"}
// CHECK-LABEL: func.func @updated
// CHECK: %[[W:.*]] = net.read_parameter @w
// CHECK-NEXT: net.fused ({{.*}}%[[W]]
// CHECK-NEXT: cuda.channel_affine
// CHECK-NEXT: net.activation_gradient
// CHECK-NEXT: net.yield
// CHECK: net.sgd_update @w
func.func @updated(%dy: tensor<2x6x4x4xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>, %y: tensor<2x6x4x4xf32>, %dw: tensor<6xf32>, %state: tensor<8xi32>) -> tensor<2x6x4x4xf32> {
  %w = net.read_parameter @w : tensor<6xf32>
  %0 = cuda.channel_affine %dy, %m, %v, %w {epsilon = 1.0e-05 : f64} : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x4x4xf32>
  net.sgd_update @w, %dw, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<6xf32>, tensor<8xi32>
  %1 = net.activation_gradient %y, %0 {kind = #net.activation<tanh>} : (tensor<2x6x4x4xf32>, tensor<2x6x4x4xf32>) -> tensor<2x6x4x4xf32>
  return %1 : tensor<2x6x4x4xf32>
}
