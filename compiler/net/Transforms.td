// Input transforms: from the examples of a data set, 8- or 16-bit pixels or
// numbers, to what the network reads.
#ifndef NET_TRANSFORMS_TD
#define NET_TRANSFORMS_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

// A transform whose pixels come from other places of a picture. It may read
// what an op before it would make, where it reads it: then the two are one
// kernel from the pixels.
class Net_GatherOp<string mnemonic> : Net_LayerOp<mnemonic, [
    DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let extraClassDeclaration = [{
    bool isPointwise(unsigned) { return false; }
    bool recomputesGathered() { return true; }
  }];
}

def Net_GatherExamplesOp : Net_GatherOp<"gather_examples"> {
  let summary = "the examples `samples` of a data set [examples, ...]";
  let description = [{
    ```mlir
    %x = net.gather_examples %dataset, %samples : (tensor<60000x1x28x28xui8>, tensor<2xi32>) -> tensor<2x1x28x28xui8>
    ```
  }];
  let arguments = (ins Net_PixelTensor:$dataset, Net_LabelTensor:$samples);
  let results = (outs Net_PixelTensor:$output);
}

def Net_ResizeOp : Net_GatherOp<"resize"> {
  let summary = "bilinear resize of [N, C, h, w] to `size`, half-pixel centres, clamped at the edges";
  let description = [{
    Output pixel i lies at (i + 0.5)*h/H - 0.5 in the input, at least 0; the two
    nearest are weighted by their distances (PyTorch's `interpolate` with
    align_corners=False). Labels are not mixed: label i is that of i*h/H,
    rounded down (mode="nearest").
    ```mlir
    %y = net.resize %x {size = array<i64: 224, 224>} : (tensor<2x1x28x28xui8>) -> tensor<2x1x224x224xf32>
    ```
  }];
  let arguments = (ins Net_PictureTensor:$input, DenseI64ArrayAttr:$size);
  let results = (outs Net_MovedTensor:$output);
}

def Net_CenterCropOp : Net_GatherOp<"center_crop"> {
  let summary = "the middle of [N, C, h, w], of `size`, with zeros where it reaches beyond";
  let description = [{
    The first row is (h - H)/2, rounded to even; where h < H, (H - h)/2 rows of
    zeros come first, rounded down.
    ```mlir
    %y = net.center_crop %x {size = array<i64: 24, 24>} : (tensor<2x1x28x28xui8>) -> tensor<2x1x24x24xf32>
    ```
  }];
  let arguments = (ins Net_PictureTensor:$input, DenseI64ArrayAttr:$size);
  let results = (outs Net_MovedTensor:$output);
}

def Net_ToTensorOp : Net_LayerOp<"to_tensor", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["keepsZero"]>]> {
  let summary = "pixels from 0..255 to 0..1, or from 0..range";
  let arguments = (ins Net_PixelTensor:$input, OptionalAttr<F64Attr>:$range);
  let results = (outs Net_FloatTensor:$output);
}

def Net_NormalizeOp : Net_LayerOp<"normalize", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let summary = "(x - mean[c])/deviation[c] in each channel c; one value serves all";
  let arguments = (ins Net_FloatTensor:$input, DenseF64ArrayAttr:$mean,
                       DenseF64ArrayAttr:$deviation);
  let results = (outs Net_FloatTensor:$output);
}

def Net_StandardizeOp : Net_LayerOp<"standardize", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "(x - mean[d])/deviation[d] in each column d of [N, D]; mean and deviation [D]";
  let description = [{
    ```mlir
    %y = net.standardize %x, %mean, %deviation : (tensor<2x13xf32>, tensor<13xf32>, tensor<13xf32>) -> tensor<2x13xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$mean,
                       Net_FloatTensor:$deviation);
  let results = (outs Net_FloatTensor:$output);
}

#endif
