// RUN: %net-opt %s --net-select-launches --split-input-file --verify-diagnostics | FileCheck %s

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // The step decides each parameter's layout; a velocity lies as its parameter.
  // CHECK: net.parameter @conv.weight : tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">>
  // CHECK: net.parameter @conv.weight.velocity : tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">>
  // CHECK: net.parameter @dense.weight : tensor<10x720xf32, #net.layout<"ba">>
  net.parameter @"conv.weight" : tensor<20x16x3x3xf32> {init = "xavier"}
  net.parameter @"conv.weight.velocity" : tensor<20x16x3x3xf32> {init = "zero", trainable = false, state = "velocity", state_of = @"conv.weight"}
  net.parameter @"dense.weight" : tensor<10x720xf32> {init = "xavier"}

  // What is made for a parameter is made row-major, then reordered.
  // CHECK-LABEL: func.func @initialize
  // CHECK: %[[FILL:.*]] = net.fill {{.*}}value = 0.000000e+00 : f64} : tensor<20x16x3x3xf32>
  // CHECK: %[[BLOCKED:.*]] = net.reorder %[[FILL]] {{.*}} : (tensor<20x16x3x3xf32>) -> tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">>
  // CHECK: net.write_parameter @conv.weight, %[[BLOCKED]]
  func.func @initialize() {
    %0 = net.fill {value = 0.0 : f64} : tensor<20x16x3x3xf32>
    net.write_parameter @"conv.weight", %0 : tensor<20x16x3x3xf32>
    return
  }

  // CHECK-LABEL: func.func @train_step
  // CHECK-SAME: (%[[X:[^:]*]]: tensor<8x16x8x8xf32>,
  func.func @train_step(%x: tensor<8x16x8x8xf32>, %dy: tensor<8x10xf32>, %state: tensor<8xi32>) -> tensor<8x10xf32> {
    // The convolution chooses, so its input is reordered.
    // CHECK: %[[W:.*]] = net.read_parameter @conv.weight : tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">>
    // CHECK: %[[BLOCKED:.*]] = net.reorder %[[X]] {{.*}} : (tensor<8x16x8x8xf32>) -> tensor<8x16x8x8xf32, #net.layout<"aBcd8b">>
    // CHECK: %[[CONV:.*]] = net.conv2d %[[BLOCKED]], %[[W]] {{.*}} -> tensor<8x20x6x6xf32, #net.layout<"aBcd8b">>
    %w = net.read_parameter @"conv.weight" : tensor<20x16x3x3xf32>
    %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<8x16x8x8xf32>, tensor<20x16x3x3xf32>) -> tensor<8x20x6x6xf32>
    // Element ops take what they get.
    // CHECK-NEXT: %[[Y:.*]] = net.activation %[[CONV]] {{.*}} -> tensor<8x20x6x6xf32, #net.layout<"aBcd8b">>
    %1 = net.activation %0 {kind = #net.activation<sigmoid>} : (tensor<8x20x6x6xf32>) -> tensor<8x20x6x6xf32>
    // A reshape is of row-major elements.
    // CHECK-NEXT: %[[ROWS:.*]] = net.reorder %[[Y]] {{.*}} : (tensor<8x20x6x6xf32, #net.layout<"aBcd8b">>) -> tensor<8x20x6x6xf32>
    // CHECK-NEXT: net.reshape %[[ROWS]]
    %2 = net.reshape %1 {shape = array<i64: 720>} : (tensor<8x20x6x6xf32>) -> tensor<8x720xf32>
    %v = net.read_parameter @"dense.weight" : tensor<10x720xf32>
    %3 = net.dense %2, %v : (tensor<8x720xf32>, tensor<10x720xf32>) -> tensor<8x10xf32>
    // Backward, the dense layer takes its weight as it lies.
    // CHECK: net.dense_input_gradient {{.*}} : (tensor<8x10xf32>, tensor<10x720xf32, #net.layout<"ba">>) -> tensor<8x720xf32>
    %4 = net.dense_input_gradient %dy, %v : (tensor<8x10xf32>, tensor<10x720xf32>) -> tensor<8x720xf32>
    // CHECK: %[[GRADIENT:.*]] = net.reorder {{.*}} -> tensor<8x20x6x6xf32, #net.layout<"aBcd8b">>
    // CHECK-NEXT: %[[D:.*]] = net.activation_gradient %[[Y]], %[[GRADIENT]]
    %5 = net.reshape %4 {shape = array<i64: 20, 6, 6>} : (tensor<8x720xf32>) -> tensor<8x20x6x6xf32>
    %6 = net.activation_gradient %1, %5 {kind = #net.activation<sigmoid>} : (tensor<8x20x6x6xf32>, tensor<8x20x6x6xf32>) -> tensor<8x20x6x6xf32>
    // The reorder of the input is made once.
    // CHECK-NEXT: %[[DW:.*]] = net.conv2d_filter_gradient %[[BLOCKED]], %[[D]] {{.*}} -> tensor<20x16x3x3xf32, #net.layout<"ABcd8b8a">>
    // CHECK-NEXT: net.sgd_update @conv.weight, %[[DW]],
    %7 = net.conv2d_filter_gradient %x, %6 {filter_shape = array<i64: 20, 16, 3, 3>, with_bias = false, stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<8x16x8x8xf32>, tensor<8x20x6x6xf32>) -> tensor<20x16x3x3xf32>
    net.sgd_update @"conv.weight", %7, %state keeps [@"conv.weight.velocity"] {momentum = 0.9 : f64, weight_decay = 0.0 : f64} : tensor<20x16x3x3xf32>, tensor<8xi32>
    return %3 : tensor<8x10xf32>
  }
}

