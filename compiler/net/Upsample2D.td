// Upsampling and its gradient.
#ifndef NET_UPSAMPLE2D_TD
#define NET_UPSAMPLE2D_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_Upsample2DOp : Net_LayerOp<"upsample2d", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise", "isSpatial", "keepsZero"]>]> {
  let summary = "[N, C, H, W] made `scale` times as high and wide";
  let description = [{
    nearest: output row i is input row i/scale, rounded down. bilinear: it lies at
    (i + 0.5)/scale - 0.5 between two input rows, at least at the first and at
    most at the last (PyTorch's `interpolate` with align_corners=False).
    ```mlir
    %y = net.upsample2d %x {scale = array<i64: 2, 2>, mode = #net.interpolation<nearest>} : (tensor<2x16x7x7xf32>) -> tensor<2x16x14x14xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, DenseI64ArrayAttr:$scale,
                       Net_InterpolationAttr:$mode);
  let results = (outs Net_FloatTensor:$output);
}

def Net_Upsample2DGradientOp : Net_LayerOp<"upsample2d_gradient", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise", "isSpatial", "keepsZero"]>]> {
  let summary = "the gradient of an upsampling's input: each element gathers what it gave";
  let arguments = (ins Net_FloatTensor:$outputGradient, DenseI64ArrayAttr:$scale,
                       Net_InterpolationAttr:$mode);
  let results = (outs Net_FloatTensor:$inputGradient);
}

#endif
