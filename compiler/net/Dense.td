// Fully connected layers and their gradients.
#ifndef NET_DENSE_TD
#define NET_DENSE_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_DenseOp : Net_LayerOp<"dense", [
    DeclareOpInterfaceMethods<Net_ActivationFusionOpInterface>,
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "[N, in] times the transpose of a weight [out, in], plus a bias, then an activation";
  let description = [{
    ```mlir
    %y = net.dense %x, %w, %b : (tensor<2x400xf32>, tensor<120x400xf32>, tensor<120xf32>) -> tensor<2x120xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$weight,
      Optional<Net_FloatTensor>:$bias, OptionalAttr<Net_ActivationAttr>:$activation);
  let results = (outs Net_FloatTensor:$output);
}

def Net_DenseInputGradientOp : Net_LayerOp<"dense_input_gradient", [
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "the gradient of a dense layer's input: [N, out] times [out, in]";
  let description = [{
    With `activated`, the output of the relu that made the input: the gradient
    of the relu's own input, zero where `activated` is.
  }];
  let arguments = (ins Net_FloatTensor:$outputGradient, Net_FloatTensor:$weight,
      Optional<Net_FloatTensor>:$activated);
  let results = (outs Net_FloatTensor:$inputGradient);
}

def Net_DenseWeightGradientOp : Net_LayerOp<"dense_weight_gradient", [
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "the gradients of a dense layer's weight and, `with_bias`, of its bias";
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$outputGradient,
      BoolAttr:$with_bias);
  let results = (outs Net_FloatTensor:$weightGradient,
                      Optional<Net_FloatTensor>:$biasGradient);
}

#endif
