// Layer normalisation by generated kernels: sums of each example in a fixed
// order, and what is computed with them for each element.
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"
#include "compiler/targets/cuda/SumChannels.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

/// Mean and variance are a pass over the example each: what is subtracted first
/// cannot cancel later.
static void expandNorm(LayerNormOp op) {
  OpBuilder builder(op);
  Location location = op.getLoc();
  Value input = op.getInput();
  double share =
      1.0 / static_cast<double>(
                cast<RankedTensorType>(input.getType()).getDimSize(1));
  Value mean = cuda::sumExamples(builder, location, input, Value(), share);
  Value variance = cuda::squareExamples(builder, location, input, mean, share);
  Value output = builder.create<ChannelAffineOp>(
      location, input, mean, variance, op.getAffine(), op.getEpsilonAttr(),
      builder.getUnitAttr());
  op.getOutput().replaceAllUsesWith(output);
  op.getMean().replaceAllUsesWith(mean);
  op.getVariance().replaceAllUsesWith(variance);
  op.erase();
}

/// Computes, with g = dy*weight, dx = (g - (sum of g + n*sum of
/// g*n)/D)/deviation, the sums over the example, n the normalised input; dw is
/// the sum of dy*n over the examples, db that of dy.
static void expandNorm(LayerNormGradientOp op) {
  OpBuilder builder(op);
  Location location = op.getLoc();
  Value dy = op.getOutputGradient();
  Value normalised = builder.create<ChannelAffineOp>(
      location, op.getInput(), op.getMean(), op.getVariance(), ValueRange(),
      op.getEpsilonAttr(), builder.getUnitAttr());
  if (!op.getAffineGradients().empty()) {
    op.getAffineGradients()[0].replaceAllUsesWith(
        cuda::sumChannels(builder, location, dy, normalised));
    op.getAffineGradients()[1].replaceAllUsesWith(
        cuda::sumChannels(builder, location, dy));
  }
  if (!op.getInputGradient().use_empty()) { // else the input does not train
    if (Value weight = op.getWeight())
      dy = builder.create<ChannelScaleOp>(location, dy, weight);
    Value dw = cuda::sumExamples(builder, location, dy, normalised);
    Value db = cuda::sumExamples(builder, location, dy);
    op.getInputGradient().replaceAllUsesWith(
        builder.create<NormInputGradientOp>(
            location, dy, normalised, op.getVariance(), dw, db, Value(),
            op.getEpsilonAttr(), builder.getUnitAttr()));
  }
  op.erase();
}

namespace {
/// `net.layer_norm` becomes `cuda.channel_sums`, `cuda.channel_squares` and
/// `cuda.channel_affine` of examples, its gradient `cuda.channel_sums` of
/// channels for the weight and of examples for `cuda.norm_input_gradient`.
struct Expansion {
  template <typename Op> static LogicalResult expand(Op op) {
    Type input = op->getOperand(0).getType();
    if (!isa<RankedTensorType>(input))
      return op.emitOpError("expected shapes that are inferred, got ") << input;
    expandNorm(op);
    return success();
  }
};
} // namespace

void cuda::attachLayerNorm(MLIRContext &context) {
  attachExpansions<Expansion, LayerNormOp, LayerNormGradientOp>(context);
}
