// RUN: %net-opt %s | %net-opt | FileCheck %s
// RUN: %net-opt %s --mlir-print-op-generic | %net-opt | FileCheck %s
// Every op of the dialect, read and written.

// CHECK: net.parameter @conv2d_1.weight : tensor<4x3x5x5xf32> {fan_in = 75 : i64, fan_out = 100 : i64, init = "xavier"}
net.parameter @"conv2d_1.weight" : tensor<4x3x5x5xf32> {init = "xavier", fan_in = 75 : i64, fan_out = 100 : i64}
// CHECK: net.parameter @conv2d_1.bias : tensor<4xf32> {init = "zero"}
net.parameter @"conv2d_1.bias" : tensor<4xf32> {init = "zero", fan_in = 1 : i64}
// CHECK: net.parameter @conv2d_1.bias.velocity : tensor<4xf32> {init = "zero", state = "velocity", state_of = @conv2d_1.bias, trainable = false}
net.parameter @"conv2d_1.bias.velocity" : tensor<4xf32> {init = "zero", trainable = false, state = "velocity", state_of = @"conv2d_1.bias"}
// CHECK: net.parameter @grouped.weight : tensor<2x3x1x3x3xf32, #net.layout<"aBcde8b">> {file_shape = array<i64: 6, 1, 3, 3>, init = "xavier"}
net.parameter @"grouped.weight" : tensor<2x3x1x3x3xf32, #net.layout<"aBcde8b">> {init = "xavier", file_shape = array<i64: 6, 1, 3, 3>}

// CHECK: net.training @network {last_batch = 96 : i64, loss = "softmax_cross_entropy", optimizer = "sgd", optimizer_settings = {momentum = 9.000000e-01 : f64}}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", optimizer_settings = {momentum = 0.9 : f64}, last_batch = 96 : i64}
func.func private @network(tensor<2x3x8x8xui8>, tensor<8xi32>) -> tensor<2x10xf32>

