// RUN: %net-opt %s --net-differentiate --split-input-file --verify-diagnostics | FileCheck %s

net.parameter @"conv.weight" : tensor<4x1x3x3xf32> {init = "xavier"}
net.parameter @"conv.bias" : tensor<4xf32> {init = "zero"}
net.parameter @"dense.weight" : tensor<5x36xf32> {init = "xavier"}

// From the last op to the first; each parameter is updated as soon as its
// gradient is there. The pixels' gradient is nobody's wish.
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x1x8x8xf32>, %[[LABELS:.*]]: tensor<2xi32>, %[[STATE:.*]]: tensor<8xi32>)
func.func @train_step(%x: tensor<2x1x8x8xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) -> tensor<2xf32> {
  %cw = net.read_parameter @"conv.weight" : tensor<4x1x3x3xf32>
  %cb = net.read_parameter @"conv.bias" : tensor<4xf32>
  %0 = net.conv2d %x, %cw, %cb {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x8x8xf32>, tensor<4x1x3x3xf32>, tensor<4xf32>) -> tensor<2x4x6x6xf32>
  // CHECK: %[[RELU:.*]] = net.activation
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<2x4x6x6xf32>) -> tensor<2x4x6x6xf32>
  // CHECK: %{{.*}}, %[[INDICES:.*]] = net.max_pool2d
  %2, %i = net.max_pool2d %1 {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x4x6x6xf32>) -> (tensor<2x4x3x3xf32>, tensor<2x4x3x3xui8>)
  // CHECK: %[[FLAT:.*]] = net.reshape
  %3 = net.reshape %2 {shape = array<i64: 36>} : (tensor<2x4x3x3xf32>) -> tensor<2x36xf32>
  // CHECK: %[[DROPPED:.*]] = net.dropout %[[FLAT]], %[[STATE]] {path = "dropout_1", rate = 5.000000e-01 : f64}
  %4 = net.dropout %3, %state {rate = 0.5 : f64, path = "dropout_1"} : (tensor<2x36xf32>, tensor<8xi32>) -> tensor<2x36xf32>
  // CHECK: %[[W:.*]] = net.read_parameter @dense.weight
  %w = net.read_parameter @"dense.weight" : tensor<5x36xf32>
  // CHECK: %[[LOGITS:.*]] = net.dense
  %5 = net.dense %4, %w : (tensor<2x36xf32>, tensor<5x36xf32>) -> tensor<2x5xf32>
  // CHECK: %[[LOSS:.*]], %{{.*}} = net.softmax_cross_entropy
  %loss, %correct = net.softmax_cross_entropy %5, %labels : (tensor<2x5xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  // The mean of the loss.
  // CHECK-NEXT: %[[ONE:.*]] = net.fill {value = 5.000000e-01 : f64} : tensor<2xf32>
  // CHECK-NEXT: %[[D5:.*]] = net.softmax_cross_entropy_gradient %[[LOGITS]], %[[LABELS]], %[[ONE]]
  // CHECK-NEXT: %[[D4:.*]] = net.dense_input_gradient %[[D5]], %[[W]]
  // CHECK-NEXT: %[[DW:.*]] = net.dense_weight_gradient %[[DROPPED]], %[[D5]] {with_bias = false}
  // CHECK-NEXT: net.sgd_update @dense.weight, %[[DW]], %[[STATE]] {momentum = 0.000000e+00 : f64, weight_decay = 1.000000e-03 : f64}
  // CHECK-NEXT: %[[D3:.*]] = net.dropout %[[D4]], %[[STATE]] {path = "dropout_1", rate = 5.000000e-01 : f64}
  // CHECK-NEXT: %[[D2:.*]] = net.reshape %[[D3]] {shape = array<i64: 4, 3, 3>}
  // CHECK-NEXT: %[[D1:.*]] = net.max_pool2d_gradient %[[D2]], %[[INDICES]] {input_shape = array<i64: 4, 6, 6>,
  // CHECK-NEXT: %[[D0:.*]] = net.activation_gradient %[[RELU]], %[[D1]] {kind = #net.activation<relu>}
  // CHECK-NEXT: %[[DCW:.*]], %[[DCB:.*]] = net.conv2d_filter_gradient %[[X]], %[[D0]] {{.*}}with_bias = true}
  // CHECK-NEXT: net.sgd_update @conv.bias, %[[DCB]]
  // CHECK-NEXT: net.sgd_update @conv.weight, %[[DCW]]
  // CHECK-NEXT: return %[[LOSS]]
  net.minimize %loss, %state {optimizer = "sgd", optimizer_settings = {weight_decay = 1.0e-3 : f64}} : tensor<2xf32>, tensor<8xi32>
  return %loss : tensor<2xf32>
}

// -----

