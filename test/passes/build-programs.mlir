// RUN: %net-opt %s --net-build-programs --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-NOT: @network
// CHECK-NOT: net.training
// CHECK: net.parameter @dense_1.weight : tensor<10x16xf32> {fan_in = 16 : i64, fan_out = 10 : i64, init = "xavier"}
// CHECK-NOT: velocity
net.parameter @"dense_1.weight" : tensor<10x16xf32> {init = "xavier", fan_in = 16 : i64, fan_out = 10 : i64}
net.parameter @"dense_1.bias" : tensor<10xf32> {init = "zero"}

// A step takes the labels between pixels and state, and minimises its loss.
// CHECK: func.func @train_step(%[[PIXELS:.*]]: tensor<4x1x4x4xui8> {net.name = "pixels"}, %[[LABELS:.*]]: tensor<4xi32> {net.name = "labels"}, %[[STATE:.*]]: tensor<8xi32> {net.name = "state"})
// CHECK-SAME: -> (tensor<4xf32> {net.name = "loss"}, tensor<4xi32> {net.name = "correct"}) attributes {net.batch = 4 : i64}
// CHECK: %[[DROPPED:.*]] = net.dropout %{{.*}}, %[[STATE]]
// CHECK: %[[LOGITS:.*]] = net.dense %[[DROPPED]],
// CHECK: %[[LOSS:.*]], %[[CORRECT:.*]] = net.softmax_cross_entropy %[[LOGITS]], %[[LABELS]]
// CHECK: net.minimize %[[LOSS]], %[[STATE]] {optimizer = "sgd", optimizer_settings = {weight_decay = 5.000000e-04 : f64}}
// CHECK: return %[[LOSS]], %[[CORRECT]]

// The smaller last batch: the shapes are inferred anew.
// CHECK: func.func @train_last_step(%{{.*}}: tensor<3x1x4x4xui8> {{.*}}, %{{.*}}: tensor<3xi32> {{.*}} attributes {net.batch = 3 : i64}
// CHECK: net.dense {{.*}} -> tensor<3x10xf32>
// CHECK: net.minimize

// No dropout, no update; the logits are given too.
// CHECK: func.func @evaluate(%{{.*}}: tensor<4x1x4x4xui8> {{.*}}tensor<4xi32> {net.name = "correct"}, tensor<4x10xf32> {net.name = "output"}) attributes {net.batch = 4 : i64}
// CHECK-NOT: net.dropout
// CHECK-NOT: net.minimize
// CHECK: %[[OUTPUT:.*]] = net.dense
// CHECK: %[[LOSS:.*]], %[[CORRECT:.*]] = net.softmax_cross_entropy %[[OUTPUT]],
// CHECK: return %[[LOSS]], %[[CORRECT]], %[[OUTPUT]]

