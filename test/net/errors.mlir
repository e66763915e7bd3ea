// RUN: %net-opt %s --split-input-file --verify-diagnostics
// What the ops themselves refuse. The second error of a layer is MLIR's.

// Attributes and types that ODS asks for.
func.func @f(%x: tensor<2x4xf64>) {
  // expected-error @below {{operand #0 must be tensor of 32-bit float or bfloat16 type values, but got 'tensor<2x4xf64>'}}
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<2x4xf64>) -> tensor<2x4xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{to be one of: relu, sigmoid, tanh, leaky_relu, gelu, silu, elu, softplus, hard_swish}}
  // expected-error @below {{failed to parse Net_ActivationAttr parameter}}
  %0 = net.activation %x {kind = #net.activation<glu>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @below {{requires attribute 'dilation'}}
  %0 = net.conv2d %x, %w : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x6x6xf32>
  return
}

// -----

func.func @f(%logits: tensor<2x4xf32>, %labels: tensor<2xi64>) {
  // expected-error @below {{operand #1 must be tensor of 32-bit signless integer values, but got 'tensor<2xi64>'}}
  %0:2 = net.softmax_cross_entropy %logits, %labels : (tensor<2x4xf32>, tensor<2xi64>) -> (tensor<2xf32>, tensor<2xi32>)
  return
}

// -----

// A written result type that the shape rule does not give.
func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{inferred type(s) 'tensor<2x4xf32>' are incompatible with return type(s) of operation 'tensor<2x5xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<2x4xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>, %dy: tensor<2x5xf32>) {
  // expected-error @below {{inferred type(s) 'tensor<5x4xf32>', 'tensor<5xf32>' are incompatible with return type(s) of operation 'tensor<5x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dense_weight_gradient %x, %dy {with_bias = true} : (tensor<2x4xf32>, tensor<2x5xf32>) -> tensor<5x4xf32>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{expected a static shape with a batch in front, got 'tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @f(%x: tensor<?x4xf32>) {
  // expected-error @below {{expected a static shape with a batch in front, got 'tensor<?x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.activation %x {kind = #net.activation<tanh>} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{`rate` must be at least 0 and below 1, got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dropout %x, %state {rate = 1.0 : f64, path = "dropout_1"} : (tensor<2x3xf32>, tensor<8xi32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%x: tensor<2x3xf32>, %state: tensor<8xi32>) {
  // expected-error @below {{`rate` must be at least 0 and below 1, got nan}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.dropout %x, %state {rate = 0x7FF8000000000000 : f64, path = "dropout_1"} : (tensor<2x3xf32>, tensor<8xi32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%logits: tensor<2x4xf32>, %labels: tensor<3xi32>) {
  // expected-error @below {{expected logits [N, classes] and labels [N], or [N, classes, H, W] and [N, H, W], got 'tensor<2x4xf32>' and 'tensor<3xi32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = net.softmax_cross_entropy %logits, %labels : (tensor<2x4xf32>, tensor<3xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  return
}

// -----

func.func @f(%logits: tensor<2x4x1x1xf32>, %labels: tensor<2xi32>, %g: tensor<2xf32>) {
  // expected-error @below {{expected logits [N, classes] and labels [N], or [N, classes, H, W] and [N, H, W], got 'tensor<2x4x1x1xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.softmax_cross_entropy_gradient %logits, %labels, %g : (tensor<2x4x1x1xf32>, tensor<2xi32>, tensor<2xf32>) -> tensor<2x4x1x1xf32>
  return
}

// -----

func.func @f(%logits: tensor<*xf32>, %labels: tensor<2xi32>) {
  // expected-error @below {{expected logits [N, classes] and labels [N], or [N, classes, H, W] and [N, H, W], got 'tensor<*xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0:3 = net.softmax_cross_entropy_with_gradient %logits, %labels {scale = 1.0 : f64} : (tensor<*xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>, tensor<2x4xf32>)
  return
}

// -----

