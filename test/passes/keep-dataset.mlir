// RUN: split-file %s %t
// RUN: %net-opt %t/steps.mlir --net-keep-dataset=examples=50 | FileCheck %t/steps.mlir
// RUN: %net-opt %t/steps.mlir --net-keep-dataset | FileCheck %t/steps.mlir --check-prefix=NONE
// RUN: %net-opt %t/steps.mlir --net-keep-dataset=examples=50 --net-fuse-elements | FileCheck %t/steps.mlir --check-prefix=FUSED
// RUN: %net-opt %t/errors.mlir --net-keep-dataset=examples=50 --split-input-file --verify-diagnostics

//--- steps.mlir
// Nothing is kept of a set whose size is not known.
// NONE-NOT: dataset

// The set lies behind the parameters.
// CHECK: net.parameter @w
// CHECK-NEXT: net.parameter @dataset : tensor<50x1x4x4xui8> {dataset, init = "zero", trainable = false}
net.parameter @w : tensor<3xf32> {init = "zero"}

// CHECK: func.func @train_step(%[[STATE:.*]]: tensor<8xi32> {net.name = "state"}, %[[SAMPLES:.*]]: tensor<4xi32> {net.name = "samples"})
// CHECK-NEXT: %[[SET:.*]] = net.read_parameter @dataset : tensor<50x1x4x4xui8>
// CHECK-NEXT: %[[PIXELS:.*]] = net.gather_examples %[[SET]], %[[SAMPLES]] : (tensor<50x1x4x4xui8>, tensor<4xi32>) -> tensor<4x1x4x4xui8>
// CHECK-NEXT: net.to_tensor %[[PIXELS]]
// With a transform the gather is one kernel.
// FUSED-LABEL: func.func @train_step
// FUSED: net.fused ({{.*}} = %arg1 : tensor<4xi32>)
// FUSED-NEXT: net.gather_examples
// FUSED-NEXT: net.to_tensor
func.func @train_step(%pixels: tensor<4x1x4x4xui8> {net.name = "pixels"}, %state: tensor<8xi32> {net.name = "state"}) -> tensor<4x1x4x4xf32> {
  %0 = net.to_tensor %pixels : (tensor<4x1x4x4xui8>) -> tensor<4x1x4x4xf32>
  return %0 : tensor<4x1x4x4xf32>
}

// Samples that random transforms take serve the gather too.
// CHECK: func.func @train_last_step(%{{.*}}: tensor<8xi32> {net.name = "state"}, %[[SAMPLES:.*]]: tensor<2xi32> {net.name = "samples"})
// CHECK: %[[PIXELS:.*]] = net.gather_examples %{{.*}}, %[[SAMPLES]]
// CHECK: net.random_crop %[[PIXELS]], %[[SAMPLES]]
func.func @train_last_step(%pixels: tensor<2x1x4x4xui8> {net.name = "pixels"}, %state: tensor<8xi32> {net.name = "state"}, %samples: tensor<2xi32> {net.name = "samples"}) -> tensor<2x1x4x4xf32> {
  %0 = net.random_crop %pixels, %samples, %state {size = array<i64: 4, 4>, padding = array<i64: 1, 1>, path = "data.RandomCrop"} : (tensor<2x1x4x4xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<2x1x4x4xf32>
  return %0 : tensor<2x1x4x4xf32>
}

// What is evaluated may be another set.
// CHECK: func.func @evaluate(%[[PIXELS:.*]]: tensor<4x1x4x4xui8> {net.name = "pixels"})
// CHECK-NEXT: net.to_tensor %[[PIXELS]]
func.func @evaluate(%pixels: tensor<4x1x4x4xui8> {net.name = "pixels"}) -> tensor<4x1x4x4xf32> {
  %0 = net.to_tensor %pixels : (tensor<4x1x4x4xui8>) -> tensor<4x1x4x4xf32>
  return %0 : tensor<4x1x4x4xf32>
}

//--- errors.mlir
// expected-error @below {{expected examples [N, ...], got 'tensor<4xf32>'}}
func.func @train_step(%pixels: tensor<4xf32> {net.name = "pixels"}) -> tensor<4xf32> {
  return %pixels : tensor<4xf32>
}

// -----

// expected-error @below {{expected whole numbers of a dataset only}}
net.parameter @w : tensor<3xui8> {init = "zero", trainable = false}

// -----

// expected-error @below {{expected whole numbers of a dataset only}}
net.parameter @w : tensor<3xui16> {init = "zero", trainable = false}

// -----

// expected-error @below {{is a dataset, which no program changes}}
net.parameter @w : tensor<3xui8> {init = "zero", dataset}
