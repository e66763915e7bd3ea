// Dropout.
#ifndef NET_DROPOUT_TD
#define NET_DROPOUT_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_DropoutOp : Net_LayerOp<"dropout", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_PhaseOpInterface>,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise", "keepsZero"]>]> {
  let summary = "sets elements to zero with probability `rate`, scales the others by 1/(1 - rate)";
  let description = [{
    Element i is kept if u >= rate, where u in [0, 1) comes from the first word
    of Philox4x32-10 with the key seed xor hash(path) and the counter (i, step):
    i is the row-major index in the whole batch. So the gradient is the same op.
    ```mlir
    %y = net.dropout %x, %state {rate = 5.0e-01 : f64, path = "dropout_1"} : (tensor<2x10xf32>, tensor<8xi32>) -> tensor<2x10xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_StateTensor:$state,
                       F64Attr:$rate, StrAttr:$path);
  let results = (outs Net_FloatTensor:$output);
}

#endif
