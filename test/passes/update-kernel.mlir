// RUN: %net-opt %s --net-select-launches --net-lower-to-kernel | FileCheck %s
// The kernel of an update: its arguments are the parameter, the gradient, the
// run state and what is kept, and what is written of them is the parameter and
// what is kept.

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
net.parameter @w : tensor<4x8xf32> {init = "zero"}
net.parameter @"w.velocity" : tensor<4x8xf32> {init = "zero", trainable = false, state = "velocity", state_of = @w}

// CHECK: kernel.func @sgd_update_1(%[[W:.*]]: memref<4x8xf32>, %[[G:.*]]: memref<4x8xf32>, %[[STATE:.*]]: memref<8xi32>, %{{.*}} attributes {access = ["readwrite", "read", "read"], serial}
// CHECK: %[[WEIGHTS:.*]] = memref.collapse_shape %[[W]]
// CHECK: memref.load %[[STATE]]
// CHECK: scf.for
// CHECK: vector.store %{{.*}}, %[[WEIGHTS]]
// CHECK-NOT: vector.store
// CHECK: kernel.return
func.func @plain(%g: tensor<4x8xf32>, %state: tensor<8xi32>) {
  net.sgd_update @w, %g, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<4x8xf32>, tensor<8xi32>
  return
}

// CHECK: kernel.func @sgd_update_2(%[[W:.*]]: memref<4x8xf32>, %{{.*}}: memref<4x8xf32>, %{{.*}}: memref<8xi32>, %[[V:.*]]: memref<4x8xf32>, %{{.*}} attributes {access = ["readwrite", "read", "read", "readwrite"], serial}
// CHECK-DAG: %[[WEIGHTS:.*]] = memref.collapse_shape %[[W]]
// CHECK-DAG: %[[VELOCITIES:.*]] = memref.collapse_shape %[[V]]
// CHECK: scf.for
// CHECK: vector.store %{{.*}}, %[[VELOCITIES]]
// CHECK: vector.store %{{.*}}, %[[WEIGHTS]]
func.func @momentum(%g: tensor<4x8xf32>, %state: tensor<8xi32>) {
  net.sgd_update @w, %g, %state keeps [@"w.velocity"] {momentum = 0.75 : f64, weight_decay = 0.5 : f64} : tensor<4x8xf32>, tensor<8xi32>
  return
}
}
