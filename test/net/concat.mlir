// RUN: %net-opt %s --net-infer-shapes --split-input-file --verify-diagnostics | FileCheck %s

// Along the second dimension; everything else is alike.
// CHECK-LABEL: func.func @shapes
func.func @shapes(%a: tensor<2x3x8x7xf32>, %b: tensor<2x5x8x7xf32>, %u: tensor<2x3xf32>) {
  // CHECK: %[[Y:.*]] = net.concat %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x3x8x7xf32>, tensor<2x5x8x7xf32>, tensor<2x3x8x7xf32>) -> tensor<2x11x8x7xf32>
  %0 = net.concat %a, %b, %a : (tensor<2x3x8x7xf32>, tensor<2x5x8x7xf32>, tensor<2x3x8x7xf32>) -> tensor<*xf32>
  // CHECK: net.concat %{{.*}}, %{{.*}} : {{.*}} -> tensor<2x6xf32>
  %1 = net.concat %u, %u : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<*xf32>
  // CHECK: net.channel_slice %[[Y]] {channels = 5 : i64, offset = 3 : i64} : (tensor<2x11x8x7xf32>) -> tensor<2x5x8x7xf32>
  %2 = net.channel_slice %0 {offset = 3 : i64, channels = 5 : i64} : (tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @unlike(%a: tensor<2x3x8x7xf32>, %b: tensor<2x5x7x7xf32>) {
  // expected-error @below {{the branches of `Concat` have to be alike but for their channels, got 3x8x7 and 5x7x7}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.concat %a, %b : (tensor<2x3x8x7xf32>, tensor<2x5x7x7xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @batches(%a: tensor<2x3xf32>, %b: tensor<4x3xf32>) {
  // expected-error @below {{expected one batch size, got 2 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.concat %a, %b : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @nothing() {
  // expected-error @below {{expected at least one input}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.concat : () -> tensor<*xf32>
  return
}

// -----

func.func @outside(%a: tensor<2x3xf32>) {
  // expected-error @below {{takes channels 2 to 4 of 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.channel_slice %a {offset = 2 : i64, channels = 2 : i64} : (tensor<2x3xf32>) -> tensor<*xf32>
  return
}
