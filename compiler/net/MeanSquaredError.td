// The mean squared error and its gradient.
#ifndef NET_MEANSQUAREDERROR_TD
#define NET_MEANSQUAREDERROR_TD

include "compiler/net/ElementLoss.td"

def Net_MeanSquaredErrorOp : Net_ElementLossOp<"mean_squared_error",
    "MeanSquaredErrorGradientOp"> {
  let summary = "each example's mean of (x - t)^2 over its elements";
  let description = [{
    ```mlir
    %loss = net.mean_squared_error %x, %t : (tensor<2x1x4x4xf32>, tensor<2x1x4x4xf32>) -> tensor<2xf32>
    ```
  }];
}
def Net_MeanSquaredErrorGradientOp : Net_ElementLossGradientOp<"mean_squared_error_gradient"> {
  let summary = "2*(x - t) * lossGradient of the example / its elements";
}

#endif
