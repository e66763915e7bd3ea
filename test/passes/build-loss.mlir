// RUN: %net-opt %s --net-build-programs --split-input-file | FileCheck %s

// An autoencoder compares with what its layers read: no labels, no accuracy.
// CHECK: func.func @train_step(%{{.*}}: tensor<4x1x4x4xui8> {net.name = "pixels"}, %[[STATE:.*]]: tensor<8xi32> {net.name = "state"})
// CHECK-SAME: -> (tensor<4xf32> {net.name = "loss"})
// CHECK: %[[INPUT:.*]] = net.to_tensor
// CHECK: %[[OUTPUT:.*]] = net.activation
// CHECK: %[[LOSS:.*]] = net.mean_squared_error %[[OUTPUT]], %[[INPUT]]
// CHECK: net.minimize %[[LOSS]], %[[STATE]] {optimizer = "sgd", optimizer_settings = {momentum = 9.000000e-01 : f64, nesterov = true}}
// CHECK: return %[[LOSS]] : tensor<4xf32>
// CHECK: func.func @evaluate({{.*}}) -> (tensor<4xf32> {net.name = "loss"}, tensor<4x1x4x4xf32> {net.name = "output"})
func.func @transforms(%pixels: tensor<4x1x4x4xui8>, %samples: tensor<4xi32>, %state: tensor<8xi32>) -> tensor<4x1x4x4xf32> {
  %0 = net.to_tensor %pixels : (tensor<4x1x4x4xui8>) -> tensor<4x1x4x4xf32>
  return %0 : tensor<4x1x4x4xf32>
}
func.func @network(%x: tensor<4x1x4x4xf32>, %state: tensor<8xi32>) -> tensor<4x1x4x4xf32> {
  %0 = net.activation %x {kind = #net.activation<gelu>} : (tensor<4x1x4x4xf32>) -> tensor<4x1x4x4xf32>
  return %0 : tensor<4x1x4x4xf32>
}
net.training @network {loss = "mean_squared_error", optimizer = "sgd", optimizer_settings = {momentum = 0.9 : f64, nesterov = true}, train_transforms = @transforms, test_transforms = @transforms, target = "input", last_batch = 0 : i64}

// -----

// A label as a target is one-hot; its hits are counted apart.
// CHECK: func.func @train_step(%{{.*}}, %[[LABELS:.*]]: tensor<4xi32> {net.name = "labels"},
// CHECK: %[[TARGET:.*]] = net.label_target %[[LABELS]] {classes = 10 : i64}
// CHECK: %[[LOSS:.*]] = net.sigmoid_binary_cross_entropy %[[LOGITS:.*]], %[[TARGET]]
// CHECK: %[[CORRECT:.*]] = net.count_correct %[[LOGITS]], %[[LABELS]]
// CHECK: return %[[LOSS]], %[[CORRECT]] : tensor<4xf32>, tensor<4xi32>
func.func @network(%x: tensor<4x10xf32>, %state: tensor<8xi32>) -> tensor<4x10xf32> {
  %0 = net.activation %x {kind = #net.activation<tanh>} : (tensor<4x10xf32>) -> tensor<4x10xf32>
  return %0 : tensor<4x10xf32>
}
net.training @network {loss = "sigmoid_binary_cross_entropy", optimizer = "sgd", last_batch = 0 : i64}

// -----

// Maps have a label for each pixel.
// CHECK: func.func @train_step(%{{.*}}, %[[LABELS:.*]]: tensor<4x8x6xi32> {net.name = "labels"},
// CHECK: net.softmax_cross_entropy %{{.*}}, %[[LABELS]] {label_smoothing = 1.000000e-01 : f64}
func.func @network(%x: tensor<4x3x8x6xf32>, %state: tensor<8xi32>) -> tensor<4x3x8x6xf32> {
  %0 = net.activation %x {kind = #net.activation<tanh>} : (tensor<4x3x8x6xf32>) -> tensor<4x3x8x6xf32>
  return %0 : tensor<4x3x8x6xf32>
}
net.training @network {loss = "softmax_cross_entropy", loss_settings = {label_smoothing = 0.1 : f64}, optimizer = "sgd", last_batch = 0 : i64}
