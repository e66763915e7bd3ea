// RUN: %net-opt %s --split-input-file --verify-diagnostics | FileCheck %s
// The activations and their gradients: round trip, and what their rule refuses.

// CHECK-LABEL: func.func @all
func.func @all(%x: tensor<2x10xf32>) {
  // CHECK: net.activation %{{.*}} {argument = 6.000000e+00 : f64, kind = #net.activation<relu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  %0 = net.activation %x {kind = #net.activation<relu>, argument = 6.0 : f64} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation %{{.*}} {argument = 2.000000e-01 : f64, kind = #net.activation<leaky_relu>}
  %1 = net.activation %x {kind = #net.activation<leaky_relu>, argument = 0.2 : f64} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation %{{.*}} {kind = #net.activation<gelu>}
  %2 = net.activation %x {kind = #net.activation<gelu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation %{{.*}} {kind = #net.activation<silu>}
  %3 = net.activation %x {kind = #net.activation<silu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation %{{.*}} {argument = 5.000000e-01 : f64, kind = #net.activation<elu>}
  %4 = net.activation %x {kind = #net.activation<elu>, argument = 0.5 : f64} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation %{{.*}} {kind = #net.activation<softplus>}
  %5 = net.activation %x {kind = #net.activation<softplus>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation %{{.*}} {kind = #net.activation<hard_swish>}
  %6 = net.activation %x {kind = #net.activation<hard_swish>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation_gradient %{{.*}}, %{{.*}} {argument = 5.000000e-01 : f64, kind = #net.activation<elu>}
  %7 = net.activation_gradient %x, %6 {kind = #net.activation<elu>, argument = 0.5 : f64} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
  return
}

// -----

func.func @bound(%x: tensor<2x10xf32>) {
  // expected-error @below {{`max` must be above 0, got -1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.activation %x {kind = #net.activation<relu>, argument = -1.0 : f64} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  return
}

// -----

func.func @slope(%x: tensor<2x10xf32>) {
  // expected-error @below {{`slope` must be a number of single precision, got 1e+300}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.activation %x {kind = #net.activation<leaky_relu>, argument = 1.0e+300 : f64} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  return
}
