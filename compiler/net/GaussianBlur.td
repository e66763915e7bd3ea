// A blur by a bell of a width that is drawn for each example.
#ifndef NET_GAUSSIAN_BLUR_TD
#define NET_GAUSSIAN_BLUR_TD

include "compiler/net/RandomTransforms.td"

def Net_DrawGaussianBlurOp : Net_LayerOp<"draw_gaussian_blur", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let summary = "the weights of a blur along columns, then along rows, [N, kernel[0] + kernel[1]]";
  let description = [{
    Word 0 of the block i = 0 gives the deviation in `sigma`. The weight at the
    distance x from the middle is exp(-x*x/(2*sigma*sigma)) as a share of all.
    ```mlir
    %w = net.draw_gaussian_blur %samples, %state {kernel = array<i64: 5, 3>, sigma = array<f64: 0.1, 2.0>, path = "data.GaussianBlur"} : (tensor<2xi32>, tensor<8xi32>) -> tensor<2x8xf32>
    ```
  }];
  let arguments = (ins Net_LabelTensor:$samples, Net_StateTensor:$state,
                       DenseI64ArrayAttr:$kernel, DenseF64ArrayAttr:$sigma,
                       StrAttr:$path);
  let results = (outs Net_FloatTensor:$output);
  let extraClassDeclaration = "bool isPointwise(unsigned) { return false; }";
}

def Net_GaussianBlurOp : Net_LayerOp<"gaussian_blur", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let summary = "each picture summed by weights along its rows (0) or columns (1)";
  let description = [{
    `dimension` 0 goes from row to row, 1 from column to column. The picture is
    mirrored at its edges, which are not repeated. With `levels` the pixels that
    are read become whole numbers first where `rounds_input` is set, and the
    results where `rounds_output` is.
    ```mlir
    %y = net.gaussian_blur %x, %w {dimension = 1 : i64, kernel = array<i64: 5, 3>, rounds_input, levels = 255 : i64} : (tensor<2x3x28x28xui8>, tensor<2x8xf32>) -> tensor<2x3x28x28xf32>
    ```
  }];
  let arguments = (ins Net_PixelTensor:$input, Net_FloatTensor:$weights,
                       I64Attr:$dimension, DenseI64ArrayAttr:$kernel,
                       UnitAttr:$rounds_input, UnitAttr:$rounds_output,
                       I64Attr:$levels);
  let results = (outs Net_FloatTensor:$output);
  // What it reads is kept: each pixel is read as often as there are weights.
  let extraClassDeclaration = "bool isPointwise(unsigned) { return false; }";
}

#endif