// -----

// A pool works in the layout that it gets; its indices and its gradient lie as
// its output. The function's result is row-major.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @pool
  // CHECK-SAME: -> tensor<2x16x4x4xf32>
  // CHECK: %{{.*}}, %[[I:.*]] = net.max_pool2d {{.*}} -> (tensor<2x16x2x2xf32, #net.layout<"aBcd8b">>, tensor<2x16x2x2xui8, #net.layout<"aBcd8b">>)
  // CHECK: %[[D:.*]] = net.reorder {{.*}} -> tensor<2x16x2x2xf32, #net.layout<"aBcd8b">>
  // CHECK: %[[DX:.*]] = net.max_pool2d_gradient %[[D]], %[[I]] {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK: %[[ROWS:.*]] = net.reorder %[[DX]] {{.*}} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x4x4xf32>
  // CHECK: return %[[ROWS]] : tensor<2x16x4x4xf32>
  func.func @pool(%x: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, %dy: tensor<2x16x2x2xf32>) -> tensor<2x16x4x4xf32> {
    %y, %i = net.max_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> (tensor<2x16x2x2xf32>, tensor<2x16x2x2xui8>)
    %0 = net.max_pool2d_gradient %dy, %i {input_shape = array<i64: 16, 4, 4>, window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x16x2x2xf32>, tensor<2x16x2x2xui8>) -> tensor<2x16x4x4xf32>
    return %0 : tensor<2x16x4x4xf32>
  }
}

// -----

// A fused op's body follows its operands; what it gathers is row-major.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @fused
  // CHECK: %[[DY:.*]] = net.reorder %{{.*}} : (tensor<2x16x4x4xf32>) -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK: net.fused (%{{.*}} = %{{.*}} : tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, %{{.*}} = %[[DY]] : tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, %{{.*}} = %{{.*}} : tensor<8xi32>)
  // CHECK: net.dropout {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  func.func @fused(%y: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, %dy: tensor<2x16x4x4xf32>, %state: tensor<8xi32>) -> tensor<2x16x4x4xf32> {
    %0 = net.fused (%a = %y : tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, %b = %dy : tensor<2x16x4x4xf32>, %s = %state : tensor<8xi32>) -> tensor<2x16x4x4xf32> {
      %1 = net.dropout %b, %s {rate = 0.5 : f64, path = "dropout_1"} : (tensor<2x16x4x4xf32>, tensor<8xi32>) -> tensor<2x16x4x4xf32>
      %2 = net.activation_gradient %a, %1 {kind = #net.activation<relu>} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x16x4x4xf32>) -> tensor<2x16x4x4xf32>
      net.yield %2 : tensor<2x16x4x4xf32>
    }
    return %0 : tensor<2x16x4x4xf32>
  }

  // CHECK-LABEL: func.func @gather
  // CHECK: %[[ROWS:.*]] = net.reorder %{{.*}} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x4x4xf32>
  // CHECK: net.resize %[[ROWS]] {{.*}} -> tensor<2x16x8x8xf32>
  func.func @gather(%x: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x8x8xf32> {
    %0 = net.resize %x {size = array<i64: 8, 8>} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x8x8xf32>
    return %0 : tensor<2x16x8x8xf32>
  }
}

