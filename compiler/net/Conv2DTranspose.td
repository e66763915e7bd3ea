// Two-dimensional transposed convolution and its gradients.
#ifndef NET_CONV2D_TRANSPOSE_TD
#define NET_CONV2D_TRANSPOSE_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_Conv2DTransposeOp : Net_LayerOp<"conv2d_transpose", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "transposed convolution of [N, C, H, W] with filters, plus a bias";
  let description = [{
    The height becomes (H - 1)*stride - 2*padding + dilation*(kernel - 1) +
    output_padding + 1, the width likewise. The filter is [C, O, kh, kw], or with
    groups [G, C/G, O/G, kh, kw]: that of the convolution whose data gradient
    this is.
    ```mlir
    %y = net.conv2d_transpose %x, %w, %b {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, output_padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<2x16x7x7xf32>, tensor<16x8x4x4xf32>, tensor<8xf32>) -> tensor<2x8x14x14xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$filter,
      Optional<Net_FloatTensor>:$bias, DenseI64ArrayAttr:$stride,
      DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$output_padding,
      DenseI64ArrayAttr:$dilation, I64Attr:$groups);
  let results = (outs Net_FloatTensor:$output);
}

def Net_Conv2DTransposeInputGradientOp : Net_LayerOp<"conv2d_transpose_input_gradient", [
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "the gradient of a transposed convolution's input, [C, H, W] = `input_shape`";
  let description = [{
    With `activated`, the output of the relu that made the input: the gradient
    of the relu's own input, zero where `activated` is.
  }];
  let arguments = (ins Net_FloatTensor:$outputGradient, Net_FloatTensor:$filter,
      Optional<Net_FloatTensor>:$activated, DenseI64ArrayAttr:$input_shape, DenseI64ArrayAttr:$stride,
      DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilation, I64Attr:$groups);
  let results = (outs Net_FloatTensor:$inputGradient);
}

def Net_Conv2DTransposeFilterGradientOp : Net_LayerOp<"conv2d_transpose_filter_gradient", [
    DeclareOpInterfaceMethods<Net_CostOpInterface>]> {
  let summary = "the gradients of a transposed convolution's filter and, `with_bias`, of its bias";
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$outputGradient,
      DenseI64ArrayAttr:$filter_shape, BoolAttr:$with_bias,
      DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding,
      DenseI64ArrayAttr:$dilation, I64Attr:$groups);
  let results = (outs Net_FloatTensor:$filterGradient,
                      Optional<Net_FloatTensor>:$biasGradient);
}

#endif
