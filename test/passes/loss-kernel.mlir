// RUN: %net-opt %s --net-lower-to-kernel | FileCheck %s

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {

// The examples are shared among the parts; each one's maximum is subtracted
// before the exponentials, and the first of equal maxima counts.
// CHECK: kernel.func @softmax_cross_entropy_with_gradient_1(%[[LOGITS:.*]]: memref<4x10xf32>, %[[LABELS:.*]]: memref<4xi32>, %[[LOSS:.*]]: memref<4xf32>, %[[CORRECT:.*]]: memref<4xi32>, %[[GRADIENT:.*]]: memref<4x10xf32>,
// CHECK-SAME: access = ["read", "read", "write", "write", "write"]
// CHECK: scf.for %[[ROW:.*]] = %{{.*}} to
// CHECK: %[[STORED:.*]] = memref.load %[[LABELS]][%[[ROW]]]
// CHECK-NEXT: %[[LABEL:.*]] = arith.index_cast %[[STORED]]
// CHECK: %[[BEST:.*]]:2 = scf.for %[[COLUMN:.*]] = %c1{{.*}} to %c10 {{.*}}iter_args(%[[SOFAR:.*]] = %{{.*}}, %[[INDEX:.*]] = %c0{{.*}}) -> (f32, index)
// CHECK: %[[GREATER:.*]] = arith.cmpf ogt, %{{.*}}, %[[SOFAR]]
// CHECK-NEXT: arith.select %[[GREATER]], %[[COLUMN]], %[[INDEX]]
// CHECK-NEXT: arith.maximumf
// CHECK: %[[SUM:.*]] = scf.for
// CHECK: arith.subf %{{.*}}, %[[BEST]]#0
// CHECK-NEXT: math.exp
// CHECK-NEXT: arith.addf
// CHECK: %[[LOG:.*]] = math.log %[[SUM]]
// CHECK: %[[OWN:.*]] = memref.load %[[LOGITS]][%[[ROW]], %[[LABEL]]]
// CHECK-NEXT: %[[SHIFTED:.*]] = arith.subf %[[OWN]], %[[BEST]]#0
// CHECK-NEXT: %[[CE:.*]] = arith.subf %[[LOG]], %[[SHIFTED]]
// CHECK-NEXT: memref.store %[[CE]], %[[LOSS]][%[[ROW]]]
// CHECK-NEXT: arith.cmpi eq, %[[BEST]]#1, %[[LABEL]]
// CHECK: memref.store %{{.*}}, %[[CORRECT]][%[[ROW]]]
// The sum of the exponentials is taken once; the scale is a constant.
// CHECK: %[[SCALE:.*]] = arith.constant 2.500000e-01 : f32
// CHECK: arith.divf %{{.*}}, %[[SUM]]
// CHECK: scf.for
// CHECK: arith.cmpi eq, %{{.*}}, %[[LABEL]]
// CHECK: %[[SCALED:.*]] = arith.mulf %{{.*}}, %[[SCALE]]
// CHECK-NEXT: memref.store %[[SCALED]], %[[GRADIENT]][%[[ROW]],
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
