// RUN: %net-opt %s --net-lower-to-kernel --verify-diagnostics
// Lowering carries out what was chosen: nothing is chosen by it.

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
  func.func @f(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
    // expected-error @below {{'net.activation' op has no launch chosen for it}}
    %0 = net.activation %x {kind = #net.activation<tanh>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
    return %0 : tensor<2x10xf32>
  }
}
