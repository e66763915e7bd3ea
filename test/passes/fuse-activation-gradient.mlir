// REQUIRES: cuda
// RUN: split-file %s %t
// RUN: %net-opt %t/fused.mlir --net-fuse-activation-gradient --split-input-file | FileCheck %t/fused.mlir
// RUN: %net-opt %t/errors.mlir --net-fuse-activation-gradient --split-input-file --verify-diagnostics

//--- fused.mlir
module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
// The gradient of a relu joins the data gradient before it.
// CHECK-LABEL: func.func @conv2d
// CHECK: %[[DX:.*]] = net.conv2d_input_gradient %arg0, %arg1, %arg2 {{{.*}}input_shape = array<i64: 8, 6, 6>{{.*}}} : (tensor<2x16x6x6xf32>, tensor<16x8x3x3xf32>, tensor<2x8x6x6xf32>) -> tensor<2x8x6x6xf32>
// CHECK-NEXT: return %[[DX]]
func.func @conv2d(%dy: tensor<2x16x6x6xf32>, %w: tensor<16x8x3x3xf32>, %y: tensor<2x8x6x6xf32>) -> tensor<2x8x6x6xf32> {
  %0 = net.conv2d_input_gradient %dy, %w {input_shape = array<i64: 8, 6, 6>, stride = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x16x6x6xf32>, tensor<16x8x3x3xf32>) -> tensor<2x8x6x6xf32>
  %1 = net.activation_gradient %y, %0 {kind = #net.activation<relu>} : (tensor<2x8x6x6xf32>, tensor<2x8x6x6xf32>) -> tensor<2x8x6x6xf32>
  return %1 : tensor<2x8x6x6xf32>
}

// CHECK-LABEL: func.func @dense
// CHECK: net.dense_input_gradient %arg0, %arg1, %arg2
// CHECK-NOT: net.activation_gradient
func.func @dense(%dy: tensor<8x16xf32>, %w: tensor<16x32xf32>, %y: tensor<8x32xf32>) -> tensor<8x32xf32> {
  %0 = net.dense_input_gradient %dy, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %1 = net.activation_gradient %y, %0 {kind = #net.activation<relu>} : (tensor<8x32xf32>, tensor<8x32xf32>) -> tensor<8x32xf32>
  return %1 : tensor<8x32xf32>
}

// What was activated is known before the data gradient, or they stay apart.
// CHECK-LABEL: func.func @late
// CHECK: net.dense_input_gradient %arg0, %arg1 : (
// CHECK: net.activation_gradient
func.func @late(%dy: tensor<8x16xf32>, %w: tensor<16x32xf32>, %x: tensor<8x32xf32>) -> tensor<8x32xf32> {
  %0 = net.dense_input_gradient %dy, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %y = net.activation %x {kind = #net.activation<relu>} : (tensor<8x32xf32>) -> tensor<8x32xf32>
  %1 = net.activation_gradient %y, %0 {kind = #net.activation<relu>} : (tensor<8x32xf32>, tensor<8x32xf32>) -> tensor<8x32xf32>
  return %1 : tensor<8x32xf32>
}

// Other activations stay apart, and a relu with a bound.
// CHECK-LABEL: func.func @others
// CHECK: net.dense_input_gradient %arg0, %arg1 : (
// CHECK-NEXT: net.activation_gradient {{.*}}sigmoid
// CHECK: net.dense_input_gradient %arg0, %arg1 : (
// CHECK-NEXT: net.activation_gradient {{.*}}argument = 6
func.func @others(%dy: tensor<8x16xf32>, %w: tensor<16x32xf32>, %y: tensor<8x32xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>) {
  %0 = net.dense_input_gradient %dy, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %1 = net.activation_gradient %y, %0 {kind = #net.activation<sigmoid>} : (tensor<8x32xf32>, tensor<8x32xf32>) -> tensor<8x32xf32>
  %2 = net.dense_input_gradient %dy, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %3 = net.activation_gradient %y, %2 {kind = #net.activation<relu>, argument = 6.0 : f64} : (tensor<8x32xf32>, tensor<8x32xf32>) -> tensor<8x32xf32>
  return %1, %3 : tensor<8x32xf32>, tensor<8x32xf32>
}

// So does a data gradient that something else reads.
// CHECK-LABEL: func.func @shared
// CHECK: net.dense_input_gradient %arg0, %arg1 : (
// CHECK-NEXT: net.activation_gradient
func.func @shared(%dy: tensor<8x16xf32>, %w: tensor<16x32xf32>, %y: tensor<8x32xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>) {
  %0 = net.dense_input_gradient %dy, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %1 = net.activation_gradient %y, %0 {kind = #net.activation<relu>} : (tensor<8x32xf32>, tensor<8x32xf32>) -> tensor<8x32xf32>
  return %0, %1 : tensor<8x32xf32>, tensor<8x32xf32>
}
}

//--- errors.mlir
// expected-error @below {{expected the module's target, `kernel.target = #kernel.cuda<...>`}}
module {
}

// -----

module attributes {kernel.target = #kernel.cuda<device = "h100", arch = "sm_90", precision = "tf32">} {
func.func @shapes(%dy: tensor<8x16xf32>, %w: tensor<16x32xf32>, %y: tensor<8x31xf32>) {
  // expected-error @below {{the gradient is of 'tensor<8x32xf32>', what was activated is 'tensor<8x31xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dense_input_gradient %dy, %w, %y : (tensor<8x16xf32>, tensor<16x32xf32>, tensor<8x31xf32>) -> tensor<8x32xf32>
  return
}
}