// Momentum uses the parameter's velocity.
// CHECK: net.sgd_update @w, %{{.*}}, %{{.*}} keeps [@w.velocity] {momentum = 9.000000e-01 : f64,
net.parameter @w : tensor<5x36xf32> {init = "xavier"}
net.parameter @"w.velocity" : tensor<5x36xf32> {init = "zero", trainable = false, state = "velocity", state_of = @w}
func.func @f(%x: tensor<2x36xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) {
  %w = net.read_parameter @w : tensor<5x36xf32>
  %0 = net.dense %x, %w : (tensor<2x36xf32>, tensor<5x36xf32>) -> tensor<2x5xf32>
  %loss, %correct = net.softmax_cross_entropy %0, %labels : (tensor<2x5xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  net.minimize %loss, %state {optimizer = "sgd", optimizer_settings = {momentum = 0.9 : f64}} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

// A value used twice: its gradients are added.
// CHECK-LABEL: func.func @twice
// CHECK: %[[H:.*]] = net.dense %{{.*}}, %[[W:.*]] : (tensor<2x5xf32>, tensor<5x5xf32>)
// CHECK: %[[D:.*]] = net.softmax_cross_entropy_gradient
// CHECK: %[[THROUGH:.*]] = net.activation_gradient %{{.*}}, %[[D]]
// CHECK: %[[SUM:.*]] = net.add %[[D]], %[[THROUGH]]
// CHECK: net.dense_weight_gradient %{{.*}}, %[[SUM]]
net.parameter @w : tensor<5x5xf32> {init = "xavier"}
func.func @twice(%x: tensor<2x5xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) {
  %w = net.read_parameter @w : tensor<5x5xf32>
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %1 = net.activation %0 {kind = #net.activation<tanh>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %2 = net.add %0, %1 : (tensor<2x5xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %loss, %correct = net.softmax_cross_entropy %2, %labels : (tensor<2x5xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  net.minimize %loss, %state {optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

// What is not trainable has no update, and below it no gradient.
// CHECK-LABEL: func.func @frozen
// CHECK-NOT: net.dense_input_gradient
// CHECK: net.sgd_update @w,
// CHECK-NOT: net.sgd_update
net.parameter @fixed : tensor<5x5xf32> {init = "zero", trainable = false}
net.parameter @w : tensor<5x5xf32> {init = "xavier"}
func.func @frozen(%x: tensor<2x5xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) {
  %f = net.read_parameter @fixed : tensor<5x5xf32>
  %0 = net.dense %x, %f : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %w = net.read_parameter @w : tensor<5x5xf32>
  %1 = net.dense %0, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  %loss, %correct = net.softmax_cross_entropy %1, %labels : (tensor<2x5xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  net.minimize %loss, %state {optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

// Without net.minimize nothing is differentiated.
// CHECK-LABEL: func.func @evaluate
// CHECK-NOT: gradient
net.parameter @w : tensor<5x5xf32> {init = "xavier"}
func.func @evaluate(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = net.read_parameter @w : tensor<5x5xf32>
  %0 = net.dense %x, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

// -----

func.func @f(%logits: tensor<2x5xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) {
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<2x5xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  // expected-error @below {{minimises a loss that no trainable parameter changes}}
  net.minimize %loss, %state {optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

// A transform of what a parameter has changed.
net.parameter @w : tensor<5x16xf32> {init = "xavier"}
net.parameter @conv : tensor<1x1x1x1xf32> {init = "xavier"}
func.func @f(%x: tensor<2x1x2x2xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) {
  %conv = net.read_parameter @conv : tensor<1x1x1x1xf32>
  %0 = net.conv2d %x, %conv {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<2x1x2x2xf32>
  // expected-error @below {{has no gradient}}
  %1 = net.resize %0 {size = array<i64: 4, 4>} : (tensor<2x1x2x2xf32>) -> tensor<2x1x4x4xf32>
  %2 = net.reshape %1 {shape = array<i64: 16>} : (tensor<2x1x4x4xf32>) -> tensor<2x16xf32>
  %w = net.read_parameter @w : tensor<5x16xf32>
  %3 = net.dense %2, %w : (tensor<2x16xf32>, tensor<5x16xf32>) -> tensor<2x5xf32>
  %loss, %correct = net.softmax_cross_entropy %3, %labels : (tensor<2x5xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  // expected-note @below {{asked for here}}
  net.minimize %loss, %state {optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
  return
}

// -----

// A parameter's scales: of the learning rate at the update, of the decay in it.
// CHECK-LABEL: func.func @scaled
// CHECK: net.sgd_update @w, %{{.*}}, %{{.*}} {learning_rate_scale = 5.000000e-01 : f64, momentum = 0.000000e+00 : f64, weight_decay = 1.000000e+00 : f64}
net.parameter @w : tensor<5x36xf32> {init = "xavier", learning_rate_scale = 0.5 : f64, decay_scale = 4.0 : f64}
func.func @scaled(%x: tensor<2x36xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) {
  %w = net.read_parameter @w : tensor<5x36xf32>
  %0 = net.dense %x, %w : (tensor<2x36xf32>, tensor<5x36xf32>) -> tensor<2x5xf32>
  %loss, %correct = net.softmax_cross_entropy %0, %labels : (tensor<2x5xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  net.minimize %loss, %state {optimizer = "sgd", optimizer_settings = {weight_decay = 0.25 : f64}} : tensor<2xf32>, tensor<8xi32>
  return
}
