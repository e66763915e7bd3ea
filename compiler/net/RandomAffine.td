// Random rotations and affine maps of pictures.
#ifndef NET_RANDOM_AFFINE_TD
#define NET_RANDOM_AFFINE_TD

include "compiler/net/RandomTransforms.td"

// Where a map leads outside the picture there is `fill`, one for all channels or
// one for each. `levels` is the highest of a picture's whole numbers, to which
// what lies between pixels is rounded; 0 of numbers from 0 to 1. The centre is
// [x, y] in pixels, nothing for the picture's own. Labels take the nearest.
class Net_RandomWarpOp<string mnemonic, dag parameters>
    : Net_RandomGatherOp<mnemonic,
        !con(parameters, (ins DenseF64ArrayAttr:$center,
                              Net_InterpolationAttr:$interpolation,
                              DenseF64ArrayAttr:$fill, I64Attr:$levels))>;

def Net_RandomRotationOp : Net_RandomWarpOp<"random_rotation",
    (ins DenseF64ArrayAttr:$degrees)> {
  let summary = "turns each picture anticlockwise by an angle in `degrees`";
  let description = [{
    Word 0 of the block i = 0 gives the angle.
    ```mlir
    %y = net.random_rotation %x, %samples, %state {degrees = array<f64: -30.0, 30.0>, center = array<f64>, interpolation = #net.interpolation<nearest>, fill = array<f64: 0.0>, levels = 255 : i64, path = "data.RandomRotation"} : (tensor<2x1x28x28xui8>, tensor<2xi32>, tensor<8xi32>) -> tensor<2x1x28x28xf32>
    ```
  }];
}

def Net_RandomAffineOp : Net_RandomWarpOp<"random_affine",
    (ins DenseF64ArrayAttr:$degrees, DenseF64ArrayAttr:$translate,
         DenseF64ArrayAttr:$scale, DenseF64ArrayAttr:$shear)> {
  let summary = "turns (clockwise), shifts, scales and shears each picture";
  let description = [{
    `translate` are shares of the width and the height, `scale` a range, `shear`
    a range along x and one along y; each may have nothing. Words 0 to 3 of the
    block i = 0 give the angle, the shift along x and y, in whole pixels, and the
    scale, words 0 and 1 of the block i = 1 the shears.
  }];
}

#endif
