// RUN: %net-opt %s --split-input-file --verify-diagnostics | FileCheck %s
// The losses: round trip, and what they refuse.

// CHECK-LABEL: func.func @all
func.func @all(%x: tensor<2x3x4x5xf32>, %t: tensor<2x4x5xi32>, %y: tensor<2x3x4x5xf32>, %g: tensor<2xf32>) {
  // CHECK: net.softmax_cross_entropy %{{.*}}, %{{.*}} {label_smoothing = 1.000000e-01 : f64} : (tensor<2x3x4x5xf32>, tensor<2x4x5xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  %0:2 = net.softmax_cross_entropy %x, %t {label_smoothing = 0.1 : f64} : (tensor<2x3x4x5xf32>, tensor<2x4x5xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  // CHECK: net.softmax_cross_entropy_gradient %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x3x4x5xf32>, tensor<2x4x5xi32>, tensor<2xf32>) -> tensor<2x3x4x5xf32>
  %1 = net.softmax_cross_entropy_gradient %x, %t, %g : (tensor<2x3x4x5xf32>, tensor<2x4x5xi32>, tensor<2xf32>) -> tensor<2x3x4x5xf32>
  // CHECK: net.label_target %{{.*}} {classes = 3 : i64} : (tensor<2x4x5xi32>) -> tensor<2x3x4x5xf32>
  %2 = net.label_target %t {classes = 3 : i64} : (tensor<2x4x5xi32>) -> tensor<2x3x4x5xf32>
  // CHECK: net.sigmoid_binary_cross_entropy %{{.*}}, %{{.*}} : (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>) -> tensor<2xf32>
  %3 = net.sigmoid_binary_cross_entropy %x, %2 : (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>) -> tensor<2xf32>
  // CHECK: net.sigmoid_binary_cross_entropy_gradient %{{.*}}, %{{.*}}, %{{.*}} : {{.*}} -> tensor<2x3x4x5xf32>
  %4 = net.sigmoid_binary_cross_entropy_gradient %x, %2, %g : (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>, tensor<2xf32>) -> tensor<2x3x4x5xf32>
  // CHECK: net.mean_squared_error %{{.*}}, %{{.*}} : {{.*}} -> tensor<2xf32>
  %5 = net.mean_squared_error %x, %y : (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>) -> tensor<2xf32>
  // CHECK: net.mean_squared_error_gradient %{{.*}}, %{{.*}}, %{{.*}} : {{.*}} -> tensor<2x3x4x5xf32>
  %6 = net.mean_squared_error_gradient %x, %y, %g : (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>, tensor<2xf32>) -> tensor<2x3x4x5xf32>
  // CHECK: net.count_correct %{{.*}}, %{{.*}} : (tensor<2x3x4x5xf32>, tensor<2x4x5xi32>) -> tensor<2xi32>
  %7 = net.count_correct %x, %t : (tensor<2x3x4x5xf32>, tensor<2x4x5xi32>) -> tensor<2xi32>
  return
}

// -----

func.func @smoothing(%x: tensor<2x3xf32>, %t: tensor<2xi32>) {
  // expected-error @below {{expected a label_smoothing of 0 to 1}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = net.softmax_cross_entropy %x, %t {label_smoothing = 1.5 : f64} : (tensor<2x3xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  return
}

// -----

func.func @map(%x: tensor<2x3x4x5xf32>, %t: tensor<2xi32>) {
  // expected-error @below {{expected logits [N, classes] and labels [N], or [N, classes, H, W] and [N, H, W], got 'tensor<2x3x4x5xf32>' and 'tensor<2xi32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.count_correct %x, %t : (tensor<2x3x4x5xf32>, tensor<2xi32>) -> tensor<2xi32>
  return
}

// -----

func.func @target(%x: tensor<2x3xf32>, %t: tensor<2x4xf32>) {
  // expected-error @below {{expected an output and a target of its shape, got 'tensor<2x3xf32>' and 'tensor<2x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.mean_squared_error %x, %t : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @classes(%t: tensor<2xi32>) {
  // expected-error @below {{expected labels [N, ...] and at least one class}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.label_target %t {classes = 0 : i64} : (tensor<2xi32>) -> tensor<2x1xf32>
  return
}

// -----

func.func private @network(tensor<2x3x8x8xui8>, tensor<8xi32>) -> tensor<2x10xf32>
// expected-error @below {{cannot compare with the target `input`}}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", target = "input", last_batch = 0 : i64}

// -----

func.func private @network(tensor<2x3x8x8xui8>, tensor<8xi32>) -> tensor<2x10xf32>
// expected-error @below {{cannot compare with the target `weights`}}
net.training @network {loss = "mean_squared_error", optimizer = "sgd", target = "weights", last_batch = 0 : i64}
