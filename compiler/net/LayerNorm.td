// Layer normalisation and its gradient.
#ifndef NET_LAYERNORM_TD
#define NET_LAYERNORM_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_LayerNormOp : Net_LayerOp<"layer_norm", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "(x - mean)/sqrt(variance + epsilon)*weight + bias of [N, D], mean and variance each example's own";
  let description = [{
    `affine` is nothing or weight and bias, [D] each; mean and variance are
    [N], the variance divided by D.
    ```mlir
    %y, %mean, %variance = net.layer_norm %x, %w, %b {epsilon = 1.0e-05 : f64}
      : (tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Variadic<Net_FloatTensor>:$affine,
      F64Attr:$epsilon);
  let results = (outs Net_FloatTensor:$output, Net_FloatTensor:$mean, Net_FloatTensor:$variance);
  let hasVerifier = 1;
}

def Net_LayerNormGradientOp : Net_LayerOp<"layer_norm_gradient"> {
  let summary = "the gradients of a layer normalisation's input and, where it has them, of weight and bias";
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$mean, Net_FloatTensor:$variance,
      Net_FloatTensor:$outputGradient, Optional<Net_FloatTensor>:$weight, F64Attr:$epsilon);
  let results = (outs Net_FloatTensor:$inputGradient,
      Variadic<Net_FloatTensor>:$affineGradients); // weight, then bias
}

#endif