// -----

// Where all is row-major there is nothing to do.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @rows
  // CHECK-NOT: net.reorder
  // CHECK-NOT: #net.layout
  // CHECK: return
  func.func @rows(%logits: tensor<2x10xf32>, %labels: tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>) {
    %0 = net.activation %logits {kind = #net.activation<tanh>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
    %loss, %correct = net.softmax_cross_entropy %0, %labels : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
    return %loss, %correct : tensor<2xf32>, tensor<2xi32>
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

// A sum works in the layout of the operand that has one, whichever it is: what
// is row-major is reordered, not its neighbours.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @sum
  // CHECK-SAME: %[[ROWS:[^:]*]]: tensor<2x16x4x4xf32>, %[[BLOCKED:[^:]*]]: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK: %[[COPY:.*]] = net.reorder %[[ROWS]] {{.*}} : {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK-NEXT: net.add %[[COPY]], %[[BLOCKED]] {{.*}} : {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  func.func @sum(%rows: tensor<2x16x4x4xf32>, %blocked: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x4x4xf32> {
    %0 = net.add %rows, %blocked : (tensor<2x16x4x4xf32>, tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>) -> tensor<2x16x4x4xf32>
    return %0 : tensor<2x16x4x4xf32>
  }

  // The gradient of a global pool comes from a vector and meets blocks: one
  // number a channel is reordered, not the plane.
  // CHECK-LABEL: func.func @global
  // CHECK: %[[DY:.*]] = net.reorder %{{.*}} : (tensor<2x16x1x1xf32>) -> tensor<2x16x1x1xf32, #net.layout<"aBcd8b">>
  // CHECK-NEXT: %[[DX:.*]] = net.avg_pool2d_gradient %[[DY]] {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK-NEXT: net.activation_gradient %{{.*}}, %[[DX]]
  func.func @global(%y: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, %dy: tensor<2x16x1x1xf32>) -> tensor<2x16x4x4xf32> {
    %0 = net.avg_pool2d_gradient %dy {input_shape = array<i64: 16, 4, 4>, window = array<i64: 4, 4>, stride = array<i64: 4, 4>, padding = array<i64: 0, 0>} : (tensor<2x16x1x1xf32>) -> tensor<2x16x4x4xf32>
    %1 = net.activation_gradient %y, %0 {kind = #net.activation<relu>} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, tensor<2x16x4x4xf32>) -> tensor<2x16x4x4xf32>
    return %1 : tensor<2x16x4x4xf32>
  }

  // Where nothing waits for it in blocks it stays as it is.
  // CHECK-LABEL: func.func @alone
  // CHECK-NOT: net.reorder
  // CHECK: net.avg_pool2d_gradient {{.*}} -> tensor<2x16x4x4xf32>
  func.func @alone(%dy: tensor<2x16x1x1xf32>) -> tensor<2x16x4x4xf32> {
    %0 = net.avg_pool2d_gradient %dy {input_shape = array<i64: 16, 4, 4>, window = array<i64: 4, 4>, stride = array<i64: 4, 4>, padding = array<i64: 0, 0>} : (tensor<2x16x1x1xf32>) -> tensor<2x16x4x4xf32>
    return %0 : tensor<2x16x4x4xf32>
  }

  // A normalisation works in its input's layout, and its gradient meets it there;
  // its statistics are rows. That of a layer takes rows.
  // CHECK-LABEL: func.func @norm
  // CHECK: net.batch_norm_inference {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK: %[[DYB:.*]] = net.reorder %{{.*}} : (tensor<2x16x4x4xf32>) -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK: net.batch_norm_gradient %{{.*}}, %{{.*}}, %{{.*}}, %[[DYB]] {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  func.func @norm(%x: tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, %c: tensor<16xf32>, %dy: tensor<2x16x4x4xf32>) -> (tensor<2x16x4x4xf32>, tensor<2x16x4x4xf32>) {
    %0 = net.batch_norm_inference %x, %c, %c {epsilon = 1.0e-5 : f64} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, tensor<16xf32>, tensor<16xf32>) -> tensor<2x16x4x4xf32>
    %1 = net.batch_norm_gradient %x, %c, %c, %dy {epsilon = 1.0e-5 : f64, with_bias = false} : (tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>, tensor<16xf32>, tensor<16xf32>, tensor<2x16x4x4xf32>) -> tensor<2x16x4x4xf32>
    return %0, %1 : tensor<2x16x4x4xf32>, tensor<2x16x4x4xf32>
  }
  // CHECK-LABEL: func.func @layer
  // CHECK: %[[R:.*]] = net.reorder %{{.*}} -> tensor<8x16xf32>
  // CHECK: net.layer_norm %[[R]]
  func.func @layer(%x: tensor<8x16xf32, #net.layout<"ba">>) -> tensor<8x16xf32> {
    %0:3 = net.layer_norm %x {epsilon = 1.0e-5 : f64} : (tensor<8x16xf32, #net.layout<"ba">>) -> (tensor<8x16xf32>, tensor<8xf32>, tensor<8xf32>)
    return %0#0 : tensor<8x16xf32>
  }
}

