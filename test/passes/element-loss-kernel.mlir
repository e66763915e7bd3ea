// RUN: %net-opt %s --net-select-launches --net-lower-to-kernel | FileCheck %s
// Losses of elements: the examples are shared among the parts; within one,
// vectors first, then the rest.

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {

// CHECK: kernel.func @mean_squared_error_1(%[[X:.*]]: memref<4x10xf32>, %[[T:.*]]: memref<4x10xf32>, %[[LOSS:.*]]: memref<4xf32>,
// CHECK-SAME: access = ["read", "read", "write"]
// CHECK: scf.for %[[ROW:.*]] = %{{.*}} to
// CHECK: %[[SUM:.*]] = scf.for %{{.*}} = %c0 to %c8{{.*}} step %c8{{.*}} iter_args({{.*}}) -> (vector<8xf32>)
// CHECK: vector.load %[[X]][%[[ROW]],
// CHECK: vector.load %[[T]][%[[ROW]],
// CHECK: vector.reduction <add>, %[[SUM]]
// CHECK: scf.for %{{.*}} = %c8{{.*}} to %c10{{.*}} iter_args({{.*}}) -> (f32)
// CHECK: %[[COUNT:.*]] = arith.constant 1.000000e+01 : f32
// CHECK: %[[MEAN:.*]] = arith.divf %{{.*}}, %[[COUNT]]
// CHECK: memref.store %[[MEAN]], %[[LOSS]][%[[ROW]]] : memref<4xf32>
func.func @square(%x: tensor<4x10xf32>, %t: tensor<4x10xf32>) -> tensor<4xf32> {
  %0 = net.mean_squared_error %x, %t : (tensor<4x10xf32>, tensor<4x10xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Fewer elements than lanes: no vectors.
// CHECK: kernel.func @sigmoid_binary_cross_entropy_gradient_1(
// CHECK-NOT: vector
// CHECK: kernel.return
func.func @gradient(%x: tensor<4x1x2x3xf32>, %t: tensor<4x1x2x3xf32>, %g: tensor<4xf32>) -> tensor<4x1x2x3xf32> {
  %0 = net.sigmoid_binary_cross_entropy_gradient %x, %t, %g : (tensor<4x1x2x3xf32>, tensor<4x1x2x3xf32>, tensor<4xf32>) -> tensor<4x1x2x3xf32>
  return %0 : tensor<4x1x2x3xf32>
}

// A map of labels: the lanes are pixels, the rest are taken one by one.
// CHECK: kernel.func @softmax_cross_entropy_1(
// CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]] : memref<2x3x4x5xf32> into memref<2x3x20xf32>
// CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0], [1, 2]] : memref<2x4x5xi32> into memref<2x20xi32>
// CHECK: %{{.*}}:2 = scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) -> (vector<8xf32>, vector<8xi32>) {
// CHECK: %{{.*}}:2 = scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) -> (f32, i32) {
func.func @map(%x: tensor<2x3x4x5xf32>, %t: tensor<2x4x5xi32>) -> (tensor<2xf32>, tensor<2xi32>) {
  %loss, %correct = net.softmax_cross_entropy %x, %t : (tensor<2x3x4x5xf32>, tensor<2x4x5xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  return %loss, %correct : tensor<2xf32>, tensor<2xi32>
}
}
