// RUN: %net-opt %s --net-print-shapes -o /dev/null | FileCheck %s

// The layer's name where the location has one, and multiply-adds of what has
// any. What gives no value, and reads of parameters, have no line.
// CHECK-NOT: {{.}}
// CHECK: conv2d_1 net.conv2d 2x96x54x54 67744512
// CHECK-NEXT: relu_1 net.activation 2x96x54x54{{$}}
// CHECK-NEXT: - net.reshape 2x279936{{$}}
// CHECK-NEXT: - net.activation ?{{$}}
// CHECK-NOT: {{.}}
net.parameter @"conv2d_1.weight" : tensor<96x1x11x11xf32> {init = "xavier"}
func.func @network(%x: tensor<2x1x224x224xf32>, %unknown: tensor<*xf32>) {
  %w = net.read_parameter @"conv2d_1.weight" : tensor<96x1x11x11xf32>
  %0 = net.conv2d %x, %w {stride = array<i64: 4, 4>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x1x224x224xf32>, tensor<96x1x11x11xf32>) -> tensor<2x96x54x54xf32> loc("conv2d_1"("alexnet.net":3:3))
  %1 = net.activation %0 {kind = #net.activation<relu>} : (tensor<2x96x54x54xf32>) -> tensor<2x96x54x54xf32> loc("relu_1")
  %2 = net.reshape %1 {shape = array<i64: 279936>} : (tensor<2x96x54x54xf32>) -> tensor<2x279936xf32>
  %3 = net.activation %unknown {kind = #net.activation<relu>} : (tensor<*xf32>) -> tensor<*xf32>
  return
}
