// Batch normalisation, its form with given statistics, and their gradient.
#ifndef NET_BATCHNORM_TD
#define NET_BATCHNORM_TD

include "compiler/net/NetDialect.td"
include "compiler/net/NetInterfaces.td"

// The last operands of a normalisation and what they are.
class Net_AffineOp<string mnemonic, list<Trait> traits>
    : Net_LayerOp<mnemonic, traits> {
  code affineAccessors = [{
    /// [C] each; null where the op has none.
    mlir::Value getWeight() { return getAffine().empty() ? mlir::Value() : getAffine().front(); }
    mlir::Value getBias() { return getAffine().size() < 2 ? mlir::Value() : getAffine().back(); }
  }];
  let hasVerifier = 1;
}

def Net_BatchNormOp : Net_AffineOp<"batch_norm", [
    DeclareOpInterfaceMethods<Net_ActivationFusionOpInterface>,
    DeclareOpInterfaceMethods<Net_GradientOpInterface>,
    DeclareOpInterfaceMethods<Net_PhaseOpInterface, ["prepareTraining"]>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "(x - mean)/sqrt(variance + epsilon)*weight + bias, each channel's mean and variance those of the batch";
  let description = [{
    `affine` is nothing, the weight, or weight and bias, [C] each. `variance` is
    that of the batch, divided by the number of values. In training programs
    the running statistics become (1 - momentum)*old + momentum*new, the
    variance then divided by one less; evaluation reads them instead: it is
    `net.batch_norm_inference`. With `activation`, relu, there is a `mask`
    for the gradient, in the library's form.
    - batch_norm_c1: `affine` and the running statistics are [C] for an input [N, C, ...].
    ```mlir
    %y, %mean, %variance = net.batch_norm %x, %w, %b {epsilon = 1.0e-05 : f64, momentum = 1.0e-01 : f64,
        running_mean = @m, running_variance = @v}
      : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Variadic<Net_FloatTensor>:$affine,
      F64Attr:$epsilon, F64Attr:$momentum, FlatSymbolRefAttr:$running_mean,
      FlatSymbolRefAttr:$running_variance, OptionalAttr<Net_ActivationAttr>:$activation);
  let results = (outs Net_FloatTensor:$output, Net_FloatTensor:$mean,
      Net_FloatTensor:$variance, Optional<TensorOf<[UI8]>>:$mask);
  let extraClassDeclaration = affineAccessors;
}

def Net_BatchStatisticsOp : Net_Op<"batch_statistics", [Pure, Net_InferTypes]> {
  let summary = "each channel's mean and variance over a batch";
  let description = [{
    The variance is divided by the number of values. Sums are taken in double
    precision: a mean that is off moves a whole channel to one side of a relu.
    ```mlir
    %mean, %variance = net.batch_statistics %x : (tensor<2x6x4x4xf32>) -> (tensor<6xf32>, tensor<6xf32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input);
  let results = (outs Net_FloatTensor:$mean, Net_FloatTensor:$variance);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Net_BatchNormInferenceOp : Net_AffineOp<"batch_norm_inference", [
    DeclareOpInterfaceMethods<Net_ActivationFusionOpInterface>,
    DeclareOpInterfaceMethods<Net_GradientOpInterface>]> {
  let summary = "(x - mean)/sqrt(variance + epsilon)*weight + bias with the given mean and variance of each channel";
  let description = [{
    Mean and variance are constants to the gradient. With a mean of 0 and a
    variance that is 1 with `epsilon` it is the layer `Scale`.
    - batch_norm_inference_c1: mean, variance and `affine` are [C] for an input [N, C, ...].
    ```mlir
    %y = net.batch_norm_inference %x, %mean, %variance, %w, %b {epsilon = 1.0e-05 : f64}
      : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x4x4xf32>
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$mean, Net_FloatTensor:$variance,
      Variadic<Net_FloatTensor>:$affine, F64Attr:$epsilon,
      OptionalAttr<Net_ActivationAttr>:$activation);
  let results = (outs Net_FloatTensor:$output, Optional<TensorOf<[UI8]>>:$mask);
  let extraClassDeclaration = affineAccessors;
}

def Net_BatchNormGradientOp : Net_Op<"batch_norm_gradient", [Pure, Net_InferTypes,
    AttrSizedOperandSegments]> {
  let summary = "the gradients of a batch normalisation's input and, where it has them, of weight and bias";
  let description = [{
    The mean and variance are those that the op gave, or with
    `given_statistics` those that it was given. With the mask of a relu,
    the output's gradient is that of the relu.
    ```mlir
    %dx, %dw, %db = net.batch_norm_gradient %x, %mean, %variance, %dy weight %w {epsilon = 1.0e-05 : f64, with_bias = true}
      : (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<2x6x4x4xf32>, tensor<6xf32>)
      -> (tensor<2x6x4x4xf32>, tensor<6xf32>, tensor<6xf32>)
    ```
  }];
  let arguments = (ins Net_FloatTensor:$input, Net_FloatTensor:$mean, Net_FloatTensor:$variance,
      Net_FloatTensor:$outputGradient, Optional<Net_FloatTensor>:$weight,
      Optional<TensorOf<[UI8]>>:$mask, F64Attr:$epsilon, BoolAttr:$with_bias,
      UnitAttr:$given_statistics);
  let results = (outs Net_FloatTensor:$inputGradient,
      Variadic<Net_FloatTensor>:$affineGradients); // weight, then bias
  let assemblyFormat = [{
    $input `,` $mean `,` $variance `,` $outputGradient (`weight` $weight^)? (`mask` $mask^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    mlir::Value getWeightGradient() {
      return getWeight() ? mlir::Value(getAffineGradients().front()) : mlir::Value();
    }
    mlir::Value getBiasGradient() {
      return getWithBias() ? mlir::Value(getAffineGradients().back()) : mlir::Value();
    }
  }];
}

def Net_UpdateStatisticOp : Net_Op<"update_statistic", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>, Net_ParameterWriteOpInterface,
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "(1 - momentum)*old + momentum*scale*value, in place";
  let description = [{
    ```mlir
    net.update_statistic @"batchnorm_1.running_mean", %mean {momentum = 1.0e-01 : f64, scale = 1.0e+00 : f64} : tensor<6xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter, Net_FloatTensor:$value,
      F64Attr:$momentum, F64Attr:$scale);
  let assemblyFormat = "$parameter `,` $value attr-dict `:` type($value)";
}

#endif
