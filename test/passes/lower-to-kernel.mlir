// RUN: %net-opt %s --net-select-launches --net-lower-to-kernel --split-input-file --verify-diagnostics | FileCheck %s
// The programs; the bodies of kernels are in element-, loss- and update-kernel.mlir.

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // Parameters become globals, with what files and optimiser need to know.
  // CHECK: kernel.global @conv.weight : memref<3x2x3x3x8x8xf32> {kind = "parameter", tensor = #kernel.tensor<20x16x3x3xf32, "ABcd8b8a">}
  net.parameter @"conv.weight" : tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">> {init = "xavier"}
  // CHECK: kernel.global @grouped.weight : memref<2x3x1x3x3xf32> {file_shape = array<i64: 6, 1, 3, 3>, kind = "parameter",
  net.parameter @"grouped.weight" : tensor<2x3x1x3x3xf32> {init = "xavier", file_shape = array<i64: 6, 1, 3, 3>}
  // CHECK: kernel.global @bias : memref<20xf32> {kind = "parameter",
  net.parameter @bias : tensor<20xf32> {init = "zero"}
  // CHECK: kernel.global @bias.velocity : memref<20xf32> {kind = "state",
  net.parameter @"bias.velocity" : tensor<20xf32> {init = "zero", trainable = false, state = "velocity", state_of = @bias}

  // An initial value is made in its parameter's place.
  // CHECK: kernel.program @initialize(%[[STATE:.*]]: memref<8xi32> {kernel.name = "state", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // CHECK-NEXT: %[[B:.*]] = kernel.get_global @bias : memref<20xf32>
  // CHECK-NEXT: kernel.launch @fill_1(%[[B]]) {{.*}} : memref<20xf32>
  // CHECK-NEXT: kernel.get_global @bias
  // CHECK-NEXT: kernel.return
  func.func @initialize(%state: tensor<8xi32> {net.name = "state"}) {
    %0 = net.fill {value = 0.0 : f64} : tensor<20xf32>
    net.write_parameter @bias, %0 : tensor<20xf32>
    return
  }

  // CHECK: kernel.program @step(%[[PIXELS:.*]]: memref<2x16x8x8xi8> {kernel.name = "pixels", kernel.role = "input"},
  // CHECK-SAME: %[[LOGITS:.*]]: memref<2x720xf32> {kernel.name = "logits", kernel.role = "output"}) attributes {batch = 2 : i64} {
  func.func @step(%pixels: tensor<2x16x8x8xui8> {net.name = "pixels"}) -> (tensor<2x720xf32> {net.name = "logits"}) attributes {net.batch = 2 : i64} {
    // CHECK-NEXT: %[[X:.*]] = kernel.alloc : memref<2x16x8x8xf32>
    // CHECK-NEXT: kernel.launch @to_tensor_1(%[[PIXELS]], %[[X]]) {{.*}} : memref<2x16x8x8xi8>, memref<2x16x8x8xf32>
    %0 = net.to_tensor %pixels : (tensor<2x16x8x8xui8>) -> tensor<2x16x8x8xf32>
    // CHECK-NEXT: %[[XB:.*]] = kernel.alloc : memref<2x2x8x8x8xf32>
    // CHECK: kernel.primitive forward reorder "jit:blk" (src %[[X]] : <2x16x8x8xf32>, dst %[[XB]] : <2x16x8x8xf32, "aBcd8b">
    %1 = net.reorder %0 : (tensor<2x16x8x8xf32>) -> tensor<2x16x8x8xf32, #net.layout<"aBcd8b">>
    // Buffers have the physical shape: 20 channels lie in three blocks of 8.
    // CHECK: %[[W:.*]] = kernel.get_global @conv.weight
    // CHECK: %[[BIAS:.*]] = kernel.get_global @bias
    // CHECK: %[[Y:.*]] = kernel.alloc : memref<2x3x6x6x8xf32>
    // CHECK: kernel.primitive forward convolution "jit:avx2"
    // CHECK-SAME: src %[[XB]] : <2x16x8x8xf32, "aBcd8b">, weights %[[W]] : <20x16x3x3xf32, "ABcd8b8a">, bias %[[BIAS]] : <20xf32>, dst %[[Y]] : <2x20x6x6xf32, "aBcd8b">
    // CHECK-SAME: stride = [1, 1] dilation = [1, 1] padding = [0, 0] relu
    %w = net.read_parameter @"conv.weight" : tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">>
    %b = net.read_parameter @bias : tensor<20xf32>
    %2 = net.conv2d %1, %w, %b {activation = #net.activation<relu>, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x16x8x8xf32, #net.layout<"aBcd8b">>, tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">>, tensor<20xf32>) -> tensor<2x20x6x6xf32, #net.layout<"aBcd8b">>
    // CHECK: %[[ROWS:.*]] = kernel.alloc : memref<2x20x6x6xf32>
    %3 = net.reorder %2 : (tensor<2x20x6x6xf32, #net.layout<"aBcd8b">>) -> tensor<2x20x6x6xf32>
    // CHECK: %[[FLAT:.*]] = kernel.reshape %[[ROWS]] : memref<2x20x6x6xf32> to memref<2x720xf32>
    %4 = net.reshape %3 {shape = array<i64: 720>} : (tensor<2x20x6x6xf32>) -> tensor<2x720xf32>
    // The result goes to the output at once, and may take its operand's place.
    // CHECK-NEXT: kernel.launch @activation_1(%[[FLAT]], %[[LOGITS]]) {in_place = {{\[\[}}1, 0]], {{.*}}}
    // CHECK-NEXT: kernel.return
    %5 = net.activation %4 {kind = #net.activation<tanh>} : (tensor<2x720xf32>) -> tensor<2x720xf32>
    return %5 : tensor<2x720xf32>
  }
}

// -----

// A pool's workspace is bytes of the library's own form.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: kernel.program @pool
  // CHECK: %[[WORKSPACE:.*]] = kernel.alloc : memref<128xi8>
  // CHECK: kernel.primitive forward max_pooling "jit:avx2" (src {{.*}}, workspace %[[WORKSPACE]] : memref<128xi8>{{.*}}) window = [2, 2] stride = [2, 2]
  // CHECK: kernel.primitive backward_data max_pooling "jit:avx2" (src {{.*}}, workspace %[[WORKSPACE]] : memref<128xi8>
  func.func @pool(%x: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">> {
    %y, %i = net.max_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> (tensor<2x16x2x2xf32, #net.layout<"aBcd8b">>, tensor<2x16x2x2xui8, #net.layout<"aBcd8b">>)
    %0 = net.max_pool2d_gradient %y, %i {input_shape = array<i64: 16, 4, 4>, window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x16x2x2xf32, #net.layout<"aBcd8b">>, tensor<2x16x2x2xui8, #net.layout<"aBcd8b">>) -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
    return %0 : tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  }
}

// -----

// Launches that do the same have one kernel, in all programs; another kind,
// shape or stream of numbers is another kernel. What nothing uses is gone.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  net.parameter @a : tensor<4x8xf32> {init = "zero"}
  net.parameter @b : tensor<4x8xf32> {init = "zero"}
  // CHECK-LABEL: kernel.program @first
  // CHECK: kernel.launch @activation_1(
  // CHECK-NEXT: kernel.alloc
  // CHECK-NEXT: kernel.launch @activation_1(
  // CHECK-NEXT: kernel.alloc
  // CHECK-NEXT: kernel.launch @activation_2(
  // CHECK-NEXT: kernel.launch @activation_3(
  // CHECK: kernel.launch @sgd_update_1(
  // CHECK: kernel.launch @sgd_update_1(
  // CHECK-NOT: kernel.launch
  func.func @first(%x: tensor<4x8xf32>, %z: tensor<4x9xf32>, %state: tensor<8xi32>) -> tensor<4x9xf32> {
    %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %2 = net.activation %1 {kind = #net.activation<tanh>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %3 = net.activation %z {kind = #net.activation<relu>} : (tensor<4x9xf32>) -> tensor<4x9xf32>
    net.sgd_update @a, %2, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<4x8xf32>, tensor<8xi32>
    net.sgd_update @b, %2, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<4x8xf32>, tensor<8xi32>
    %unused = net.activation %x {kind = #net.activation<sigmoid>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    return %3 : tensor<4x9xf32>
  }
  // CHECK-LABEL: kernel.program @second
  // CHECK: kernel.launch @activation_1(
  // CHECK: kernel.launch @dropout_1(
  // CHECK: kernel.launch @dropout_2(
  func.func @second(%x: tensor<4x8xf32>, %state: tensor<8xi32>) -> tensor<4x8xf32> {
    %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %1 = net.dropout %0, %state {rate = 0.5 : f64, path = "dropout_1"} : (tensor<4x8xf32>, tensor<8xi32>) -> tensor<4x8xf32>
    %2 = net.dropout %1, %state {rate = 0.5 : f64, path = "dropout_2"} : (tensor<4x8xf32>, tensor<8xi32>) -> tensor<4x8xf32>
    return %2 : tensor<4x8xf32>
  }
  // A small kernel is serial.
  // CHECK: kernel.func @activation_1({{.*}}serial}
}

// -----

// What a result may not take the place of.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: kernel.program @places
  // Other elements are read than the one that is written.
  // CHECK: kernel.launch @resize_1(%{{.*}}, %{{.*}}) {{.*}} : memref
  // Only an operand as large as the result gives its place.
  // CHECK: kernel.launch @dropout_1(%{{.*}}) {in_place = {{\[\[}}2, 0]], {{.*}}}
  func.func @places(%x: tensor<2x1x4x4xf32>, %state: tensor<8xi32>) -> tensor<2x1x4x4xf32> {
    %0 = net.resize %x {size = array<i64: 4, 4>} : (tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
    %1 = net.dropout %0, %state {rate = 0.5 : f64, path = "dropout_1"} : (tensor<2x1x4x4xf32>, tensor<8xi32>) -> tensor<2x1x4x4xf32>
    return %1 : tensor<2x1x4x4xf32>
  }

  // Returned as it came, and twice: copies.
  // CHECK-LABEL: kernel.program @copies(
  // CHECK-SAME: %[[X:.*]]: memref<2x4xf32> {kernel.name = "arg0", kernel.role = "input"}, %[[A:.*]]: memref<2x4xf32> {kernel.name = "result0", kernel.role = "output"}, %[[B:.*]]: memref<2x4xf32> {kernel.name = "result1",
  // CHECK: kernel.primitive forward reorder {{.*}}(src %[[X]] : <2x4xf32>, dst %[[A]] : <2x4xf32>
  // CHECK: kernel.primitive forward reorder {{.*}}(src %[[X]] : <2x4xf32>, dst %[[B]] : <2x4xf32>
  func.func @copies(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
    return %x, %x : tensor<2x4xf32>, tensor<2x4xf32>
  }
}

// -----

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  net.parameter @w : tensor<2x4xf32> {init = "zero"}
  func.func @f(%g: tensor<2x4xf32>, %state: tensor<8xi32>) -> tensor<2x4xf32> {
    %w = net.read_parameter @w : tensor<2x4xf32>
    // expected-note @below {{updated here}}
    net.sgd_update @w, %g, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<2x4xf32>, tensor<8xi32>
    // expected-error @below {{uses the value of @w from before its update}}
    %0 = net.activation %w {kind = #net.activation<relu>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
    return %0 : tensor<2x4xf32>
  }
}

// -----

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  func.func @f(%pixels: tensor<8x8xui8>) -> tensor<8x8xui8> {
    // expected-error @below {{cannot return a copy of 'tensor<8x8xui8>'}}
    return %pixels : tensor<8x8xui8>
  }
}

// -----

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  func.func @f(%loss: tensor<2xf32>, %state: tensor<8xi32>) {
    // expected-error @below {{'net.minimize' op has no kernel}}
    net.minimize %loss, %state {optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
    return
  }
}

// -----

// The training form of a normalisation is no op of the library: its statistics
// are an op of their own by then.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  net.parameter @m : tensor<6xf32> {init = "zero", trainable = false, statistic}
  net.parameter @v : tensor<6xf32> {init = "one", trainable = false, statistic}
  func.func @f(%x: tensor<2x6x4x4xf32>) -> tensor<2x6x4x4xf32> {
    // expected-error @below {{'net.batch_norm' op has no kernel}}
    %y, %mean, %variance = net.batch_norm %x {epsilon = 1.0e-05 : f64, momentum = 1.0e-01 : f64, running_mean = @m, running_variance = @v} : (tensor<2x6x4x4xf32>) -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
    return %y : tensor<2x6x4x4xf32>
  }
}

// -----

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // expected-error @below {{has two arguments named "x"}}
  func.func @f(%x: tensor<2x4xf32> {net.name = "x"}, %y: tensor<2x4xf32> {net.name = "x"}) {
    return
  }
}

// -----

// expected-error @below {{expected the module's target, such as `kernel.target = #kernel.cpu<...>`}}
module {
  func.func @f(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
    return %x : tensor<2x10xf32>
  }
}

// -----

// x + x reads one buffer and x + y two: they are two kernels.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
// CHECK-LABEL: kernel.program @sums
// CHECK: kernel.launch @add_1(%arg0, %arg0, %result0)
// CHECK: kernel.launch @add_2(%arg0, %arg1, %result1)
// CHECK: kernel.launch @add_2(%arg1, %arg0, %result2)
func.func @sums(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %a = net.add %x, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %b = net.add %x, %y : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = net.add %y, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %a, %b, %c : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}
}
