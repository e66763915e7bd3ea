// RUN: %net-opt %s --split-input-file --verify-diagnostics | FileCheck %s
// What is trained and how, the optimizers' states and updates: round trips, and
// what is refused.

// CHECK: net.parameter @w : tensor<2xf32> {init = "zero"}
net.parameter @w : tensor<2xf32> {init = "zero"}
// CHECK: net.parameter @w.velocity : tensor<2xf32> {init = "zero", state = "velocity", state_of = @w, trainable = false}
net.parameter @"w.velocity" : tensor<2xf32> {init = "zero", trainable = false, state = "velocity", state_of = @w}
func.func private @network()
// CHECK: net.training @network {last_batch = 3 : i64, loss = "softmax_cross_entropy", loss_settings = {label_smoothing = 1.000000e-01 : f64}, optimizer = "sgd", optimizer_settings = {momentum = 9.000000e-01 : f64, nesterov = true}}
net.training @network {loss = "softmax_cross_entropy", loss_settings = {label_smoothing = 0.1 : f64}, optimizer = "sgd", optimizer_settings = {momentum = 0.9 : f64, nesterov = true}, last_batch = 3 : i64}
// CHECK-LABEL: func.func @step
func.func @step(%loss: tensor<4xf32>, %g: tensor<2xf32>, %state: tensor<8xi32>) {
  // CHECK: net.minimize %{{.*}}, %{{.*}} {optimizer = "sgd", optimizer_settings = {weight_decay = 1.000000e-03 : f64}} : tensor<4xf32>, tensor<8xi32>
  net.minimize %loss, %state {optimizer = "sgd", optimizer_settings = {weight_decay = 1.0e-3 : f64}} : tensor<4xf32>, tensor<8xi32>
  // CHECK: net.sgd_update @w, %{{.*}}, %{{.*}} {momentum = 0.000000e+00 : f64, weight_decay = 0.000000e+00 : f64} : tensor<2xf32>, tensor<8xi32>
  net.sgd_update @w, %g, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<2xf32>, tensor<8xi32>
  // CHECK: net.sgd_update @w, %{{.*}}, %{{.*}} keeps [@w.velocity] {learning_rate_scale = 2.000000e+00 : f64, momentum = 9.000000e-01 : f64, nesterov, weight_decay = 0.000000e+00 : f64} : tensor<2xf32>, tensor<8xi32>
  net.sgd_update @w, %g, %state keeps [@"w.velocity"] {momentum = 0.9 : f64, weight_decay = 0.0 : f64, nesterov, learning_rate_scale = 2.0 : f64} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

// Losses and optimizers by name.
func.func private @network()
// expected-error @below {{no loss is called `mse`}}
net.training @network {loss = "mse", optimizer = "sgd", last_batch = 0 : i64}

// -----

// An op that is no loss.
func.func private @network()
// expected-error @below {{no loss is called `dense`}}
net.training @network {loss = "dense", optimizer = "sgd", last_batch = 0 : i64}

// -----

func.func private @network()
// expected-error @below {{no optimizer is called `adam`}}
net.training @network {loss = "mean_squared_error", optimizer = "adam", last_batch = 0 : i64}

// -----

func.func @f(%loss: tensor<4xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{no optimizer is called `sgd_update`}}
  net.minimize %loss, %state {optimizer = "sgd_update"} : tensor<4xf32>, tensor<8xi32>
  return
}

// -----

// Their settings.
func.func private @network()
// expected-error @below {{`mean_squared_error` has no setting "label_smoothing"}}
net.training @network {loss = "mean_squared_error", loss_settings = {label_smoothing = 0.1 : f64}, optimizer = "sgd", last_batch = 0 : i64}

// -----

func.func @f(%loss: tensor<4xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected an f64 as "momentum" of `sgd`, got 5.000000e-01 : f32}}
  net.minimize %loss, %state {optimizer = "sgd", optimizer_settings = {momentum = 0.5 : f32}} : tensor<4xf32>, tensor<8xi32>
  return
}

// -----

func.func @f(%loss: tensor<4xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected a bool as "nesterov" of `sgd`, got unit}}
  net.minimize %loss, %state {optimizer = "sgd", optimizer_settings = {nesterov}} : tensor<4xf32>, tensor<8xi32>
  return
}

// -----

// expected-error @below {{refers to no function @network}}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64}

// -----

func.func private @network()
// expected-error @below {{refers to no function @train_transforms}}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64, train_transforms = @train_transforms}

// -----

func.func private @network()
// expected-error @below {{expected a last batch of at least 0}}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = -1 : i64}

// -----

// States.
// expected-error @below {{expected `state` and `state_of`, or neither}}
net.parameter @"w.velocity" : tensor<2xf32> {init = "zero", trainable = false, state = "velocity"}

// -----

// expected-error @below {{refers to no parameter @w}}
net.parameter @"w.velocity" : tensor<2xf32> {init = "zero", trainable = false, state = "velocity", state_of = @w}

// -----

net.parameter @w : tensor<2xf32> {init = "zero"}
// expected-error @below {{is state of an optimizer, and nothing else}}
net.parameter @"w.velocity" : tensor<2xf32> {init = "zero", state = "velocity", state_of = @w}

// -----

net.parameter @w : tensor<3xf32> {init = "zero"}
// expected-error @below {{expected 'tensor<3xf32>' of @w, got 'tensor<2xf32>'}}
net.parameter @"w.velocity" : tensor<2xf32> {init = "zero", trainable = false, state = "velocity", state_of = @w}

// -----

net.parameter @m : tensor<2xf32> {init = "zero", trainable = false, statistic}
// expected-error @below {{is state of @m, which is not trained}}
net.parameter @"m.velocity" : tensor<2xf32> {init = "zero", trainable = false, state = "velocity", state_of = @m}

// -----

// Updates.
net.parameter @w : tensor<2xf32> {init = "zero"}
func.func @f(%g: tensor<3xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected 'tensor<2xf32>' of @w, got 'tensor<3xf32>'}}
  net.sgd_update @w, %g, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<3xf32>, tensor<8xi32>
  return
}

// -----

net.parameter @w : tensor<2xf32> {init = "zero"}
func.func @f(%g: tensor<2xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{refers to no parameter @w.velocity}}
  net.sgd_update @w, %g, %state keeps [@"w.velocity"] {momentum = 0.9 : f64, weight_decay = 0.0 : f64} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

net.parameter @w : tensor<2xf32> {init = "zero"}
net.parameter @b : tensor<2xf32> {init = "zero"}
func.func @f(%g: tensor<2xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{keeps @b, which is no state of @w}}
  net.sgd_update @w, %g, %state keeps [@b] {momentum = 0.9 : f64, weight_decay = 0.0 : f64} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

// sgd_update_c1
net.parameter @w : tensor<2xf32> {init = "zero"}
func.func @f(%g: tensor<2xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{expected a state where the momentum is not 0, got 0 with a momentum of 9.000000e-01}}
  net.sgd_update @w, %g, %state {momentum = 0.9 : f64, weight_decay = 0.0 : f64} : tensor<2xf32>, tensor<8xi32>
  return
}