// -----

// In blocks of 4, those of small groups, the library has only naive loops: both
// ways leave them by the same copy.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @smallBlocks
  // The statistics are read as they lie.
  // CHECK: net.batch_statistics %{{.*}} : (tensor<2x16x4x4xf32, #net.layout<"aBcd4b">>)
  // CHECK: %[[X:.*]] = net.reorder %{{.*}} : (tensor<2x16x4x4xf32, #net.layout<"aBcd4b">>) -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK-NEXT: %[[Y:.*]] = net.batch_norm_inference %[[X]], {{.*}}reason = "oneDNN's choice in blocks of a vector: in aBcd4b the library has only its reference loops, which cost far more than reorders"{{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  // CHECK-NEXT: net.avg_pool2d %[[Y]] {{.*}} -> tensor<2x16x2x2xf32, #net.layout<"aBcd8b">>
  // CHECK: net.batch_norm_gradient %[[X]], {{.*}} -> tensor<2x16x4x4xf32, #net.layout<"aBcd8b">>
  func.func @smallBlocks(%x: tensor<2x16x4x4xf32, #net.layout<"aBcd4b">>, %dy: tensor<2x16x4x4xf32>) -> (tensor<2x16x2x2xf32>, tensor<2x16x4x4xf32>) {
    %mean, %variance = net.batch_statistics %x : (tensor<2x16x4x4xf32, #net.layout<"aBcd4b">>) -> (tensor<16xf32>, tensor<16xf32>)
    %0 = net.batch_norm_inference %x, %mean, %variance {epsilon = 1.0e-5 : f64} : (tensor<2x16x4x4xf32, #net.layout<"aBcd4b">>, tensor<16xf32>, tensor<16xf32>) -> tensor<2x16x4x4xf32>
    %1 = net.avg_pool2d %0 {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<2x16x4x4xf32>) -> tensor<2x16x2x2xf32>
    %2 = net.batch_norm_gradient %x, %mean, %variance, %dy {epsilon = 1.0e-5 : f64, with_bias = false} : (tensor<2x16x4x4xf32, #net.layout<"aBcd4b">>, tensor<16xf32>, tensor<16xf32>, tensor<2x16x4x4xf32>) -> tensor<2x16x4x4xf32>
    return %1, %2 : tensor<2x16x2x2xf32>, tensor<2x16x4x4xf32>
  }
}

// -----

// Statistics are summed in double precision in any layout whose channels alone
// are in blocks; any other is left by a reorder.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @statisticsOfBlockedExamples
  // CHECK: %[[X:.*]] = net.reorder %{{.*}} : (tensor<16x16x4x4xf32, #net.layout<"ABcd16a16b">>) -> tensor<16x16x4x4xf32>
  // CHECK: net.batch_statistics %[[X]]
  func.func @statisticsOfBlockedExamples(%x: tensor<16x16x4x4xf32, #net.layout<"ABcd16a16b">>) -> tensor<16xf32> {
    %mean, %variance = net.batch_statistics %x : (tensor<16x16x4x4xf32, #net.layout<"ABcd16a16b">>) -> (tensor<16xf32>, tensor<16xf32>)
    return %mean : tensor<16xf32>
  }
}
