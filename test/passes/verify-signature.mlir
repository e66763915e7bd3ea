// RUN: %net-opt %s --net-verify-signature --split-input-file --verify-diagnostics | FileCheck %s

// It holds.
// CHECK-LABEL: func.func @vector
func.func @vector(%x: tensor<2x10xf32>) -> tensor<2x10xf32> attributes {net.signature = array<i64: 10>} {
  return %x : tensor<2x10xf32>
}
// CHECK-LABEL: func.func @image
func.func @image(%x: tensor<2x3x8x8xf32>) -> tensor<2x3x8x8xf32> attributes {net.signature = array<i64: 3, 8, 8>} {
  return %x : tensor<2x3x8x8xf32>
}
// Nothing is promised.
// CHECK-LABEL: func.func @silent
func.func @silent(%x: tensor<2x3x8x8xf32>) -> tensor<2x3x8x8xf32> {
  return %x : tensor<2x3x8x8xf32>
}

// -----

// expected-error @below {{declares the output 10 but its layers give 10x1x1}}
func.func @f(%x: tensor<2x10x4x4xf32>) -> tensor<2x10x1x1xf32> attributes {net.signature = array<i64: 10>} {
  // expected-note @below {{which comes from `net.avg_pool2d` here}}
  %0 = net.avg_pool2d %x {window = array<i64: 4, 4>, stride = array<i64: 4, 4>, padding = array<i64: 0, 0>} : (tensor<2x10x4x4xf32>) -> tensor<2x10x1x1xf32>
  return %0 : tensor<2x10x1x1xf32>
}

// -----

// No layer made it.
// expected-error @below {{declares the output 3x8x8 but its layers give 192}}
func.func @f(%x: tensor<2x192xf32>) -> tensor<2x192xf32> attributes {net.signature = array<i64: 3, 8, 8>} {
  return %x : tensor<2x192xf32>
}

// -----

// expected-error @below {{declares the output 10 but its layers give an unknown shape}}
func.func @f(%x: tensor<*xf32>) -> tensor<*xf32> attributes {net.signature = array<i64: 10>} {
  return %x : tensor<*xf32>
}
