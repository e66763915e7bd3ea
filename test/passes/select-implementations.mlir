// RUN: %net-opt %s --net-select-implementations --split-input-file --verify-diagnostics | FileCheck %s

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @fires
  func.func @fires(%x: tensor<8x16x8x8xf32, #net.layout<"aBcd8b">>, %w: tensor<16x16x3x3xf32, #net.layout<"ABcd8b8a">>, %rows: tensor<8x16x8x8xf32>,
                   %v: tensor<10x32xf32>, %values: tensor<8x32xf32>) {
    // CHECK: net.conv2d {{.*}}implementation = "jit:avx2"
    %0 = net.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<8x16x8x8xf32, #net.layout<"aBcd8b">>, tensor<16x16x3x3xf32, #net.layout<"ABcd8b8a">>) -> tensor<8x16x6x6xf32, #net.layout<"aBcd8b">>
    // CHECK: net.dense {{.*}}implementation = "x64:gemm:jit"
    %1 = net.dense %values, %v : (tensor<8x32xf32>, tensor<10x32xf32>) -> tensor<8x10xf32>
    // The same op on another layout has another implementation.
    // CHECK: net.avg_pool2d {{.*}}implementation = "jit:avx2"
    %2 = net.avg_pool2d %x {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<8x16x8x8xf32, #net.layout<"aBcd8b">>) -> tensor<8x16x4x4xf32, #net.layout<"aBcd8b">>
    // CHECK: net.avg_pool2d {{.*}}implementation = "simple_nchw:any"
    %3 = net.avg_pool2d %rows {window = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>} : (tensor<8x16x8x8xf32>) -> tensor<8x16x4x4xf32>
    // CHECK: net.reorder {{.*}}implementation = "jit:blk"
    %4 = net.reorder %rows : (tensor<8x16x8x8xf32>) -> tensor<8x16x8x8xf32, #net.layout<"aBcd8b">>
    return
  }
}

// -----

// Element ops and losses are our own kernels.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  // CHECK-LABEL: func.func @stays
  // CHECK-NOT: implementation
  func.func @stays(%x: tensor<2x10xf32>, %labels: tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>) {
    %0 = net.activation %x {kind = #net.activation<relu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
    %1 = net.reshape %0 {shape = array<i64: 10>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
    %loss, %correct = net.softmax_cross_entropy %1, %labels : (tensor<2x10xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
    return %loss, %correct : tensor<2xf32>, tensor<2xi32>
  }
}

// -----

// What the library has no implementation of.
module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  func.func @f(%x: tensor<2x4xf32, #net.layout<"aB8">>, %w: tensor<5x4xf32>) {
    // expected-error @below {{layout `aB8` of 2 dimensions}}
    %0 = net.dense %x, %w : (tensor<2x4xf32, #net.layout<"aB8">>, tensor<5x4xf32>) -> tensor<2x5xf32>
    return
  }
}

// -----

// expected-error @below {{expected the module's target, `kernel.target = #kernel.cpu<...>`}}
module {
  func.func @f(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
    return %x : tensor<2x10xf32>
  }
}
