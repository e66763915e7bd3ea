// Elementwise activations and their gradients.
#ifndef NET_ACTIVATION_TD
#define NET_ACTIVATION_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_ActivationOp : Net_LayerOp<"activation", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["keepsZero"]>]> {
  let summary = "applies a function to each element";
  let description = [{
    relu: min(max(x, 0), argument), without one no bound; sigmoid; tanh;
    leaky_relu: x where x > 0, else argument*x (0.01); gelu: x*(1 +
    erf(x/sqrt(2)))/2; silu: x*sigmoid(x); elu: x where x > 0, else
    argument*(exp(x) - 1) (1); softplus: log(1 + exp(x)); hard_swish: x*min(max(x +
    3, 0), 6)/6.
    ```mlir
    %y = net.activation %x {kind = #net.activation<relu>} : (tensor<2x10xf32>) -> tensor<2x10xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_ActivationAttr:$kind,
                       OptionalAttr<F64Attr>:$argument);
  let results = (outs Net_FloatTensor:$output);
}

def Net_ActivationGradientOp : Net_LayerOp<"activation_gradient", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["keepsZero"]>]> {
  let summary = "the gradient of an activation's input, from one of the activation's two sides";
  let description = [{
    `value` is the activation's output for relu, sigmoid, tanh and for leaky_relu
    with an argument of at least 0; for the others its input. relu: dy where 0 < y
    and y < argument; sigmoid: dy*y*(1 - y); tanh: dy*(1 - y*y).
    ```mlir
    %dx = net.activation_gradient %y, %dy {kind = #net.activation<relu>} : (tensor<2x10xf32>, tensor<2x10xf32>) -> tensor<2x10xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$value, Net_FloatTensor:$outputGradient,
                       Net_ActivationAttr:$kind, OptionalAttr<F64Attr>:$argument);
  let results = (outs Net_FloatTensor:$inputGradient);
}

#endif
