// RUN: %net-opt %s --netc-net | FileCheck %s --check-prefix=NET
// RUN: %net-opt %s --netc-net --netc-kernel | FileCheck %s --check-prefix=KERNEL
// RUN: %net-opt %s --netc-net --netc-kernel --netc-plan | FileCheck %s --check-prefix=PLAN
// RUN: %net-opt %s --netc-net --netc-kernel --netc-plan --kernel-verify-memory-plan -o /dev/null
// RUN: sed 's/net.signature = array<i64: 5>/net.signature = array<i64: 6>/' %s > %t.mlir
// RUN: not %net-opt %t.mlir --netc-net 2>&1 | FileCheck %s --check-prefix=SIGNATURE
// From a network as its text emits it to planned memory.

// The signature is proved first.
// SIGNATURE: error: declares the output 6 but its layers give 5

// Gradients are of the plain ops, fusion comes after.
// NET-LABEL: func.func @train_step
// NET: net.conv2d {{.*}}activation = #net.activation<relu>
// NET: net.softmax_cross_entropy_with_gradient
// NET: net.fused
// NET: net.activation_gradient
// NET: net.sgd_update
// NET-LABEL: func.func @evaluate
// NET-NOT: gradient
// NET-LABEL: func.func @initialize

// KERNEL-DAG: kernel.global @conv.weight
// KERNEL-DAG: kernel.global @dense.weight
// KERNEL-NOT: net.
// KERNEL: kernel.program @train_step
// KERNEL: kernel.alloc
// KERNEL: kernel.primitive forward convolution
// KERNEL: kernel.launch @sgd_update_1
// KERNEL: kernel.program @evaluate
// KERNEL: kernel.program @initialize
// KERNEL: kernel.func

// PLAN: kernel.arena_bytes = {{[1-9][0-9]*}} : i64
// PLAN: kernel.global {{.*}}offset = 0 : i64
// PLAN-NOT: kernel.alloc
// PLAN: kernel.slice {offset =

module attributes {kernel.target = #kernel.cpu<isa = "avx2", threads = 2>} {
net.parameter @"conv.weight" : tensor<4x1x3x3xf32> {init = "xavier", fan_in = 9 : i64, fan_out = 36 : i64}
net.parameter @"dense.weight" : tensor<5x144xf32> {init = "xavier", fan_in = 144 : i64, fan_out = 5 : i64}
func.func @network(%pixels: tensor<2x1x8x8xui8>, %state: tensor<8xi32>) -> tensor<*xf32> attributes {net.signature = array<i64: 5>} {
  %0 = net.to_tensor %pixels : (tensor<2x1x8x8xui8>) -> tensor<*xf32>
  %w = net.read_parameter @"conv.weight" : tensor<4x1x3x3xf32>
  %1 = net.conv2d %0, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<*xf32>, tensor<4x1x3x3xf32>) -> tensor<*xf32>
  %2 = net.activation %1 {kind = #net.activation<relu>} : (tensor<*xf32>) -> tensor<*xf32>
  %3 = net.dropout %2, %state {rate = 0.5 : f64, path = "dropout_1"} : (tensor<*xf32>, tensor<8xi32>) -> tensor<*xf32>
  %4 = net.reshape %3 {shape = array<i64: 144>} : (tensor<*xf32>) -> tensor<*xf32>
  %v = net.read_parameter @"dense.weight" : tensor<5x144xf32>
  %5 = net.dense %4, %v : (tensor<*xf32>, tensor<5x144xf32>) -> tensor<*xf32>
  return %5 : tensor<*xf32>
}
net.training @network {loss = "softmax_cross_entropy", optimizer = "sgd", last_batch = 0 : i64}
}
