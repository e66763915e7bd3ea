// RUN: %net-opt %s --split-input-file --verify-diagnostics

kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{expected forward, backward_data or backward_weights, got `backward`}}
  kernel.primitive backward reorder "simple" (src %x : <4xf32>, dst %x : <4xf32>)
  kernel.return
}

// -----

kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{expected the role of a buffer, got `source`}}
  kernel.primitive forward reorder "simple" (source %x : <4xf32>, dst %x : <4xf32>)
  kernel.return
}

// -----

// primitive_c1
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has two buffers for src}}
  kernel.primitive forward reorder "simple" (src %x : <4xf32>, src %x : <4xf32>)
  kernel.return
}

// -----

// primitive_c1
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{needs a buffer for dst}}
  kernel.primitive forward reorder "simple" (src %x : <4xf32>)
  kernel.return
}

// -----

// primitive_c1
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{there is no backward_data of reorder}}
  kernel.primitive backward_data reorder "simple" (src %x : <4xf32>, dst %x : <4xf32>)
  kernel.return
}

// -----

// primitive_c1
kernel.program @p(%x: memref<2x3xf32> {kernel.name = "x", kernel.role = "input"},
                  %w: memref<4x3xf32> {kernel.name = "w", kernel.role = "input"},
                  %b: memref<4xf32> {kernel.name = "b", kernel.role = "input"},
                  %y: memref<2x4xf32> {kernel.name = "y", kernel.role = "input"}) attributes {batch = 2 : i64} {
  // expected-error @below {{takes no buffer for bias}}
  kernel.primitive backward_data inner_product "gemm:jit"
    (src %x : <2x3xf32>, weights %w : <4x3xf32>, bias %b : <4xf32>, dst %y : <2x4xf32>)
  kernel.return
}

// -----

// primitive_c1: the gradient of a max pool needs what won.
kernel.program @p(%x: memref<1x1x4x4xf32> {kernel.name = "x", kernel.role = "output"},
                  %y: memref<1x1x2x2xf32> {kernel.name = "y", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{needs a buffer for workspace}}
  kernel.primitive backward_data max_pooling "simple" (src %x : <1x1x4x4xf32>, dst %y : <1x1x2x2xf32>) window = [2, 2]
  kernel.return
}

// -----

// primitive_c2
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has 1 tensors, but 2 buffers that hold one}}
  "kernel.primitive"(%x, %x) {kind = #kernel.primitive_kind<reorder>, propagation = #kernel.propagation<forward>,
    implementation = "simple", roles = [#kernel.role<src>, #kernel.role<dst>], tensors = [#kernel.tensor<4xf32>]}
    : (memref<4xf32>, memref<4xf32>) -> ()
  kernel.return
}

// -----

// primitive_c3
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has a buffer 'memref<4xf32>' for dst, but its tensor lies in 'memref<1x8xf32>'}}
  "kernel.primitive"(%x, %x) {kind = #kernel.primitive_kind<reorder>, propagation = #kernel.propagation<forward>,
    implementation = "simple", roles = [#kernel.role<src>, #kernel.role<dst>],
    tensors = [#kernel.tensor<4xf32>, #kernel.tensor<4xf32, "A8a">]} : (memref<4xf32>, memref<4xf32>) -> ()
  kernel.return
}

// -----

// primitive_c4
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{expected a memref<Nxi8> for scratchpad, got 'memref<4xf32>'}}
  kernel.primitive forward reorder "simple" (src %x : <4xf32>, dst %x : <4xf32>, scratchpad %x : memref<4xf32>)
  kernel.return
}

// -----

// primitive_c5
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{expected two sizes for `stride`, got [1]}}
  kernel.primitive forward reorder "simple" (src %x : <4xf32>, dst %x : <4xf32>) stride = [1]
  kernel.return
}

// -----

// primitive_c6
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{cannot fuse a ReLU: only a forward convolution or inner product and a batch normalization can}}
  kernel.primitive forward reorder "simple" (src %x : <4xf32>, dst %x : <4xf32>) relu
  kernel.return
}

// -----

// primitive_c1: a scale has a gradient.
kernel.program @p(%x: memref<4x4xf32> {kernel.name = "x", kernel.role = "input"},
                  %c: memref<4xf32> {kernel.name = "c", kernel.role = "input"}) attributes {batch = 4 : i64} {
  // expected-error @below {{needs a buffer for weights_gradient}}
  kernel.primitive backward_data batch_normalization "bnorm_jit:avx2"
    (src %x : <4x4xf32>, weights %c : <4xf32>, mean %c : <4xf32>, variance %c : <4xf32>, dst %x : <4x4xf32>, src_gradient %x : <4x4xf32>)
    epsilon = 1.0e-5
  kernel.return
}

// -----

// primitive_c1
kernel.program @p(%x: memref<4x4xf32> {kernel.name = "x", kernel.role = "input"},
                  %c: memref<4xf32> {kernel.name = "c", kernel.role = "input"}) attributes {batch = 4 : i64} {
  // expected-error @below {{needs a buffer for variance}}
  kernel.primitive forward layer_normalization "lnorm_jit:avx2"
    (src %x : <4x4xf32>, mean %c : <4xf32>, dst %x : <4x4xf32>) epsilon = 1.0e-5
  kernel.return
}

// -----

// primitive_c7
kernel.program @p(%x: memref<4xf32> {kernel.name = "x", kernel.role = "input"}) attributes {batch = 1 : i64} {
  // expected-error @below {{has the epsilon or statistics of a normalization}}
  kernel.primitive forward reorder "simple" (src %x : <4xf32>, dst %x : <4xf32>) epsilon = 1.0e-5
  kernel.return
}
