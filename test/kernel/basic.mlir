// RUN: %net-opt %s | %net-opt | FileCheck %s
// RUN: %net-opt %s --mlir-print-op-generic | %net-opt | FileCheck %s

// CHECK: module attributes {kernel.target = #kernel.cpu<isa = "avx512", threads = 2>}
module attributes {kernel.target = #kernel.cpu<isa = "avx512", threads = 2>} {
  // CHECK: kernel.global @conv2d_1.weight : memref<6x1x11x11x16xf32> {kind = "parameter", tensor = #kernel.tensor<96x1x11x11xf32, "Abcd16a">}
  kernel.global @"conv2d_1.weight" : memref<6x1x11x11x16xf32> {kind = "parameter", tensor = #kernel.tensor<96x1x11x11xf32, "Abcd16a">}
  // CHECK: kernel.global @dense_1.bias : memref<10xf32> {file_shape = array<i64: 1, 10>, kind = "state", offset = 64 : i64, tensor = #kernel.tensor<10xf32>}
  kernel.global @"dense_1.bias" : memref<10xf32> {file_shape = array<i64: 1, 10>, kind = "state", offset = 64 : i64, tensor = #kernel.tensor<10xf32>}

  // CHECK: kernel.program @evaluate(%[[PIXELS:.*]]: memref<2x1x28x28xi8> {kernel.name = "pixels", kernel.role = "input"},
  // CHECK-SAME: %[[LOSS:.*]]: memref<2xf32> {kernel.name = "loss", kernel.role = "output", kernel.tensor = #kernel.tensor<2xf32>}) attributes {batch = 2 : i64}
  kernel.program @evaluate(%pixels: memref<2x1x28x28xi8> {kernel.name = "pixels", kernel.role = "input"},
                           %loss: memref<2xf32> {kernel.name = "loss", kernel.role = "output", kernel.tensor = #kernel.tensor<2xf32>})
      attributes {batch = 2 : i64} {
    // CHECK: %[[X:.*]] = kernel.alloc : memref<2x1x28x28xf32>
    %x = kernel.alloc : memref<2x1x28x28xf32>
    // CHECK: kernel.launch @to_tensor(%[[X]], %[[PIXELS]]) : memref<2x1x28x28xf32>, memref<2x1x28x28xi8>
    kernel.launch @to_tensor(%x, %pixels) : memref<2x1x28x28xf32>, memref<2x1x28x28xi8>
    // CHECK: %[[W:.*]] = kernel.get_global @conv2d_1.weight : memref<6x1x11x11x16xf32>
    %w = kernel.get_global @"conv2d_1.weight" : memref<6x1x11x11x16xf32>
    // CHECK: %[[Y:.*]] = kernel.slice {offset = 128 : i64} : memref<2x6x5x5x16xf32>
    %y = kernel.slice {offset = 128 : i64} : memref<2x6x5x5x16xf32>
    %s = kernel.alloc : memref<100xi8>
    // CHECK: kernel.primitive forward convolution "jit:avx512_core"
    // CHECK-SAME: (src %[[X]] : <2x1x28x28xf32>, weights %[[W]] : <96x1x11x11xf32, "Abcd16a">,
    // CHECK-SAME: dst %[[Y]] : <2x96x5x5xf32, "aBcd16b">, scratchpad %{{.*}} : memref<100xi8>)
    // CHECK-SAME: stride = [4, 4] dilation = [1, 1] padding = [0, 0] relu
    kernel.primitive forward convolution "jit:avx512_core"
      (src %x : <2x1x28x28xf32>, weights %w : <96x1x11x11xf32, "Abcd16a">,
       dst %y : <2x96x5x5xf32, "aBcd16b">, scratchpad %s : memref<100xi8>)
      stride = [4, 4] dilation = [1, 1] padding = [0, 0] relu
    %z = kernel.alloc : memref<2x96x4x4xf32>
    %workspace = kernel.alloc : memref<3072xi8>
    // CHECK: kernel.primitive forward max_pooling "jit:avx512_common"
    // CHECK-SAME: workspace %{{.*}} : memref<3072xi8>) window = [2, 2] stride = [1, 1] padding = [0, 0]
    kernel.primitive forward max_pooling "jit:avx512_common"
      (src %y : <2x96x5x5xf32, "aBcd16b">, dst %z : <2x96x4x4xf32>, workspace %workspace : memref<3072xi8>)
      window = [2, 2] stride = [1, 1] padding = [0, 0]
    %channels = kernel.alloc : memref<96xf32>
    // CHECK: kernel.primitive forward batch_normalization "bnorm_jit:avx512_core"
    // CHECK-SAME: mean %[[C:.*]] : <96xf32>, variance %[[C]] : <96xf32>, dst
    // CHECK-SAME: epsilon = 1.000000e-05 given_statistics
    kernel.primitive forward batch_normalization "bnorm_jit:avx512_core"
      (src %y : <2x96x5x5xf32, "aBcd16b">, mean %channels : <96xf32>, variance %channels : <96xf32>,
       dst %y : <2x96x5x5xf32, "aBcd16b">) epsilon = 1.0e-5 given_statistics
    // CHECK: %[[FLAT:.*]] = kernel.reshape %{{.*}} : memref<2x96x4x4xf32> to memref<2x1536xf32>
    %flat = kernel.reshape %z : memref<2x96x4x4xf32> to memref<2x1536xf32>
    %relu = kernel.alloc : memref<2x1536xf32>
    // CHECK: kernel.launch @relu(%{{.*}}, %[[FLAT]]) {in_place = {{\[\[}}0, 1]]} : memref<2x1536xf32>, memref<2x1536xf32>
    kernel.launch @relu(%relu, %flat) {in_place = [[0, 1]]} : memref<2x1536xf32>, memref<2x1536xf32>
    kernel.launch @mean(%loss, %relu) : memref<2xf32>, memref<2x1536xf32>
    // CHECK: kernel.return
    kernel.return
  }

  // CHECK: kernel.func @to_tensor(%{{.*}}: memref<2x1x28x28xf32>, %{{.*}}: memref<2x1x28x28xi8>, %{{.*}}: index, %{{.*}}: index)
  // CHECK-SAME: attributes {access = ["write", "read"], serial}
  kernel.func @to_tensor(%x: memref<2x1x28x28xf32>, %pixels: memref<2x1x28x28xi8>, %part: index, %parts: index)
      attributes {access = ["write", "read"], serial} {
    kernel.return
  }
  kernel.func @relu(%y: memref<2x1536xf32>, %x: memref<2x1536xf32>, %part: index, %parts: index)
      attributes {access = ["write", "read"]} {
    kernel.return
  }
  kernel.func @mean(%y: memref<2xf32>, %x: memref<2x1536xf32>, %part: index, %parts: index)
      attributes {access = ["write", "read"]} {
    kernel.return
  }
}
