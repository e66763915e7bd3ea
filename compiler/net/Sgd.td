// Stochastic gradient descent.
#ifndef NET_SGD_TD
#define NET_SGD_TD

include "compiler/net/Update.td"

def Net_SgdUpdateOp : Net_UpdateOp<"sgd_update",
    (ins F64Attr:$momentum, F64Attr:$weight_decay, UnitAttr:$nesterov)> {
  let summary = "one step of stochastic gradient descent on a parameter, in place";
  let description = [{
    As PyTorch's SGD: g += weight_decay*w; m = momentum*m + g; w -= lr*m. With a
    momentum of 0 no m, the state `velocity`, is kept: w -= lr*g. lr is the run
    state's times `learning_rate_scale`. With `nesterov`: w -= lr*(g + momentum*m).
    - sgd_update_c1: it keeps one state where the momentum is not 0, else none.
    ```mlir
    net.sgd_update @"dense_1.weight", %g, %state keeps [@"dense_1.weight.velocity"]
      {momentum = 9.0e-01 : f64, weight_decay = 0.0 : f64} : tensor<10x84xf32>, tensor<8xi32>
    ```
  }];
  let hasVerifier = 1;
}

#endif
