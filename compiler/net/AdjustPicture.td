// Adjustments of whole pictures: what is drawn for each example, what is
// measured of it, and the adjustment.
#ifndef NET_ADJUST_PICTURE_TD
#define NET_ADJUST_PICTURE_TD

include "compiler/net/RandomTransforms.td"

// For each example, one after another, what is done to it: [N, slots, 3], the
// kind (shape::Adjustment), its strength s, and 1 - s.
class Net_DrawAdjustmentsOp<string mnemonic, dag parameters>
    : Net_LayerOp<mnemonic, [DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let arguments = !con((ins Net_LabelTensor:$samples, Net_StateTensor:$state),
                       parameters, (ins StrAttr:$path));
  let results = (outs Net_FloatTensor:$output);
  let extraClassDeclaration = "bool isPointwise(unsigned) { return false; }";
}

def Net_DrawColorJitterOp : Net_DrawAdjustmentsOp<"draw_color_jitter",
    (ins DenseF64ArrayAttr:$brightness, DenseF64ArrayAttr:$contrast,
         DenseF64ArrayAttr:$saturation, DenseF64ArrayAttr:$hue)> {
  let summary = "a strength in each range that is there, in an order of its own for each example";
  let description = [{
    Words 0 to 3 of the block i = 0 give the strengths; words 0, 1 ... of the
    block i = 1 which of the rest comes first, second ...
    ```mlir
    %d = net.draw_color_jitter %samples, %state {brightness = array<f64: 0.6, 1.4>, contrast = array<f64>, saturation = array<f64>, hue = array<f64: -0.1, 0.1>, path = "data.ColorJitter"} : (tensor<2xi32>, tensor<8xi32>) -> tensor<2x2x3xf32>
    ```
  }];
}

def Net_DrawRandAugmentOp : Net_DrawAdjustmentsOp<"draw_rand_augment",
    (ins I64Attr:$slots, DenseF64ArrayAttr:$strengths)> {
  let summary = "`slots` of the adjustments of RandAugment for each example";
  let description = [{
    `strengths` are those of the kinds in their order. Word 0 of the block i
    gives the kind in slot i, word 1 the sign where it has one.
  }];
}

def Net_PictureStatisticsOp : Net_LayerOp<"picture_statistics"> {
  let summary = "what the adjustment in `slot` must know of each whole picture";
  let description = [{
    For a contrast the mean of its grey picture (an f32's bits), for an automatic
    contrast the lowest and the highest of each channel, for an equalisation what
    each of 256 levels of a channel becomes. Nothing where the example has
    another adjustment there. `kinds` are all that may be drawn.
    ```mlir
    %s = net.picture_statistics %x, %d {slot = 0 : i64, kinds = array<i64: 8>, levels = 255 : i64} : (tensor<2x3x28x28xui8>, tensor<2x2x3xf32>) -> tensor<2x1xi32>
    ```
  }];
  let arguments = (ins Net_PixelTensor:$input, Net_FloatTensor:$draws,
                       I64Attr:$slot, DenseI64ArrayAttr:$kinds, I64Attr:$levels);
  let results = (outs Net_LabelTensor:$output);
}

def Net_AdjustPictureOp : Net_LayerOp<"adjust_picture", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let summary = "each picture as the adjustment in `slot` makes it";
  let description = [{
    `statistics` are there if one of `kinds` reads them. `levels` and the fill
    beyond the picture are as of `net.random_affine`. Labels [N, H, W] are moved
    by the adjustments that move pixels.
    ```mlir
    %y = net.adjust_picture %x, %d, %s {slot = 0 : i64, kinds = array<i64: 8>, interpolation = #net.interpolation<nearest>, fill = array<f64: 0.0>, levels = 255 : i64} : (tensor<2x3x28x28xui8>, tensor<2x2x3xf32>, tensor<2x1xi32>) -> tensor<2x3x28x28xf32>
    ```
  }];
  let arguments = (ins Net_PictureTensor:$input, Net_FloatTensor:$draws,
                       Optional<Net_LabelTensor>:$statistics,
                       I64Attr:$slot, DenseI64ArrayAttr:$kinds,
                       Net_InterpolationAttr:$interpolation,
                       DenseF64ArrayAttr:$fill, I64Attr:$levels);
  let results = (outs Net_MovedTensor:$output);
  // What it reads is kept, and so is what it gives: pixels are read in several
  // places, and computing one is much work.
  let extraClassDeclaration = "bool isPointwise(unsigned) { return false; }";
}

def Net_RandomGrayscaleOp : Net_LayerOp<"random_grayscale", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let summary = "makes each picture grey with probability `rate`";
  let description = "Word 0 of the block i = 0 decides. `levels` as of `net.random_affine`.";
  let arguments = (ins Net_PixelTensor:$input, Net_LabelTensor:$samples,
                       Net_StateTensor:$state, F64Attr:$rate, I64Attr:$levels,
                       StrAttr:$path);
  let results = (outs Net_FloatTensor:$output);
  let extraClassDeclaration = "bool isPointwise(unsigned) { return false; }";
}

#endif
