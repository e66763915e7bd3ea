// Ops that move or group values.
#ifndef NET_STRUCTURE_TD
#define NET_STRUCTURE_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_ReshapeOp : Net_LayerOp<"reshape", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "the same elements in row-major order as [N] + `shape`";
  let arguments = (ins Net_FloatTensor:$input, DenseI64ArrayAttr:$shape);
  let results = (outs Net_FloatTensor:$output);
}

def Net_AddOp : Net_LayerOp<"add", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["keepsZero"]>]> {
  let summary = "the sum of two tensors of one shape";
  let arguments = (ins Net_FloatTensor:$lhs, Net_FloatTensor:$rhs);
  let results = (outs Net_FloatTensor:$sum);
}

def Net_ReorderOp : Net_Op<"reorder", [Pure]> {
  let summary = "the same tensor in another layout";
  let arguments = (ins Net_FloatTensor:$input);
  let results = (outs Net_FloatTensor:$output);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Net_FusedOp : Net_Op<"fused", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "element ops that become one kernel";
  let description = [{
    The body's arguments are the operands; only its last value leaves.
    ```mlir
    %r = net.fused (%a = %y : tensor<2x10xf32>, %b = %dy : tensor<2x10xf32>) -> tensor<2x10xf32> { ... net.yield %c : tensor<2x10xf32> }
    ```
  }];
  let arguments = (ins Variadic<AnyTensor>:$inputs);
  let results = (outs AnyTensor:$output);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Net_YieldOp : Net_Op<"yield", [Pure, Terminator, HasParent<"FusedOp">]> {
  let summary = "the result of a fused body";
  let arguments = (ins AnyTensor:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif
