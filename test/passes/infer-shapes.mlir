// RUN: %net-opt %s --net-infer-shapes --split-input-file --verify-diagnostics | FileCheck %s

// Types go from operands to results, and on to the function's.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: -> (tensor<2x10xf32>, tensor<2x6x14x14xui8>)
func.func @chain(%x: tensor<2x6x28x28xf32>, %w: tensor<10x1176xf32>) -> (tensor<*xf32>, tensor<*xui8>) {
  // CHECK: net.max_pool2d {{.*}} -> (tensor<2x6x14x14xf32>, tensor<2x6x14x14xui8>)
  %0:2 = net.max_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x6x28x28xf32>) -> (tensor<*xf32>, tensor<*xui8>)
  // CHECK: net.activation {{.*}} -> tensor<2x6x14x14xf32>
  %1 = net.activation %0#0 {kind = #net.activation<sigmoid>} : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: net.reshape {{.*}} -> tensor<2x1176xf32>
  %2 = net.reshape %1 {shape = array<i64: 1176>} : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: %[[Y:.*]] = net.dense {{.*}} -> tensor<2x10xf32>
  %3 = net.dense %2, %w : (tensor<*xf32>, tensor<10x1176xf32>) -> tensor<*xf32>
  // CHECK: return %[[Y]], %{{.*}} : tensor<2x10xf32>, tensor<2x6x14x14xui8>
  return %3, %0#1 : tensor<*xf32>, tensor<*xui8>
}

// -----

// Nothing to infer: what is unranked at the start stays so.
// CHECK-LABEL: func.func @unknown
// CHECK-SAME: -> tensor<*xf32>
func.func @unknown(%x: tensor<*xf32>) -> tensor<*xf32> {
  // CHECK: net.activation {{.*}} -> tensor<*xf32>
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<*xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----

// What only shows once the shape is known.
func.func @misfit(%x: tensor<2x256x4x4xf32>) -> tensor<*xf32> {
  %0 = net.avg_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x256x4x4xf32>) -> tensor<*xf32>
  // expected-error @below {{`AvgPool2D` window 3x3 does not fit its input 256x2x2}}
  // expected-error @below {{has no shape for its operands}}
  %1 = net.avg_pool2d %0 {window = array<i64: 3, 3>, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>} : (tensor<*xf32>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}

// -----

func.func @channels(%x: tensor<2x4x4x4xf32>, %w: tensor<8x5x1x1xf32>) -> tensor<*xf32> {
  %0 = net.avg_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x4x4x4xf32>) -> tensor<*xf32>
  // expected-error @below {{the filter takes 5 channels, its input has 4}}
  // expected-error @below {{has no shape for its operands}}
  %1 = net.conv2d %0, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<*xf32>, tensor<8x5x1x1xf32>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}