// CHECK: func.func @initialize(%[[SEED:.*]]: tensor<8xi32> {net.name = "state"}) {
// CHECK-NEXT: %[[W:.*]] = net.xavier_uniform %[[SEED]] {bound = 0.480384461415261{{[0-9]+}} : f64, path = "dense_1.weight"} : (tensor<8xi32>) -> tensor<10x16xf32>
// CHECK-NEXT: net.write_parameter @dense_1.weight, %[[W]]
// CHECK-NEXT: %[[B:.*]] = net.fill {value = 0.000000e+00 : f64} : tensor<10xf32>
// CHECK-NEXT: net.write_parameter @dense_1.bias, %[[B]]
// CHECK-NEXT: return
func.func @network(%pixels: tensor<4x1x4x4xui8>, %state: tensor<8xi32>) -> tensor<4x10xf32> attributes {net.signature = array<i64: 10>} {
  %0 = net.to_tensor %pixels : (tensor<4x1x4x4xui8>) -> tensor<4x1x4x4xf32>
  %1 = net.reshape %0 {shape = array<i64: 16>} : (tensor<4x1x4x4xf32>) -> tensor<4x16xf32>
  %2 = net.dropout %1, %state {rate = 0.5 : f64, path = "dropout_1"} : (tensor<4x16xf32>, tensor<8xi32>) -> tensor<4x16xf32>
  %w = net.read_parameter @"dense_1.weight" : tensor<10x16xf32>
  %b = net.read_parameter @"dense_1.bias" : tensor<10xf32>
  %3 = net.dense %2, %w, %b : (tensor<4x16xf32>, tensor<10x16xf32>, tensor<10xf32>) -> tensor<4x10xf32>
  return %3 : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", optimizer_settings = {weight_decay = 5.0e-4 : f64}, last_batch = 3 : i64}

// -----

// With momentum each parameter has a velocity that starts at zero; epochs that
// end in a whole batch have no @train_last_step.
// CHECK: net.parameter @w : tensor<10x16xf32> {fan_in = 16 : i64, {{.*}}init = "xavier"}
// CHECK-NEXT: net.parameter @w.velocity : tensor<10x16xf32> {{{.*}}init = "zero", state = "velocity", state_of = @w, trainable = false}
// CHECK: func.func @train_step
// CHECK: net.minimize {{.*}} optimizer_settings = {momentum = 9.000000e-01 : f64}
// CHECK-NOT: @train_last_step
// CHECK: func.func @evaluate
// CHECK: func.func @initialize
// CHECK: net.write_parameter @w,
// CHECK: net.write_parameter @w.velocity,
net.parameter @w : tensor<10x16xf32> {init = "xavier", fan_in = 16 : i64, fan_out = 10 : i64}
func.func @network(%x: tensor<4x16xf32>, %state: tensor<8xi32>) -> tensor<4x10xf32> {
  %w = net.read_parameter @w : tensor<10x16xf32>
  %0 = net.dense %x, %w : (tensor<4x16xf32>, tensor<10x16xf32>) -> tensor<4x10xf32>
  return %0 : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", optimizer_settings = {momentum = 0.9 : f64}, last_batch = 0 : i64}

// -----

// What is only evaluated has no training steps, and no velocities.
// CHECK: net.parameter @w :
// CHECK-NOT: velocity
// CHECK-NOT: @train
// CHECK: func.func @evaluate
// CHECK: func.func @initialize
// CHECK-NOT: velocity
// CHECK: return
net.parameter @w : tensor<10x16xf32> {init = "xavier", fan_in = 16 : i64, fan_out = 10 : i64}
func.func @network(%x: tensor<4x16xf32>, %state: tensor<8xi32>) -> tensor<4x10xf32> {
  %w = net.read_parameter @w : tensor<10x16xf32>
  %0 = net.dense %x, %w : (tensor<4x16xf32>, tensor<10x16xf32>) -> tensor<4x10xf32>
  return %0 : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", optimizer_settings = {momentum = 0.9 : f64}, last_batch = 3 : i64, evaluation_only}

// -----

// Without net.training there is nothing to build.
// CHECK: func.func @network(%{{.*}}: tensor<4x10xf32>) -> tensor<4x10xf32> {
// CHECK-NEXT: return
// CHECK-NOT: func.func
func.func @network(%x: tensor<4x10xf32>) -> tensor<4x10xf32> {
  return %x : tensor<4x10xf32>
}

// -----

// expected-error @below {{expected a network (input, state) -> logits}}
func.func @network(%x: tensor<4x10xf32>) -> tensor<4x10xf32> {
  return %x : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64}

// -----

func.func @network(%x: tensor<4x10xf32>, %state: tensor<8xi32>) -> tensor<4x10xf32> {
  return %x : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64}
// expected-error @below {{a module trains one network}}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64}

// -----

// Each phase has its transforms; `samples` goes to the programs that read it.
// CHECK-NOT: transforms
// CHECK: func.func @train_step(%[[PIXELS:.*]]: tensor<4x1x4x4xui8> {net.name = "pixels"}, %{{.*}}: tensor<4xi32> {net.name = "labels"}, %[[STATE:.*]]: tensor<8xi32> {net.name = "state"}, %[[SAMPLES:.*]]: tensor<4xi32> {net.name = "samples"})
// CHECK: %[[FLIPPED:.*]] = net.random_horizontal_flip %[[PIXELS]], %[[SAMPLES]], %[[STATE]]
// CHECK: %[[INPUT:.*]] = net.to_tensor %[[FLIPPED]]
// CHECK: net.reshape %[[INPUT]]
// CHECK: func.func @train_last_step({{.*}}, %{{.*}}: tensor<3xi32> {net.name = "samples"})
// CHECK: net.random_horizontal_flip {{.*}} -> tensor<3x1x4x4xf32>
// CHECK: func.func @evaluate(%[[EVALUATED:.*]]: tensor<4x1x4x4xui8> {net.name = "pixels"}, %{{.*}}: tensor<4xi32> {net.name = "labels"}, %{{.*}}: tensor<8xi32> {net.name = "state"})
// CHECK: net.to_tensor %[[EVALUATED]]
// CHECK-NOT: transforms
net.parameter @w : tensor<10x16xf32> {init = "xavier", fan_in = 16 : i64, fan_out = 10 : i64}
func.func @train_transforms(%pixels: tensor<4x1x4x4xui8>, %samples: tensor<4xi32>, %state: tensor<8xi32>) -> tensor<4x1x4x4xf32> {
  %0 = net.random_horizontal_flip %pixels, %samples, %state {rate = 0.5 : f64, path = "flip"} : (tensor<4x1x4x4xui8>, tensor<4xi32>, tensor<8xi32>) -> tensor<4x1x4x4xf32>
  %1 = net.to_tensor %0 : (tensor<4x1x4x4xf32>) -> tensor<4x1x4x4xf32>
  return %1 : tensor<4x1x4x4xf32>
}
func.func @test_transforms(%pixels: tensor<4x1x4x4xui8>, %samples: tensor<4xi32>, %state: tensor<8xi32>) -> tensor<4x1x4x4xf32> {
  %0 = net.to_tensor %pixels : (tensor<4x1x4x4xui8>) -> tensor<4x1x4x4xf32>
  return %0 : tensor<4x1x4x4xf32>
}
func.func @network(%x: tensor<4x1x4x4xf32>, %state: tensor<8xi32>) -> tensor<4x10xf32> {
  %0 = net.reshape %x {shape = array<i64: 16>} : (tensor<4x1x4x4xf32>) -> tensor<4x16xf32>
  %w = net.read_parameter @w : tensor<10x16xf32>
  %1 = net.dense %0, %w : (tensor<4x16xf32>, tensor<10x16xf32>) -> tensor<4x10xf32>
  return %1 : tensor<4x10xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 3 : i64, train_transforms = @train_transforms, test_transforms = @test_transforms}

// -----

// expected-error @below {{expected transforms (pixels, samples, state) -> input}}
func.func @transforms(%pixels: tensor<4x16xf32>) -> tensor<4x16xf32> {
  return %pixels : tensor<4x16xf32>
}
func.func @network(%x: tensor<4x16xf32>, %state: tensor<8xi32>) -> tensor<4x16xf32> {
  return %x : tensor<4x16xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64, train_transforms = @transforms}

// -----

// expected-error @below {{gives 'tensor<4x16xf32>', the network takes 'tensor<4x8xf32>'}}
func.func @transforms(%pixels: tensor<4x16xf32>, %samples: tensor<4xi32>, %state: tensor<8xi32>) -> tensor<4x16xf32> {
  return %pixels : tensor<4x16xf32>
}
func.func @network(%x: tensor<4x8xf32>, %state: tensor<8xi32>) -> tensor<4x8xf32> {
  return %x : tensor<4x8xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64, train_transforms = @transforms}
