// Padding with zeros, and cropping.
#ifndef NET_PADDING2D_TD
#define NET_PADDING2D_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_Pad2DOp : Net_LayerOp<"pad2d", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise", "isSpatial", "keepsZero"]>]> {
  let summary = "[N, C, H, W] with zeros around it, or rows and columns cut off";
  let description = [{
    `sides` are how many rows and columns are added at the top, the bottom, the
    left and the right; below zero they are taken away. The gradient is the same
    op with the opposite sides.
    ```mlir
    %y = net.pad2d %x {sides = array<i64: 1, 1, 0, 2>} : (tensor<2x16x7x7xf32>) -> tensor<2x16x9x9xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, DenseI64ArrayAttr:$sides);
  let results = (outs Net_FloatTensor:$output);
}

#endif
