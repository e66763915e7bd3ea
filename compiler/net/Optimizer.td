// What a training step minimises, and the updates of its parameters.
#ifndef NET_OPTIMIZER_TD
#define NET_OPTIMIZER_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_TrainingOp : Net_Op<"training", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "how the network is trained; `net-build-programs` makes the programs from it";
  let description = [{
    `last_batch` is the size of an epoch's smaller last batch, 0 if there is none.
    The functions of transforms, `(pixels, samples, state) -> input`, come before
    the network in training and in evaluation; without them it takes the pixels.
    The loss is "softmax_cross_entropy", "sigmoid_binary_cross_entropy" or
    "mean_squared_error"; what it compares the output with is the `target`,
    "label" or "input". `evaluation_only` asks for no training steps.
    ```mlir
    net.training @network {loss = "softmax_cross_entropy", momentum = 0.0 : f64, weight_decay = 0.0 : f64, last_batch = 96 : i64}
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$network, StrAttr:$loss, F64Attr:$momentum,
                       F64Attr:$weight_decay, I64Attr:$last_batch,
                       OptionalAttr<FlatSymbolRefAttr>:$train_transforms,
                       OptionalAttr<FlatSymbolRefAttr>:$test_transforms,
                       OptionalAttr<F64Attr>:$label_smoothing,
                       DefaultValuedStrAttr<StrAttr, "label">:$target,
                       UnitAttr:$nesterov, UnitAttr:$evaluation_only);
  let assemblyFormat = "$network attr-dict";
  let hasVerifier = 1;
}

def Net_MinimizeOp : Net_Op<"minimize", []> {
  let summary = "asks for the gradients of the mean of `loss` and an SGD update of every trainable parameter";
  let description = [{
    Replaced by `net-differentiate`. The learning rate is the run state's.
    ```mlir
    net.minimize %loss, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<2xf32>, tensor<8xi32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$loss, Net_StateTensor:$state,
                       F64Attr:$momentum, F64Attr:$weight_decay, UnitAttr:$nesterov);
  let assemblyFormat = "operands attr-dict `:` type(operands)";
}

def Net_SgdUpdateOp : Net_Op<"sgd_update", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "one step of stochastic gradient descent on a parameter, in place";
  let description = [{
    As PyTorch's SGD: g += weight_decay*w; m = momentum*m + g; w -= lr*m, where m
    is the parameter `velocity` (absent: w -= lr*g). lr is the run state's times
    `learning_rate_scale`. With `nesterov`: w -= lr*(g + momentum*m).
    ```mlir
    net.sgd_update @"dense_1.weight", %g, %state {momentum = 0.0 : f64, weight_decay = 0.0 : f64} : tensor<10x84xf32>, tensor<8xi32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter, Net_FloatTensor:$gradient,
      Net_StateTensor:$state, OptionalAttr<FlatSymbolRefAttr>:$velocity,
      F64Attr:$momentum, F64Attr:$weight_decay, UnitAttr:$nesterov,
      DefaultValuedAttr<F64Attr, "::llvm::APFloat(1.0)">:$learning_rate_scale);
  let assemblyFormat = "$parameter `,` $gradient `,` $state (`velocity` $velocity^)? attr-dict `:` type($gradient) `,` type($state)";
}

#endif
