// RUN: %net-opt %s --net-fuse-loss --split-input-file | FileCheck %s

// The pass takes all modules as they are: it has no errors to report.

// CHECK-LABEL: func.func @fires
// CHECK-NEXT: %[[LOSS:.*]], %[[CORRECT:.*]], %[[GRADIENT:.*]] = net.softmax_cross_entropy_with_gradient %{{.*}}, %{{.*}} {scale = 2.500000e-01 : f64}
// CHECK-NEXT: return %[[LOSS]], %[[CORRECT]], %[[GRADIENT]]
func.func @fires(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>) {
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<4x10xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>)
  %0 = net.fill {value = 0.25 : f64} : tensor<4xf32>
  %1 = net.softmax_cross_entropy_gradient %logits, %labels, %0 : (tensor<4x10xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4x10xf32>
  return %loss, %correct, %1 : tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>
}

// The constant stays where something else wants it.
// CHECK-LABEL: func.func @constantUsed
// CHECK: net.softmax_cross_entropy_with_gradient
// CHECK: %[[FILL:.*]] = net.fill
// CHECK: return %[[FILL]]
func.func @constantUsed(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4x10xf32>) {
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<4x10xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>)
  %0 = net.fill {value = 0.25 : f64} : tensor<4xf32>
  %1 = net.softmax_cross_entropy_gradient %logits, %labels, %0 : (tensor<4x10xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4x10xf32>
  return %0, %loss, %1 : tensor<4xf32>, tensor<4xf32>, tensor<4x10xf32>
}

// A gradient that is no constant; other labels; a loss that no one differentiates.
// CHECK-LABEL: func.func @stays
// CHECK-NOT: net.softmax_cross_entropy_with_gradient
func.func @stays(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>, %others: tensor<4xi32>, %g: tensor<4xf32>) -> (tensor<4xf32>, tensor<4x10xf32>, tensor<4x10xf32>) {
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<4x10xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>)
  %0 = net.softmax_cross_entropy_gradient %logits, %labels, %g : (tensor<4x10xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4x10xf32>
  %1 = net.fill {value = 0.25 : f64} : tensor<4xf32>
  %2 = net.softmax_cross_entropy_gradient %logits, %others, %1 : (tensor<4x10xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4x10xf32>
  return %loss, %0, %2 : tensor<4xf32>, tensor<4x10xf32>, tensor<4x10xf32>
}
