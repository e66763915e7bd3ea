// RUN: %net-opt %s --net-lower-to-kernel | FileCheck %s

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {

// The examples are shared among the parts; each one's maximum is subtracted
// before the exponentials, and the first of equal maxima counts.
// CHECK: kernel.func @softmax_cross_entropy_with_gradient_1(%[[LOGITS:.*]]: memref<4x10xf32>, %[[LABELS:.*]]: memref<4xi32>, %[[LOSS:.*]]: memref<4xf32>, %[[CORRECT:.*]]: memref<4xi32>, %[[GRADIENT:.*]]: memref<4x10xf32>,
// CHECK-SAME: access = ["read", "read", "write", "write", "write"]
// CHECK: scf.for %[[ROW:.*]] = %{{.*}} to
// CHECK: %[[LABEL:.*]] = memref.load %[[LABELS]][%[[ROW]]]
// CHECK: %[[BEST:.*]]:2 = scf.for %[[COLUMN:.*]] = %c1{{.*}} to %c10 {{.*}}iter_args(%[[SOFAR:.*]] = %{{.*}}, %[[INDEX:.*]] = %c0_i32) -> (f32, i32)
// CHECK: %[[GREATER:.*]] = arith.cmpf ogt, %{{.*}}, %[[SOFAR]]
// CHECK-NEXT: %[[NUMBER:.*]] = arith.index_cast %[[COLUMN]]
// CHECK-NEXT: arith.select %[[GREATER]], %[[NUMBER]], %[[INDEX]]
// CHECK-NEXT: arith.maximumf
// The sum of the exponentials, and the label's own logit on the way.
// CHECK: %[[SUMS:.*]]:3 = scf.for
// CHECK: %[[SHIFTED:.*]] = arith.subf %{{.*}}, %[[BEST]]#0
// CHECK-NEXT: math.exp %[[SHIFTED]]
// CHECK: %[[OWN:.*]] = arith.cmpi eq, %{{.*}}, %[[LABEL]]
// CHECK-NEXT: arith.select %[[OWN]], %[[SHIFTED]],
// CHECK: %[[LOG:.*]] = math.log %[[SUMS]]#0
// CHECK-NEXT: %[[CE:.*]] = arith.subf %[[LOG]], %[[SUMS]]#1
// CHECK-NEXT: %[[HIT:.*]] = arith.cmpi eq, %[[BEST]]#1, %[[LABEL]]
// CHECK-NEXT: %[[CORRECTS:.*]] = arith.extui %[[HIT]]
// The sum is taken once.
// CHECK: %[[INVERSE:.*]] = arith.divf %{{.*}}, %[[SUMS]]#0
// CHECK: scf.for
// CHECK: arith.mulf %{{.*}}, %[[INVERSE]]
// CHECK: arith.cmpi eq, %{{.*}}, %[[LABEL]]
// CHECK: memref.store %{{.*}}, %[[GRADIENT]][%[[ROW]],
// CHECK: memref.store %[[CE]], %[[LOSS]][%[[ROW]]]
// CHECK: memref.store %[[CORRECTS]], %[[CORRECT]][%[[ROW]]]
func.func @both(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>) {
  %0:3 = net.softmax_cross_entropy_with_gradient %logits, %labels {scale = 0.25 : f64} : (tensor<4x10xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>)
  return %0#0, %0#1, %0#2 : tensor<4xf32>, tensor<4xi32>, tensor<4x10xf32>
}

// Evaluation makes no gradient.
// CHECK: kernel.func @softmax_cross_entropy_1(
// CHECK: math.log
// CHECK-COUNT-2: memref.store
// CHECK-NOT: memref.store
// CHECK: kernel.return
func.func @loss(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<4x10xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>)
  return %loss, %correct : tensor<4xf32>, tensor<4xi32>
}

// Not fused, the scale is each example's own.
// CHECK: kernel.func @softmax_cross_entropy_gradient_1(%{{.*}}: memref<4x10xf32>, %{{.*}}: memref<4xi32>, %[[SCALES:[^:]*]]: memref<4xf32>,
// CHECK: memref.load %[[SCALES]]
// CHECK-NOT: math.log
// CHECK: kernel.return
func.func @gradient(%logits: tensor<4x10xf32>, %labels: tensor<4xi32>, %g: tensor<4xf32>) -> tensor<4x10xf32> {
  %0 = net.softmax_cross_entropy_gradient %logits, %labels, %g : (tensor<4x10xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4x10xf32>
  return %0 : tensor<4x10xf32>
}

// One class: no second column.
// CHECK: kernel.func @softmax_cross_entropy_2(
// CHECK: scf.for %{{.*}} = %c1{{.*}} to %c1{{.*}} iter_args
func.func @single(%logits: tensor<4x1xf32>, %labels: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<4x1xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>)
  return %loss, %correct : tensor<4xf32>, tensor<4xi32>
}
}
