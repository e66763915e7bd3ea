// Input transforms that draw for each example and epoch.
#ifndef NET_RANDOM_TRANSFORMS_TD
#define NET_RANDOM_TRANSFORMS_TD

include "compiler/net/Transforms.td"

// The words of an example come from Philox4x32-10 with the key seed xor
// hash(path) and the counter (sample, i, epoch, 0): `samples` holds which
// examples of the training set make up the batch. A word is a number below n by
// the high half of word*n, a number in [0, 1) by its first 24 bits. Labels of
// pixels, [N, H, W], are moved as the pixels are, with the same draws.
class Net_RandomGatherOp<string mnemonic, dag parameters>
    : Net_GatherOp<mnemonic> {
  let arguments = !con((ins Net_PictureTensor:$input, Net_LabelTensor:$samples,
                            Net_StateTensor:$state), parameters,
                       (ins StrAttr:$path));
  let results = (outs Net_MovedTensor:$output);
}

def Net_RandomCropOp : Net_RandomGatherOp<"random_crop",
    (ins DenseI64ArrayAttr:$size, DenseI64ArrayAttr:$padding)> {
  let summary = "a window of `size` of each picture with `padding` zeros on each side";
  let description = [{
    Words 0 and 1 of the block i = 0 give its first row and column.
    ```mlir
    %y = net.random_crop %x, %samples, %state {size = array<i64: 28, 28>, padding = array<i64: 4, 4>, path = "data.RandomCrop"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<2x1x28x28xf32>
    ```
  }];
}

def Net_RandomResizedCropOp : Net_RandomGatherOp<"random_resized_crop",
    (ins DenseI64ArrayAttr:$size, DenseF64ArrayAttr:$scale, DenseF64ArrayAttr:$ratio)> {
  let summary = "a window of each picture, of a share of its area and an aspect in their ranges, resized to `size`";
  let description = [{
    Attempt i = 1..10: word 0 gives the area, word 1 the logarithm of
    width/height, words 2 and 3 the first row and column. The first window that
    fits is taken; if none does, the largest one in the middle whose aspect is
    in `ratio`. Resized as by `net.resize`.
  }];
}

def Net_RandomHorizontalFlipOp : Net_RandomGatherOp<"random_horizontal_flip",
    (ins F64Attr:$rate)> {
  let summary = "mirrors each picture left to right with probability `rate`";
  let description = "Word 0 of the block i = 0 decides.";
}

def Net_RandomVerticalFlipOp : Net_RandomGatherOp<"random_vertical_flip",
    (ins F64Attr:$rate)> {
  let summary = "mirrors each picture upside down with probability `rate`";
  let description = "Word 0 of the block i = 0 decides.";
}

def Net_RandomErasingOp : Net_RandomGatherOp<"random_erasing",
    (ins F64Attr:$rate, DenseF64ArrayAttr:$scale, DenseF64ArrayAttr:$ratio,
         DenseF64ArrayAttr:$value)> {
  let summary = "sets a rectangle of each picture to `value` with probability `rate`";
  let description = [{
    Word 0 of the block i = 0 decides. The rectangle is found as by
    `net.random_resized_crop`, but that `ratio` is of height/width and that it
    must be smaller than the picture; if no attempt gives one, there is none.
  }];
}

#endif
