// The `cuda` dialect: ops that the passes make for GPUs, whose library lacks what
// oneDNN has. No text and no other target has them.
#ifndef CUDA_OPS_TD
#define CUDA_OPS_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

def Cuda_Dialect : Dialect {
  let name = "cuda";
  let cppNamespace = "::netc::cuda";
  let summary = "What layers become on a GPU: sums and normalisations of channels and examples";
  let description = [{
    Beside `net`, whose types and interfaces its ops have.
  }];
}

class Cuda_Op<string mnemonic, list<Trait> traits = []>
    : Op<Cuda_Dialect, mnemonic, [Pure] # traits> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

// An op that infers its types, as the layers do.
class Cuda_LayerOp<string mnemonic, list<Trait> traits = []>
    : Cuda_Op<mnemonic, [Net_InferTypes] # traits>;

def Cuda_ChannelSumsOp : Cuda_LayerOp<"channel_sums", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "the sum of each channel (second dimension) or each example, in `parts` groups";
  let description = [{
    A row is one place of one example: [N, C, H, W] has N*H*W of them. Part p of
    P sums rows p*rows/P to (p + 1)*rows/P of channel c into sums[p, c]; one part
    gives [C]. Two of them, the first in many parts, are a sum that many threads
    share and that always has the same bits. With `factor` the products of the two
    are summed. Sums are multiplied by `scale`.

    With `per_example` part p of example n are the elements p, p + P, p + 2P, ...
    in the order of memory, so that neighbouring threads read neighbours, and
    their sum is sums[n, p]; one part gives [N].
    ```mlir
    %p = cuda.channel_sums %dy {parts = 4 : i64} : (tensor<8x6x28x28xf32>) -> tensor<4x6xf32>
    %db = cuda.channel_sums %p {parts = 1 : i64} : (tensor<4x6xf32>) -> tensor<6xf32>
    %q = cuda.channel_sums %x {parts = 4 : i64, per_example} : (tensor<8x784xf32>) -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Optional<Net_FloatTensor>:$factor, I64Attr:$parts,
      DefaultValuedAttr<F64Attr, "::llvm::APFloat(1.0)">:$scale, UnitAttr:$per_example);
  let results = (outs Net_FloatTensor:$sums);
}

def Cuda_ChannelSquaresOp : Cuda_LayerOp<"channel_squares", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "the sum of (x - mean)^2 of each channel or each example, in `parts` as `cuda.channel_sums` has them";
  let description = [{
    With the mean known little cancels: the variance as the second of two passes.
    ```mlir
    %p = cuda.channel_squares %x, %mean {parts = 4 : i64, per_example} : (tensor<8x784xf32>, tensor<8xf32>) -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$mean, I64Attr:$parts,
      DefaultValuedAttr<F64Attr, "::llvm::APFloat(1.0)">:$scale, UnitAttr:$per_example);
  let results = (outs Net_FloatTensor:$sums);
}

