// RUN: split-file %s %t
// RUN: %net-opt %t/split.mlir --pass-pipeline='builtin.module(func.func(net-expand-ops{before-gradients=true}))' | FileCheck %t/split.mlir
// RUN: %net-opt %t/errors.mlir --pass-pipeline='builtin.module(func.func(net-expand-ops{before-gradients=true}))' --verify-diagnostics

//--- split.mlir
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// 28 = 11 + 11 - 1 + 8 - 1: what wins in windows of windows wins in the large one.
// CHECK-LABEL: func.func @global
func.func @global(%x: tensor<2x3x28x28xf32>) -> tensor<2x3x1x1xf32> {
  // CHECK: %[[A:.*]], %{{.*}} = net.max_pool2d %arg0 {padding = array<i64: 0, 0>, stride = array<i64: 1, 1>, window = array<i64: 11, 11>} : (tensor<2x3x28x28xf32>) -> (tensor<2x3x18x18xf32>, tensor<2x3x18x18xui8>)
  // CHECK-NEXT: %[[B:.*]], %{{.*}} = net.max_pool2d %[[A]] {padding = array<i64: 0, 0>, stride = array<i64: 1, 1>, window = array<i64: 11, 11>} : (tensor<2x3x18x18xf32>) -> (tensor<2x3x8x8xf32>, {{.*}})
  // CHECK-NEXT: %[[C:.*]], %{{.*}} = net.max_pool2d %[[B]] {padding = array<i64: 0, 0>, stride = array<i64: 28, 28>, window = array<i64: 8, 8>} : (tensor<2x3x8x8xf32>) -> (tensor<2x3x1x1xf32>, {{.*}})
  // CHECK-NEXT: return %[[C]]
  %y, %i = net.max_pool2d %x {window = array<i64: 28, 28>, stride = array<i64: 28, 28>, padding = array<i64: 0, 0>} : (tensor<2x3x28x28xf32>) -> (tensor<2x3x1x1xf32>, tensor<2x3x1x1xui8>)
  return %y : tensor<2x3x1x1xf32>
}

// The padding is the first one's, the stride the last one's.
// CHECK-LABEL: func.func @padded
func.func @padded(%x: tensor<2x3x28x5xf32>) -> tensor<2x3x2x1xf32> {
  // CHECK: net.max_pool2d %arg0 {padding = array<i64: 4, 1>, stride = array<i64: 1, 1>, window = array<i64: 11, 7>} {{.*}} -> (tensor<2x3x26x1xf32>,
  // CHECK-NEXT: net.max_pool2d {{.*}} {padding = array<i64: 0, 0>, stride = array<i64: 9, 2>, window = array<i64: 10, 1>} {{.*}} -> (tensor<2x3x2x1xf32>,
  %y, %i = net.max_pool2d %x {window = array<i64: 20, 7>, stride = array<i64: 9, 2>, padding = array<i64: 4, 1>} : (tensor<2x3x28x5xf32>) -> (tensor<2x3x2x1xf32>, tensor<2x3x2x1xui8>)
  return %y : tensor<2x3x2x1xf32>
}

// Others stay as they are.
// CHECK-LABEL: func.func @small
// CHECK-NEXT: net.max_pool2d {{.*}} window = array<i64: 11, 11>
// CHECK-NEXT: return
func.func @small(%x: tensor<2x3x28x28xf32>) -> tensor<2x3x18x18xf32> {
  %y, %i = net.max_pool2d %x {window = array<i64: 11, 11>, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>} : (tensor<2x3x28x28xf32>) -> (tensor<2x3x18x18xf32>, tensor<2x3x18x18xui8>)
  return %y : tensor<2x3x18x18xf32>
}
}

//--- errors.mlir
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
func.func @padding(%x: tensor<2x3x28x28xf32>) -> tensor<2x3x2x2xf32> {
  // expected-error @below {{cuDNN's max pooling has no windows of more than 128 places with a padding of 7}}
  %y, %i = net.max_pool2d %x {window = array<i64: 28, 28>, stride = array<i64: 14, 14>, padding = array<i64: 7, 7>} : (tensor<2x3x28x28xf32>) -> (tensor<2x3x2x2xf32>, tensor<2x3x2x2xui8>)
  return %y : tensor<2x3x2x2xf32>
}
}