// CHECK-LABEL: func.func @parameters
func.func @parameters(%state: tensor<8xi32>, %g: tensor<4xf32>, %loss: tensor<2xf32>) {
  // CHECK: %[[W:.*]] = net.read_parameter @conv2d_1.bias : tensor<4xf32>
  %w = net.read_parameter @"conv2d_1.bias" : tensor<4xf32>
  // CHECK: %[[X:.*]] = net.xavier_uniform %{{.*}} {bound = 2.500000e-01 : f64, path = "conv2d_1.bias"} : (tensor<8xi32>) -> tensor<4xf32>
  %x = net.xavier_uniform %state {bound = 0.25 : f64, path = "conv2d_1.bias"} : (tensor<8xi32>) -> tensor<4xf32>
  // CHECK: net.fill {value = 5.000000e-01 : f64} : tensor<4xf32>
  %f = net.fill {value = 0.5 : f64} : tensor<4xf32>
  // CHECK: net.write_parameter @conv2d_1.bias, %[[X]] : tensor<4xf32>
  net.write_parameter @"conv2d_1.bias", %x : tensor<4xf32>
  // CHECK: net.sgd_update @conv2d_1.bias, %{{.*}}, %{{.*}} {momentum = 0.000000e+00 : f64, weight_decay = 5.000000e-04 : f64} : tensor<4xf32>, tensor<8xi32>
  net.sgd_update @"conv2d_1.bias", %g, %state {momentum = 0.0 : f64, weight_decay = 5.0e-4 : f64} : tensor<4xf32>, tensor<8xi32>
  // CHECK: net.sgd_update @conv2d_1.bias, %{{.*}}, %{{.*}} keeps [@conv2d_1.bias.velocity] {momentum = 9.000000e-01 : f64,
  net.sgd_update @"conv2d_1.bias", %g, %state keeps [@"conv2d_1.bias.velocity"] {momentum = 0.9 : f64, weight_decay = 0.0 : f64} : tensor<4xf32>, tensor<8xi32>
  // CHECK: net.minimize %{{.*}}, %{{.*}} {optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
  net.minimize %loss, %state {optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
  return
}

// CHECK-LABEL: func.func @transforms
func.func @transforms(%pixels: tensor<2x3x8x8xui8>) -> tensor<2x3x16x12xf32> {
  // CHECK: net.resize %{{.*}} {size = array<i64: 16, 12>} : (tensor<2x3x8x8xui8>) -> tensor<2x3x16x12xf32>
  %0 = net.resize %pixels {size = array<i64: 16, 12>} : (tensor<2x3x8x8xui8>) -> tensor<2x3x16x12xf32>
  // CHECK: net.to_tensor %{{.*}} : (tensor<2x3x16x12xf32>) -> tensor<2x3x16x12xf32>
  %1 = net.to_tensor %0 : (tensor<2x3x16x12xf32>) -> tensor<2x3x16x12xf32>
  // CHECK: net.normalize %{{.*}} {deviation = array<f64: 2.500000e-01>, mean = array<f64: 5.000000e-01, 4.000000e-01, 3.000000e-01>}
  %2 = net.normalize %1 {mean = array<f64: 0.5, 0.4, 0.3>, deviation = array<f64: 0.25>} : (tensor<2x3x16x12xf32>) -> tensor<2x3x16x12xf32>
  // CHECK: net.to_tensor %{{.*}} : (tensor<2x3x8x8xui8>) -> tensor<2x3x8x8xf32>
  %3 = net.to_tensor %pixels : (tensor<2x3x8x8xui8>) -> tensor<2x3x8x8xf32>
  return %2 : tensor<2x3x16x12xf32>
}

// CHECK-LABEL: func.func @convolution
func.func @convolution(%x: tensor<2x3x8x8xf32>, %w: tensor<4x3x5x5xf32>, %b: tensor<4xf32>, %dy: tensor<2x4x2x2xf32>) {
  // CHECK: net.conv2d %{{.*}}, %{{.*}}, %{{.*}} {dilation = array<i64: 1, 1>, groups = 1 : i64, padding = array<i64: 0, 0>, stride = array<i64: 2, 2>}
  // CHECK-SAME: : (tensor<2x3x8x8xf32>, tensor<4x3x5x5xf32>, tensor<4xf32>) -> tensor<2x4x2x2xf32>
  %0 = net.conv2d %x, %w, %b {stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x3x8x8xf32>, tensor<4x3x5x5xf32>, tensor<4xf32>) -> tensor<2x4x2x2xf32>
  // CHECK: net.conv2d %{{.*}}, %{{.*}} {activation = #net.activation<relu>, {{.*}}implementation = "jit:avx2"
  %1 = net.conv2d %x, %w {stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64, activation = #net.activation<relu>, implementation = "jit:avx2"}
    : (tensor<2x3x8x8xf32>, tensor<4x3x5x5xf32>) -> tensor<2x4x2x2xf32>
  // CHECK: net.conv2d_input_gradient %{{.*}}, %{{.*}} {{.*}}input_shape = array<i64: 3, 8, 8>{{.*}} : (tensor<2x4x2x2xf32>, tensor<4x3x5x5xf32>) -> tensor<2x3x8x8xf32>
  %2 = net.conv2d_input_gradient %dy, %w {input_shape = array<i64: 3, 8, 8>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x4x2x2xf32>, tensor<4x3x5x5xf32>) -> tensor<2x3x8x8xf32>
  // CHECK: net.conv2d_filter_gradient %{{.*}}, %{{.*}} {{.*}}with_bias = true} : (tensor<2x3x8x8xf32>, tensor<2x4x2x2xf32>) -> (tensor<4x3x5x5xf32>, tensor<4xf32>)
  %3:2 = net.conv2d_filter_gradient %x, %dy {filter_shape = array<i64: 4, 3, 5, 5>, with_bias = true, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x3x8x8xf32>, tensor<2x4x2x2xf32>) -> (tensor<4x3x5x5xf32>, tensor<4xf32>)
  // CHECK: net.conv2d_filter_gradient %{{.*}}, %{{.*}} {{.*}}with_bias = false} : (tensor<2x3x8x8xf32>, tensor<2x4x2x2xf32>) -> tensor<4x3x5x5xf32>
  %4 = net.conv2d_filter_gradient %x, %dy {filter_shape = array<i64: 4, 3, 5, 5>, with_bias = false, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x3x8x8xf32>, tensor<2x4x2x2xf32>) -> tensor<4x3x5x5xf32>
  return
}

// CHECK-LABEL: func.func @pools
func.func @pools(%x: tensor<2x3x8x8xf32>, %dy: tensor<2x3x4x4xf32>) {
  // CHECK: %{{.*}}, %[[I:.*]] = net.max_pool2d %{{.*}} {padding = array<i64: 1, 1>, stride = array<i64: 2, 2>, window = array<i64: 3, 3>}
  // CHECK-SAME: : (tensor<2x3x8x8xf32>) -> (tensor<2x3x4x4xf32>, tensor<2x3x4x4xui8>)
  %y, %i = net.max_pool2d %x {window = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 1, 1>}
    : (tensor<2x3x8x8xf32>) -> (tensor<2x3x4x4xf32>, tensor<2x3x4x4xui8>)
  // CHECK: net.max_pool2d_gradient %{{.*}}, %[[I]] {input_shape = array<i64: 3, 8, 8>, {{.*}} : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xui8>) -> tensor<2x3x8x8xf32>
  %0 = net.max_pool2d_gradient %dy, %i {input_shape = array<i64: 3, 8, 8>, window = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 1, 1>}
    : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xui8>) -> tensor<2x3x8x8xf32>
  // CHECK: net.avg_pool2d %{{.*}} {padding = array<i64: 0, 0>, stride = array<i64: 2, 2>, window = array<i64: 2, 2>} : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  %1 = net.avg_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  // CHECK: net.avg_pool2d_gradient %{{.*}} {input_shape = array<i64: 3, 8, 8>, {{.*}} : (tensor<2x3x4x4xf32>) -> tensor<2x3x8x8xf32>
  %2 = net.avg_pool2d_gradient %dy {input_shape = array<i64: 3, 8, 8>, window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x3x4x4xf32>) -> tensor<2x3x8x8xf32>
  return
}

// CHECK-LABEL: func.func @dense
func.func @dense(%x: tensor<2x6xf32>, %w: tensor<5x6xf32>, %b: tensor<5xf32>, %dy: tensor<2x5xf32>) {
  // CHECK: net.dense %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x6xf32>, tensor<5x6xf32>, tensor<5xf32>) -> tensor<2x5xf32>
  %0 = net.dense %x, %w, %b : (tensor<2x6xf32>, tensor<5x6xf32>, tensor<5xf32>) -> tensor<2x5xf32>
  // CHECK: net.dense %{{.*}}, %{{.*}} {activation = #net.activation<tanh>} : (tensor<2x6xf32>, tensor<5x6xf32>) -> tensor<2x5xf32>
  %1 = net.dense %x, %w {activation = #net.activation<tanh>} : (tensor<2x6xf32>, tensor<5x6xf32>) -> tensor<2x5xf32>
  // CHECK: net.dense_input_gradient %{{.*}}, %{{.*}} : (tensor<2x5xf32>, tensor<5x6xf32>) -> tensor<2x6xf32>
  %2 = net.dense_input_gradient %dy, %w : (tensor<2x5xf32>, tensor<5x6xf32>) -> tensor<2x6xf32>
  // CHECK: net.dense_weight_gradient %{{.*}}, %{{.*}} {with_bias = true} : (tensor<2x6xf32>, tensor<2x5xf32>) -> (tensor<5x6xf32>, tensor<5xf32>)
  %3:2 = net.dense_weight_gradient %x, %dy {with_bias = true} : (tensor<2x6xf32>, tensor<2x5xf32>) -> (tensor<5x6xf32>, tensor<5xf32>)
  // CHECK: net.dense_weight_gradient %{{.*}}, %{{.*}} {with_bias = false} : (tensor<2x6xf32>, tensor<2x5xf32>) -> tensor<5x6xf32>
  %4 = net.dense_weight_gradient %x, %dy {with_bias = false} : (tensor<2x6xf32>, tensor<2x5xf32>) -> tensor<5x6xf32>
  return
}

// CHECK-LABEL: func.func @elements
func.func @elements(%x: tensor<2x10xf32>, %dy: tensor<2x10xf32>, %state: tensor<8xi32>) -> tensor<2x10xf32> {
  // CHECK: net.activation %{{.*}} {kind = #net.activation<sigmoid>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  %0 = net.activation %x {kind = #net.activation<sigmoid>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.activation_gradient %{{.*}}, %{{.*}} {kind = #net.activation<sigmoid>} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
  %1 = net.activation_gradient %0, %dy {kind = #net.activation<sigmoid>} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: net.dropout %{{.*}}, %{{.*}} {path = "dropout_1", rate = 5.000000e-01 : f64} : (tensor<2x10xf32>, tensor<8xi32>) -> tensor<2x10xf32>
  %2 = net.dropout %1, %state {rate = 0.5 : f64, path = "dropout_1"} : (tensor<2x10xf32>, tensor<8xi32>) -> tensor<2x10xf32>
  // CHECK: net.add %{{.*}}, %{{.*}} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
  %3 = net.add %2, %x : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
  // CHECK: %[[FUSED:.*]] = net.fused (%[[A:.*]] = %{{.*}} : tensor<2x10xf32>, %[[B:.*]] = %{{.*}} : tensor<2x10xf32>) -> tensor<2x10xf32> {
  // CHECK-NEXT: %[[R:.*]] = net.activation_gradient %[[A]], %[[B]]
  // CHECK-NEXT: net.yield %[[R]] : tensor<2x10xf32>
  %4 = net.fused (%a = %3 : tensor<2x10xf32>, %b = %dy : tensor<2x10xf32>) -> tensor<2x10xf32> {
    %5 = net.activation_gradient %a, %b {kind = #net.activation<relu>} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
    net.yield %5 : tensor<2x10xf32>
  }
  return %4 : tensor<2x10xf32>
}

// CHECK-LABEL: func.func @structure
func.func @structure(%x: tensor<2x3x2x2xf32>) {
  // CHECK: net.reshape %{{.*}} {shape = array<i64: 12>} : (tensor<2x3x2x2xf32>) -> tensor<2x12xf32>
  %0 = net.reshape %x {shape = array<i64: 12>} : (tensor<2x3x2x2xf32>) -> tensor<2x12xf32>
  // CHECK: net.reorder %{{.*}} : (tensor<2x3x2x2xf32>) -> tensor<2x3x2x2xf32, #net.layout<"aBcd8b">>
  %1 = net.reorder %x : (tensor<2x3x2x2xf32>) -> tensor<2x3x2x2xf32, #net.layout<"aBcd8b">>
  return
}

// CHECK-LABEL: func.func @loss
func.func @loss(%logits: tensor<2x10xf32>, %labels: tensor<2xi32>, %g: tensor<2xf32>) {
  // CHECK: net.softmax_cross_entropy %{{.*}}, %{{.*}} : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  %loss, %correct = net.softmax_cross_entropy %logits, %labels : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  // CHECK: net.softmax_cross_entropy_gradient %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x10xf32>, tensor<2xi32>, tensor<2xf32>) -> tensor<2x10xf32>
  %0 = net.softmax_cross_entropy_gradient %logits, %labels, %g : (tensor<2x10xf32>, tensor<2xi32>, tensor<2xf32>) -> tensor<2x10xf32>
  // CHECK: net.softmax_cross_entropy_with_gradient %{{.*}}, %{{.*}} {scale = 5.000000e-01 : f64} : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>, tensor<2x10xf32>)
  %1:3 = net.softmax_cross_entropy_with_gradient %logits, %labels {scale = 0.5 : f64} : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>, tensor<2x10xf32>)
  return
}

// A result may be unranked, and may carry a layout.
// CHECK-LABEL: func.func @loose
func.func @loose(%x: tensor<2x6xf32>, %w: tensor<5x6xf32>) {
  // CHECK: net.dense {{.*}} -> tensor<*xf32>
  %0 = net.dense %x, %w : (tensor<2x6xf32>, tensor<5x6xf32>) -> tensor<*xf32>
  // CHECK: net.activation {{.*}} : (tensor<*xf32>) -> tensor<*xf32>
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: net.dense {{.*}} -> tensor<2x5xf32, #net.layout<"aB8b">>
  %2 = net.dense %x, %w : (tensor<2x6xf32>, tensor<5x6xf32>) -> tensor<2x5xf32, #net.layout<"aB8b">>
  return
}
