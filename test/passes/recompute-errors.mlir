// A list of ops to run again that a person wrote: numbers that are no op's.
// RUN: not %net-opt --pass-pipeline='builtin.module(func.func(net-differentiate))' %s 2>&1 | FileCheck %s

net.parameter @w : tensor<4x4xf32> {init = "xavier"}
func.func @step(%x: tensor<2x4xf32>, %labels: tensor<2xi32>, %state: tensor<8xi32>) {
  %w = net.read_parameter @w : tensor<4x4xf32>
  %a = net.dense %x, %w : (tensor<2x4xf32>, tensor<4x4xf32>) -> tensor<2x4xf32>
  %loss, %correct = net.softmax_cross_entropy %a, %labels : (tensor<2x4xf32>, tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>)
  // CHECK: [[@LINE+1]]:3: error: 'net.minimize' op names ops to run again that are not there
  net.minimize %loss, %state {net.recompute = [array<i64: 2, 3>], optimizer = "sgd"} : tensor<2xf32>, tensor<8xi32>
  return
}
