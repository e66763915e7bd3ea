// Concatenation along the channels, and the slices that are its gradient.
#ifndef NET_CONCAT_TD
#define NET_CONCAT_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Net_ConcatOp : Net_LayerOp<"concat", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "tensors behind one another along their second dimension, the channels";
  let description = [{
    ```mlir
    %y = net.concat %a, %b : (tensor<2x3x8x8xf32>, tensor<2x5x8x8xf32>) -> tensor<2x8x8x8xf32>
    ```
  }];
  let arguments = (ins Variadic<Net_FloatTensor>:$inputs);
  let results = (outs Net_FloatTensor:$output);
}

def Net_ChannelSliceOp : Net_LayerOp<"channel_slice", [
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "the `channels` channels from `offset` on";
  let description = [{
    ```mlir
    %a = net.channel_slice %y {offset = 0 : i64, channels = 3 : i64} : (tensor<2x8x8x8xf32>) -> tensor<2x3x8x8xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, I64Attr:$offset, I64Attr:$channels);
  let results = (outs Net_FloatTensor:$output);
}

#endif
