// Two-dimensional convolution and its gradients.
#ifndef NET_CONV2D_TD
#define NET_CONV2D_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_Conv2DOp : Net_LayerOp<"conv2d", [
    DeclareOpInterfaceMethods<Net_ActivationFusionOpInterface>,
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "convolution of [N, C, H, W] with filters, plus a bias, then an activation";
  let description = [{
    The height becomes (H + 2*padding - dilation*(kernel - 1) - 1)/stride + 1,
    rounded down, the width likewise. The filter is [O, C, kh, kw], or with
    groups [G, O/G, C/G, kh, kw].
    ```mlir
    %y = net.conv2d %x, %w, %b {stride = array<i64: 4, 4>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<2x1x224x224xf32>, tensor<96x1x11x11xf32>, tensor<96xf32>) -> tensor<2x96x54x54xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$filter,
      Optional<Net_FloatTensor>:$bias, DenseI64ArrayAttr:$stride,
      DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilation, I64Attr:$groups,
      OptionalAttr<Net_ActivationAttr>:$activation);
  let results = (outs Net_FloatTensor:$output);
}

def Net_Conv2DInputGradientOp : Net_LayerOp<"conv2d_input_gradient", [
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "the gradient of a convolution's input, [C, H, W] = `input_shape`";
  let description = [{
    With `activated`, the output of the relu that made the input: the gradient
    of the relu's own input, zero where `activated` is.
  }];
  let arguments = (ins Net_FloatTensor:$outputGradient, Net_FloatTensor:$filter,
      Optional<Net_FloatTensor>:$activated, DenseI64ArrayAttr:$input_shape, DenseI64ArrayAttr:$stride,
      DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilation, I64Attr:$groups);
  let results = (outs Net_FloatTensor:$inputGradient);
}

def Net_Conv2DFilterGradientOp : Net_LayerOp<"conv2d_filter_gradient", [
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "the gradients of a convolution's filter and, `with_bias`, of its bias";
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$outputGradient,
      DenseI64ArrayAttr:$filter_shape, BoolAttr:$with_bias,
      DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding,
      DenseI64ArrayAttr:$dilation, I64Attr:$groups);
  let results = (outs Net_FloatTensor:$filterGradient,
                      Optional<Net_FloatTensor>:$biasGradient);
}

#endif
