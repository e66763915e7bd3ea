// RUN: %net-opt %s --net-select-launches --net-lower-to-kernel | FileCheck %s
// What each form of the loss reads, makes and leaves out; that it makes it
// right is shown by the numeric tests.

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {

// In one pass: the exponentials' sum is taken once, and divides once.
// CHECK-LABEL: kernel.func @softmax_cross_entropy_with_gradient_1(
// CHECK-SAME: access = ["read", "read", "write", "write", "write"]
// CHECK-NOT: vector
// CHECK-COUNT-1: math.log
// CHECK-COUNT-1: arith.divf
// CHECK-NOT: math.log
// CHECK-NOT: arith.divf
// CHECK: kernel.return
func.func @both(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>) {
  %0:3 = net.softmax_cross_entropy_with_gradient %logits, %labels {scale = 0.25 : f64} : (tensor<4x10xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>)
  return %0#0, %0#1, %0#2 : tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>
}

// Evaluation makes no gradient.
// CHECK-LABEL: kernel.func @softmax_cross_entropy_1(
// CHECK-COUNT-2: memref.store
// CHECK-NOT: memref.store
// CHECK: kernel.return
func.func @loss(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<4x10xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>)
  return %loss, %correct : tensor<4xf32>, tensor<4xi32>
}

// Not fused, the scale is each example's own, and there is no loss.
// CHECK-LABEL: kernel.func @softmax_cross_entropy_gradient_1(
// CHECK-SAME: %{{.*}}: memref<4x10xf32>, %{{.*}}: memref<4xi32>, %[[SCALES:[^:]*]]: memref<4xf32>,
// CHECK: memref.load %[[SCALES]]
// CHECK-NOT: math.log
// CHECK: kernel.return
func.func @gradient(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>, %g: tensor<4xf32>) -> tensor<4x10xf32> {
  %0 = net.softmax_cross_entropy_gradient %logits, %labels, %g : (tensor<4x10xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4x10xf32>
  return %0 : tensor<4x10xf32>
}

// Hits alone take no exponential.
// CHECK-LABEL: kernel.func @count_correct_1(
// CHECK-SAME: access = ["read", "read", "write"]
// CHECK-NOT: math.exp
// CHECK: kernel.return
func.func @count(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>) -> tensor<4xi32> {
  %0 = net.count_correct %logits, %labels : (tensor<4x10xf32>, tensor<4xi32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}
}