def Cuda_CudnnBatchNormOp : Cuda_LayerOp<"cudnn_batch_norm"> {
  let summary = "batch normalisation as cuDNN has it: with 1/sqrt(variance + epsilon) for the variance";
  let description = [{
    ```mlir
    %y, %mean, %inverse = cuda.cudnn_batch_norm %x, %w, %b {epsilon = 1.0e-05 : f64}
      : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$weight, Net_FloatTensor:$bias,
      F64Attr:$epsilon);
  let results = (outs Net_FloatTensor:$output, Net_FloatTensor:$mean, Net_FloatTensor:$inverse);
}

def Cuda_CudnnBatchNormGradientOp : Cuda_LayerOp<"cudnn_batch_norm_gradient"> {
  let summary = "the gradients of `cuda.cudnn_batch_norm`'s input, weight and bias";
  let description = [{
    ```mlir
    %dx, %dw, %db = cuda.cudnn_batch_norm_gradient %dy, %x, %w, %mean, %inverse
      : (tensor<2x6x4x4xf32>, tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>)
      -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$outputGradient, Net_FloatTensor:$input,
      Net_FloatTensor:$weight, Net_FloatTensor:$mean, Net_FloatTensor:$inverse);
  let results = (outs Net_FloatTensor:$inputGradient, Net_FloatTensor:$weightGradient,
      Net_FloatTensor:$biasGradient);
}

def Cuda_VarianceOp : Cuda_LayerOp<"variance", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let summary = "the variance whose 1/sqrt(variance + epsilon) is given";
  let description = [{
    ```mlir
    %v = cuda.variance %inverse {epsilon = 1.0e-05 : f64} : (tensor<6xf32>) -> tensor<6xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$inverse, F64Attr:$epsilon);
  let results = (outs Net_FloatTensor:$variance);
}

def Cuda_ChannelAffineOp : Cuda_LayerOp<"channel_affine", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "(x - mean)/sqrt(variance + epsilon)*weight + bias, all but x one number a channel";
  let description = [{
    `affine` is nothing, the weight, or weight and bias. With `per_example` mean
    and variance are [N], one number an example.
    ```mlir
    %y = cuda.channel_affine %x, %mean, %variance, %w, %b {epsilon = 1.0e-05 : f64}
      : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x4x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$mean, Net_FloatTensor:$variance,
      Variadic<Net_FloatTensor>:$affine, F64Attr:$epsilon, UnitAttr:$per_example);
  let results = (outs Net_FloatTensor:$output);
}

def Cuda_NormInputGradientOp : Cuda_LayerOp<"norm_input_gradient", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "(dy - (db + normalised*dw)/rows)/sqrt(variance + epsilon)*weight: through statistics of the input's own";
  let description = [{
    `dw` and `db`, [C], are the sums of dy*normalised and of dy over a channel's
    rows, normalised the normalised input. With `per_example` variance, `dw` and
    `db` are [N], the rows an example's elements, and dy has a weight in it
    already, since that differs within an example.
    ```mlir
    %dx = cuda.norm_input_gradient %dy, %n, %variance, %dw, %db, %w {epsilon = 1.0e-05 : f64}
      : (tensor<2x6x4x4xf32>, tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x4x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$outputGradient, Net_FloatTensor:$normalised,
      Net_FloatTensor:$variance, Net_FloatTensor:$dw, Net_FloatTensor:$db,
      Optional<Net_FloatTensor>:$weight, F64Attr:$epsilon, UnitAttr:$per_example);
  let results = (outs Net_FloatTensor:$inputGradient);
}

def Cuda_ChannelAddOp : Cuda_LayerOp<"channel_add", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "x + bias, one number a channel";
  let description = [{
    ```mlir
    %y = cuda.channel_add %x, %b : (tensor<2x6x4x4xf32>, tensor<6xf32>) -> tensor<2x6x4x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$bias);
  let results = (outs Net_FloatTensor:$output);
}

def Cuda_ChannelScaleOp : Cuda_LayerOp<"channel_scale", [
    DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "x*weight, one number a channel";
  let description = [{
    ```mlir
    %y = cuda.channel_scale %x, %w : (tensor<2x6x4x4xf32>, tensor<6xf32>) -> tensor<2x6x4x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$weight);
  let results = (outs Net_FloatTensor:$output);
}

def Cuda_CastOp : Cuda_Op<"cast", [DeclareOpInterfaceMethods<Net_ElementOpInterface>]> {
  let summary = "the same numbers as f32, or rounded to the nearest bf16";
  let description = [{
    ```mlir
    %y = cuda.cast %x : (tensor<2x3xf32>) -> tensor<2x3xbf16>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input);
  let results = (outs Net_FloatTensor:$output);
  let hasVerifier = 1;
}

def Cuda_RelayoutOp : Cuda_Op<"relayout", [DeclareOpInterfaceMethods<Net_ElementOpInterface, ["isPointwise"]>]> {
  let summary = "the same tensor in another layout without blocks, by a generated kernel";
  let description = [{
    ```mlir
    %y = cuda.relayout %x : (tensor<2x3x4x4xf32, #net.layout<"acdb">>) -> tensor<2x3x4x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input);
  let results = (outs Net_FloatTensor:$output);
  let hasVerifier = 1;
}

#endif
