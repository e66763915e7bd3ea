// RUN: %net-opt %s --net-expand-ops --verify-diagnostics

// expected-error @below {{expected the module's target, such as `kernel.target = #kernel.cpu<...>`}}
func.func @without_target(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  return %x : tensor<2x5xf32>
}
