// RUN: %net-opt %s --net-lower-to-kernel | FileCheck %s

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
net.parameter @w : tensor<4x8xf32> {init = "zero"}
net.parameter @"w.velocity" : tensor<4x8xf32> {init = "zero", trainable = false}

// w -= lr*g; the learning rate is the run state's fifth word.
// CHECK: kernel.func @sgd_update_1(%[[W:.*]]: memref<4x8xf32>, %[[G:.*]]: memref<4x8xf32>, %[[STATE:.*]]: memref<8xi32>, %{{.*}} attributes {access = ["readwrite", "read", "read"], serial}
// CHECK: %[[BITS:.*]] = memref.load %[[STATE]][%c5]
// CHECK-NEXT: %[[LR:.*]] = arith.bitcast %[[BITS]] : i32 to f32
// CHECK: scf.for
// CHECK-NEXT: %[[WEIGHT:.*]] = vector.load
// CHECK-NEXT: %[[GRADIENT:.*]] = vector.load
// CHECK-NEXT: %[[RATE:.*]] = vector.splat %[[LR]]
// CHECK-NEXT: %[[CHANGE:.*]] = arith.mulf %[[RATE]], %[[GRADIENT]]
// CHECK-NEXT: %[[NEXT:.*]] = arith.subf %[[WEIGHT]], %[[CHANGE]]
// CHECK-NEXT: vector.store %[[NEXT]]
// CHECK-NEXT: }
// CHECK-NEXT: kernel.return
func.func @plain(%g: tensor<4x8xf32>, %state: tensor<8xi32>) {
  net.sgd_update @w, %g, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<4x8xf32>, tensor<8xi32>
  return
}

// g += decay*w; m = momentum*m + g; w -= lr*m, and m is kept.
// CHECK: kernel.func @sgd_update_2(%{{.*}} attributes {access = ["readwrite", "read", "read", "readwrite"], serial}
// CHECK: scf.for
// CHECK: %[[WEIGHT:.*]] = vector.load %[[W:.*]][
// CHECK: %[[GRADIENT:.*]] = vector.load
// CHECK: arith.constant 5.000000e-01 : f32
// CHECK: %[[DECAY:.*]] = arith.mulf %[[WEIGHT]],
// CHECK: %[[STEP:.*]] = arith.addf %[[GRADIENT]], %[[DECAY]]
// CHECK: %[[OLD:.*]] = vector.load %[[M:.*]][
// CHECK: arith.constant 7.500000e-01 : f32
// CHECK: %[[KEPT:.*]] = arith.mulf %[[OLD]],
// CHECK: %[[VELOCITY:.*]] = arith.addf %[[KEPT]], %[[STEP]]
// CHECK: vector.store %[[VELOCITY]], %[[M]][
// CHECK: %[[CHANGE:.*]] = arith.mulf %{{.*}}, %[[VELOCITY]]
// CHECK: %[[NEXT:.*]] = arith.subf %[[WEIGHT]], %[[CHANGE]]
// CHECK: vector.store %[[NEXT]], %[[W]][
func.func @momentum(%g: tensor<4x8xf32>, %state: tensor<8xi32>) {
  net.sgd_update @w, %g, %state velocity @"w.velocity" {momentum = 0.75 : f64, weight_decay = 0.5 : f64} : tensor<4x8xf32>, tensor<8xi32>
  return
}

// Nesterov goes on by g + momentum*m, with the new m.
// CHECK: kernel.func @sgd_update_3(
// CHECK: vector.load
// CHECK-NEXT: %[[GRADIENT:.*]] = vector.load
// CHECK: %[[VELOCITY:.*]] = arith.addf %{{.*}}, %[[GRADIENT]]
// CHECK: vector.store %[[VELOCITY]]
// CHECK: %[[AHEAD:.*]] = arith.mulf %[[VELOCITY]],
// CHECK: %[[STEP:.*]] = arith.addf %[[GRADIENT]], %[[AHEAD]]
// CHECK: arith.mulf %{{.*}}, %[[STEP]]
func.func @nesterov(%g: tensor<4x8xf32>, %state: tensor<8xi32>) {
  net.sgd_update @w, %g, %state velocity @"w.velocity" {momentum = 0.75 : f64, weight_decay = 0.0 : f64, nesterov} : tensor<4x8xf32>, tensor<8xi32>
  return
}
}
