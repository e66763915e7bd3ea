// What is computed again in the backward pass: whole stages of a chain, by a
// schedule of least time, and single values elsewhere.
// RUN: %net-opt --pass-pipeline='builtin.module(net-recompute{bytes=7000})' %s \
// RUN:   | FileCheck %s --enable-var-scope --check-prefix=CHOICE
// RUN: %net-opt --pass-pipeline='builtin.module(net-recompute{bytes=7000},func.func(net-differentiate))' %s \
// RUN:   | FileCheck %s --enable-var-scope
// RUN: %net-opt --pass-pipeline='builtin.module(net-recompute{bytes=1000000})' %s \
// RUN:   | FileCheck %s --check-prefix=FITS
// RUN: %net-opt --pass-pipeline='builtin.module(net-recompute)' %s \
// RUN:   | FileCheck %s --check-prefix=FITS

// FITS-NOT: net.recompute

net.parameter @w : tensor<4x4xf32> {init = "xavier"}

// CHOICE-LABEL: func.func @chain
// CHOICE: net.minimize {{.*}}net.recompute = [array<i64: 7, 6, 7>, array<i64: 5, 3, 4, 5>]
// CHECK-LABEL: func.func @chain
func.func @chain(%x: tensor<64x4xf32>, %labels: tensor<64xi32>, %state: tensor<8xi32>) -> tensor<64xf32> {
  %w = net.read_parameter @w : tensor<4x4xf32>
  %a = net.dense %x, %w : (tensor<64x4xf32>, tensor<4x4xf32>) -> tensor<64x4xf32>
  // CHECK: %[[B:.*]] = net.activation %{{.*}} {kind = #net.activation<sigmoid>}
  %b = net.activation %a {kind = #net.activation<sigmoid>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %c = net.activation %b {kind = #net.activation<tanh>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %d = net.activation %c {kind = #net.activation<sigmoid>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  // CHECK: %{{.*}} = net.activation
  // CHECK: %{{.*}} = net.activation
  // CHECK: %[[E:.*]] = net.activation %{{.*}} {kind = #net.activation<tanh>}
  %e = net.activation %d {kind = #net.activation<tanh>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %f = net.activation %e {kind = #net.activation<sigmoid>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %g = net.activation %f {kind = #net.activation<tanh>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %h = net.activation %g {kind = #net.activation<sigmoid>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %loss, %correct = net.softmax_cross_entropy %h, %labels : (tensor<64x4xf32>, tensor<64xi32>) -> (tensor<64xf32>, tensor<64xi32>)
  // CHECK: net.softmax_cross_entropy_gradient
  // CHECK-NEXT: net.activation_gradient
  // From what was kept; the gradients read what has run again.
  // CHECK-NEXT: %[[F:.*]] = net.activation %[[E]] {kind = #net.activation<sigmoid>}
  // CHECK-NEXT: %[[G:.*]] = net.activation %[[F]] {kind = #net.activation<tanh>}
  // CHECK-NEXT: net.activation_gradient %[[G]]
  // CHECK-NEXT: net.activation_gradient %[[F]]
  // CHECK-NEXT: %[[C:.*]] = net.activation %[[B]] {kind = #net.activation<tanh>}
  // CHECK-NEXT: %[[D:.*]] = net.activation %[[C]]
  // CHECK-NEXT: %[[E2:.*]] = net.activation %[[D]]
  // CHECK-NEXT: net.activation_gradient %[[E2]]
  // CHECK-NEXT: net.activation_gradient %[[D]]
  // CHECK-NEXT: net.activation_gradient %[[C]]
  // CHECK-NEXT: net.activation_gradient %[[B]]
  // CHECK: net.sgd_update @w
  net.minimize %loss, %state {optimizer = "sgd"} : tensor<64xf32>, tensor<8xi32>
  return %loss : tensor<64xf32>
}

// Two branches that both stay open until they are joined: no chain, but what
// they give can be made again one by one.
// CHOICE-LABEL: func.func @branches
// CHOICE: net.minimize {{.*}}net.recompute
// CHECK-LABEL: func.func @branches
func.func @branches(%x: tensor<64x4xf32>, %labels: tensor<64xi32>, %state: tensor<8xi32>) -> tensor<64xf32> {
  %w = net.read_parameter @w : tensor<4x4xf32>
  %a = net.dense %x, %w : (tensor<64x4xf32>, tensor<4x4xf32>) -> tensor<64x4xf32>
  %b = net.activation %a {kind = #net.activation<sigmoid>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %c = net.activation %b {kind = #net.activation<tanh>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %d = net.activation %c {kind = #net.activation<sigmoid>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %e = net.activation %a {kind = #net.activation<tanh>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %f = net.activation %e {kind = #net.activation<sigmoid>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %g = net.activation %f {kind = #net.activation<tanh>} : (tensor<64x4xf32>) -> tensor<64x4xf32>
  %h = net.add %d, %g : (tensor<64x4xf32>, tensor<64x4xf32>) -> tensor<64x4xf32>
  %loss, %correct = net.softmax_cross_entropy %h, %labels : (tensor<64x4xf32>, tensor<64xi32>) -> (tensor<64xf32>, tensor<64xi32>)
  // CHECK: net.softmax_cross_entropy_gradient
  // CHECK: net.activation %{{.*}}
  // CHECK: net.activation_gradient
  net.minimize %loss, %state {optimizer = "sgd"} : tensor<64xf32>, tensor<8xi32>
  return %loss : tensor<64xf32>
}
