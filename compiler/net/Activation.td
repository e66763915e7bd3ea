// Elementwise activations and their gradients.
#ifndef NET_ACTIVATION_TD
#define NET_ACTIVATION_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_ActivationOp : Net_LayerOp<"activation", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["keepsZero"]>]> {
  let summary = "applies relu, sigmoid or tanh to each element";
  let description = [{
    ```mlir
    %y = net.activation %x {kind = #net.activation<relu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
    ```
  }];
  let arguments = (ins Net_F32Tensor:$input, Net_ActivationAttr:$kind);
  let results = (outs Net_F32Tensor:$output);
}

def Net_ActivationGradientOp : Net_LayerOp<"activation_gradient", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["keepsZero"]>]> {
  let summary = "the gradient of an activation's input, from the activation's output";
  let description = [{
    relu: dy where y > 0; sigmoid: dy*y*(1 - y); tanh: dy*(1 - y*y).
    ```mlir
    %dx = net.activation_gradient %y, %dy {kind = #net.activation<relu>} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
    ```
  }];
  let arguments = (ins Net_F32Tensor:$output, Net_F32Tensor:$outputGradient,
                       Net_ActivationAttr:$kind);
  let results = (outs Net_F32Tensor:$inputGradient);
}

#endif
