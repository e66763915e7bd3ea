// Pooling and its gradients.
#ifndef NET_POOL2D_TD
#define NET_POOL2D_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_MaxPool2DOp : Net_LayerOp<"max_pool2d", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "the maximum of each window; padding never wins";
  let description = [{
    The height becomes (H + 2*padding - window)/stride + 1, rounded down.
    `indices` says which element of the window won; its form is the target's.
    ```mlir
    %y, %i = net.max_pool2d %x {window = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>}
      : (tensor<2x96x54x54xf32>) -> (tensor<2x96x26x26xf32>, tensor<2x96x26x26xui8>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, DenseI64ArrayAttr:$window,
      DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding);
  let results = (outs Net_FloatTensor:$output, TensorOf<[UI8]>:$indices);
}

def Net_MaxPool2DGradientOp : Net_LayerOp<"max_pool2d_gradient"> {
  let summary = "the gradient of a max pool's input, [C, H, W] = `input_shape`";
  let arguments = (ins Net_FloatTensor:$outputGradient, TensorOf<[UI8]>:$indices,
      DenseI64ArrayAttr:$input_shape, DenseI64ArrayAttr:$window,
      DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding);
  let results = (outs Net_FloatTensor:$inputGradient);
}

def Net_AvgPool2DOp : Net_LayerOp<"avg_pool2d", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "the mean of each window, its padding counted as zeros";
  let arguments = (ins Net_FloatTensor:$input, DenseI64ArrayAttr:$window,
      DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding);
  let results = (outs Net_FloatTensor:$output);
}

def Net_AvgPool2DGradientOp : Net_LayerOp<"avg_pool2d_gradient"> {
  let summary = "the gradient of an average pool's input, [C, H, W] = `input_shape`";
  let arguments = (ins Net_FloatTensor:$outputGradient,
      DenseI64ArrayAttr:$input_shape, DenseI64ArrayAttr:$window,
      DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding);
  let results = (outs Net_FloatTensor:$inputGradient);
}

#endif
