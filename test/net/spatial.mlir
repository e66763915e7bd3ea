// RUN: %net-opt %s --split-input-file --verify-diagnostics | FileCheck %s
// Upsampling, padding and cropping: round trip, and what their rules refuse.

// CHECK-LABEL: func.func @all
func.func @all(%x: tensor<2x3x5x7xf32>, %dy: tensor<2x3x10x21xf32>) {
  // CHECK: net.upsample2d %{{.*}} {mode = #net.interpolation<bilinear>, scale = array<i64: 2, 3>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x10x21xf32>
  %0 = net.upsample2d %x {scale = array<i64: 2, 3>, mode = #net.interpolation<bilinear>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x10x21xf32>
  // CHECK: net.upsample2d_gradient %{{.*}} {mode = #net.interpolation<nearest>, scale = array<i64: 2, 3>} : (tensor<2x3x10x21xf32>) -> tensor<2x3x5x7xf32>
  %1 = net.upsample2d_gradient %dy {scale = array<i64: 2, 3>, mode = #net.interpolation<nearest>} : (tensor<2x3x10x21xf32>) -> tensor<2x3x5x7xf32>
  // CHECK: net.pad2d %{{.*}} {sides = array<i64: 1, 0, -2, 3>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x6x8xf32>
  %2 = net.pad2d %x {sides = array<i64: 1, 0, -2, 3>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x6x8xf32>
  return
}

// -----

func.func @gradient(%dy: tensor<2x3x5x7xf32>) {
  // expected-error @below {{'tensor<2x3x5x7xf32>' is no upsampling's output of this scale}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.upsample2d_gradient %dy {scale = array<i64: 2, 2>, mode = #net.interpolation<nearest>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x2x3xf32>
  return
}

// -----

func.func @scale(%x: tensor<2x3x5x7xf32>) {
  // expected-error @below {{`scale` must be at least 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.upsample2d %x {scale = array<i64: 0, 2>, mode = #net.interpolation<nearest>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x5x7xf32>
  return
}

// -----

func.func @nothingLeft(%x: tensor<2x3x5x7xf32>) {
  // expected-error @below {{`Crop2D` leaves nothing of its input 3x5x7}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.pad2d %x {sides = array<i64: -2, -3, 0, 0>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x5x7xf32>
  return
}

// -----

func.func @fourSides(%x: tensor<2x3x5x7xf32>) {
  // expected-error @below {{expected four sides}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.pad2d %x {sides = array<i64: 1, 1>} : (tensor<2x3x5x7xf32>) -> tensor<2x3x5x7xf32>
  return
}
