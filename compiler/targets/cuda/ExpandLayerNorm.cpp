// Layer normalisation by generated kernels: sums of each example in a fixed
// order, and what is computed with them for each element.
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/SumChannels.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using namespace netc::cuda;

/// Mean and variance are a pass over the example each: what is subtracted first
/// cannot cancel later.
static void expand(LayerNormOp op) {
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
static void expand(LayerNormGradientOp op) {
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
class ExpandLayerNorm
    : public PassWrapper<ExpandLayerNorm, OperationPass<func::FuncOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ExpandLayerNorm)

  StringRef getArgument() const override { return "net-expand-layer-norm"; }
  StringRef getDescription() const override {
    return "Make layer normalisation of sums of examples, for a GPU";
  }
  void runOnOperation() override {
    for (Operation &op :
         llvm::make_early_inc_range(getOperation().getBody().front())) {
      if (!isa<LayerNormOp, LayerNormGradientOp>(op))
        continue;
      Type input = op.getOperand(0).getType();
      if (!isa<RankedTensorType>(input)) {
        op.emitOpError("expected shapes that are inferred, got ") << input;
        return signalPassFailure();
      }
      if (auto norm = dyn_cast<LayerNormOp>(op))
        expand(norm);
      else
        expand(cast<LayerNormGradientOp>(op));
    }
  }
};
} // namespace

std::unique_ptr<Pass> netc::cuda::createExpandLayerNorm() {
  return std::make_unique<ExpandLayerNorm>();
}
