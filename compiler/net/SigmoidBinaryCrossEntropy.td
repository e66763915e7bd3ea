// Binary cross-entropy of logits and its gradient.
#ifndef NET_SIGMOIDBINARYCROSSENTROPY_TD
#define NET_SIGMOIDBINARYCROSSENTROPY_TD

include "compiler/net/ElementLoss.td"

def Net_SigmoidBinaryCrossEntropyOp : Net_ElementLossOp<"sigmoid_binary_cross_entropy",
    "SigmoidBinaryCrossEntropyGradientOp"> {
  let summary = "each example's mean of max(x, 0) - x*t + log(1 + exp(-|x|)) over its elements";
  let description = [{
    The binary cross-entropy of sigmoid(x) and the target t, for any x.
    ```mlir
    %loss = net.sigmoid_binary_cross_entropy %x, %t : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2xf32>
    ```
  }];
}
def Net_SigmoidBinaryCrossEntropyGradientOp
    : Net_ElementLossGradientOp<"sigmoid_binary_cross_entropy_gradient"> {
  let summary = "(sigmoid(x) - t) * lossGradient of the example / its elements";
}

#endif