func.func @f(%x: tensor<2x3x2x2xf32>) {
  // expected-error @below {{cannot make 'tensor<2x13xf32>' of 'tensor<2x3x2x2xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.reshape %x {shape = array<i64: 13>} : (tensor<2x3x2x2xf32>) -> tensor<2x13xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>, %y: tensor<2x3xf32>) {
  // expected-error @below {{cannot add 'tensor<2x4xf32>' and 'tensor<2x3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = net.add %x, %y : (tensor<2x4xf32>, tensor<2x3xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{expected the same shape on both sides}}
  %0 = net.reorder %x : (tensor<2x4xf32>) -> tensor<2x3xf32>
  return
}

// -----

// Fused bodies.
func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{expected the body to yield 'tensor<2x3xf32>'}}
  %0 = net.fused (%a = %x : tensor<2x4xf32>) -> tensor<2x3xf32> {
    net.yield %a : tensor<2x4xf32>
  }
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{holds `net.reshape`, which has no elements of its own}}
  %0 = net.fused (%a = %x : tensor<2x4xf32>) -> tensor<2x4xf32> {
    %1 = net.reshape %a {shape = array<i64: 4>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
    net.yield %1 : tensor<2x4xf32>
  }
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{expects a non-empty block}}
  %0 = net.fused (%a = %x : tensor<2x4xf32>) -> tensor<2x4xf32> {
  }
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{expected one argument of the body for each input, of its type}}
  %0 = "net.fused"(%x) ({
    %1 = net.fill {value = 1.0 : f64} : tensor<2x4xf32>
    net.yield %1 : tensor<2x4xf32>
  }) : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @f(%x: tensor<2x4xf32>) {
  // expected-error @below {{expected the body to yield 'tensor<2x4xf32>'}}
  %0 = "net.fused"(%x) ({
  ^bb0(%a: tensor<2x4xf32>):
    func.return
  }) : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{expects parent op 'net.fused'}}
  net.yield %x : tensor<2xf32>
}

// -----

// Parameters.
// expected-error @below {{expected a ranked type, got 'tensor<*xf32>'}}
net.parameter @"dense_1.weight" : tensor<*xf32> {init = "zero"}

// -----

// expected-error @below {{expected init `xavier`, `zero` or `one`, got `ones`}}
net.parameter @"dense_1.weight" : tensor<2xf32> {init = "ones"}

// -----

// expected-error @below {{expected positive fans}}
net.parameter @"dense_1.weight" : tensor<2xf32> {init = "xavier", fan_in = 0 : i64}

// -----

// expected-error @below {{expected positive fans}}
net.parameter @"dense_1.weight" : tensor<2xf32> {init = "xavier", fan_out = 0 : i64}

// -----

// expected-note @below {{see existing symbol definition here}}
net.parameter @"dense_1.weight" : tensor<2xf32> {init = "zero"}
// expected-error @below {{redefinition of symbol named 'dense_1.weight'}}
net.parameter @"dense_1.weight" : tensor<2xf32> {init = "zero"}

// -----

func.func @f() {
  // expected-error @below {{refers to no parameter @f}}
  %0 = net.read_parameter @f : tensor<2xf32>
  return
}

// -----

net.parameter @"dense_1.weight" : tensor<2xf32> {init = "zero"}
func.func @f() {
  // expected-error @below {{expected 'tensor<2xf32>' of @dense_1.weight, got 'tensor<3xf32>'}}
  %0 = net.read_parameter @"dense_1.weight" : tensor<3xf32>
  return
}

// -----

func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{refers to no parameter @dense_1.weight}}
  net.write_parameter @"dense_1.weight", %x : tensor<2xf32>
  return
}

// -----

net.parameter @w : tensor<2xf32> {init = "zero"}
func.func @f(%x: tensor<2x1xf32>) {
  // expected-error @below {{expected 'tensor<2xf32>' of @w, got 'tensor<2x1xf32>'}}
  net.write_parameter @w, %x : tensor<2x1xf32>
  return
}

// -----

// expected-error @below {{expected scales of at least 0}}
net.parameter @w : tensor<4xf32> {init = "zero", learning_rate_scale = -1.0 : f64}
