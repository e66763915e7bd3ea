// Batch normalisation in the forms that a GPU has: cuDNN's own in training,
// generated kernels where the statistics are given.
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"
#include "compiler/targets/cuda/SumChannels.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

/// One number for each channel of `like`.
static Value fill(OpBuilder &builder, Location location, Value like,
                  double value) {
  int64_t channels = cast<RankedTensorType>(like.getType()).getDimSize(1);
  return builder.create<FillOp>(
      location, RankedTensorType::get({channels}, builder.getF32Type()),
      builder.getF64FloatAttr(value));
}

/// cuDNN normalises fours of channels only.
static bool suitsCudnn(Value input) {
  return cast<RankedTensorType>(input.getType()).getDimSize(1) % 4 == 0;
}

/// Mean and variance by sums, and the rest as with given statistics.
static void expandBySums(BatchNormOp op) {
  OpBuilder builder(op);
  Location location = op.getLoc();
  Value input = op.getInput();
  auto type = cast<RankedTensorType>(input.getType());
  double share = static_cast<double>(type.getDimSize(1)) /
                 static_cast<double>(type.getNumElements());
  Value mean = cuda::sumChannels(builder, location, input, Value(), share);
  Value variance = cuda::squareChannels(builder, location, input, mean, share);
  Value output = builder.create<ChannelAffineOp>(
      location, input, mean, variance, op.getAffine(), op.getEpsilonAttr(),
      UnitAttr());
  op.getOutput().replaceAllUsesWith(output);
  op.getMean().replaceAllUsesWith(mean);
  op.getVariance().replaceAllUsesWith(variance);
  op.erase();
}

/// cuDNN gives 1/sqrt(variance + epsilon), which its gradient wants; the
/// variance is of the running statistics only.
static void expandNorm(BatchNormOp op) {
  if (!suitsCudnn(op.getInput()))
    return expandBySums(op);
  OpBuilder builder(op);
  Location location = op.getLoc();
  Value weight = op.getWeight(), bias = op.getBias();
  if (!weight)
    weight = fill(builder, location, op.getInput(), 1);
  if (!bias)
    bias = fill(builder, location, op.getInput(), 0);
  auto norm = builder.create<CudnnBatchNormOp>(location, op.getInput(), weight,
                                               bias, op.getEpsilonAttr());
  auto variance = builder.create<VarianceOp>(location, norm.getInverse(),
                                             op.getEpsilonAttr());
  op.getOutput().replaceAllUsesWith(norm.getOutput());
  op.getMean().replaceAllUsesWith(norm.getMean());
  op.getVariance().replaceAllUsesWith(variance.getVariance());
  op.erase();
}

static void expandNorm(BatchNormInferenceOp op) {
  OpBuilder builder(op);
  op.getOutput().replaceAllUsesWith(builder.create<ChannelAffineOp>(
      op.getLoc(), op.getInput(), op.getMean(), op.getVariance(),
      op.getAffine(), op.getEpsilonAttr(), UnitAttr()));
  op.erase();
}

static void replaceGradients(BatchNormGradientOp op, Value input, Value weight,
                             Value bias) {
  op.getInputGradient().replaceAllUsesWith(input);
  if (Value gradient = op.getWeightGradient())
    gradient.replaceAllUsesWith(weight);
  if (Value gradient = op.getBiasGradient())
    gradient.replaceAllUsesWith(bias);
  op.erase();
}

/// Through given statistics: dx = dy/deviation*weight, dw the sum of dy times
/// the normalised input, db that of dy.
static void expandGiven(BatchNormGradientOp op) {
  OpBuilder builder(op);
  Location location = op.getLoc();
  Value dy = op.getOutputGradient();
  SmallVector<Value> affine;
  if (op.getWeight())
    affine.push_back(op.getWeight());
  Value input = builder.create<ChannelAffineOp>(
      location, dy, fill(builder, location, dy, 0), op.getVariance(), affine,
      op.getEpsilonAttr(), UnitAttr());
  Value weight, bias;
  if (op.getWeightGradient()) {
    Value normalised = builder.create<ChannelAffineOp>(
        location, op.getInput(), op.getMean(), op.getVariance(), ValueRange(),
        op.getEpsilonAttr(), UnitAttr());
    weight = cuda::sumChannels(builder, location, dy, normalised);
  }
  if (op.getBiasGradient())
    bias = cuda::sumChannels(builder, location, dy);
  replaceGradients(op, input, weight, bias);
}

static void expandBySums(BatchNormGradientOp op) {
  OpBuilder builder(op);
  Location location = op.getLoc();
  Value dy = op.getOutputGradient();
  Value normalised = builder.create<ChannelAffineOp>(
      location, op.getInput(), op.getMean(), op.getVariance(), ValueRange(),
      op.getEpsilonAttr(), UnitAttr());
  Value dw = cuda::sumChannels(builder, location, dy, normalised);
  Value db = cuda::sumChannels(builder, location, dy);
  Value dx = builder.create<NormInputGradientOp>(
      location, dy, normalised, op.getVariance(), dw, db, op.getWeight(),
      op.getEpsilonAttr(), UnitAttr());
  replaceGradients(op, dx, dw, db);
}

static LogicalResult expandGradient(BatchNormGradientOp op) {
  if (op.getGivenStatistics()) {
    expandGiven(op);
    return success();
  }
  if (!suitsCudnn(op.getInput())) {
    expandBySums(op);
    return success();
  }
  auto variance = op.getVariance().getDefiningOp<VarianceOp>();
  if (!variance)
    return op.emitOpError("expected the variance of a normalisation");
  OpBuilder builder(op);
  Value weight = op.getWeight();
  if (!weight)
    weight = fill(builder, op.getLoc(), op.getInput(), 1);
  auto gradient = builder.create<CudnnBatchNormGradientOp>(
      op.getLoc(), op.getOutputGradient(), op.getInput(), weight, op.getMean(),
      variance.getInverse());
  replaceGradients(op, gradient.getInputGradient(),
                   gradient.getWeightGradient(), gradient.getBiasGradient());
  return success();
}

template <typename Op> static LogicalResult refuseActivation(Op op) {
  if (op.getActivation())
    return op.emitOpError("has an activation, which on a GPU stays apart");
  return success();
}

namespace {
/// `net.batch_norm` becomes `cuda.cudnn_batch_norm` with `cuda.variance` behind
/// it, its gradient `cuda.cudnn_batch_norm_gradient`;
/// `net.batch_norm_inference` becomes `cuda.channel_affine`, and its gradient
/// that and `cuda.channel_sums`. So do those of channels that cuDNN does not
/// take.
struct Expansion {
  static LogicalResult expand(BatchNormOp op) {
    if (failed(refuseActivation(op)))
      return failure();
    expandNorm(op);
    return success();
  }
  static LogicalResult expand(BatchNormInferenceOp op) {
    if (failed(refuseActivation(op)))
      return failure();
    expandNorm(op);
    return success();
  }
  static LogicalResult expand(BatchNormGradientOp op) {
    return expandGradient(op);
  }
};

struct Normalization : GraphFamily {
  static CudaGraph graph(CudnnBatchNormOp op, Precision precision) {
    GraphWriter writer(precision);
    Form x = pictureOrPixels(op.getInput()), c = perChannel(op.getWeight());
    std::vector<size_t> inputs{writer.input({"x", op.getInput(), x}),
                               writer.input({"w", op.getWeight(), c}),
                               writer.input({"b", op.getBias(), c})};
    std::vector<size_t> outputs{writer.output({"y", op.getOutput(), x}),
                                writer.output({"mean", op.getMean(), c}),
                                writer.output({"inverse", op.getInverse(), c})};
    writer.node(NodeKind::BatchNorm, inputs, outputs).epsilon =
        op.getEpsilon().convertToDouble();
    return writer.done();
  }
  static CudaGraph graph(CudnnBatchNormGradientOp op, Precision precision) {
    GraphWriter writer(precision);
    Form x = pictureOrPixels(op.getInput()), c = perChannel(op.getWeight());
    std::vector<size_t> inputs{writer.input({"dy", op.getOutputGradient(), x}),
                               writer.input({"x", op.getInput(), x}),
                               writer.input({"w", op.getWeight(), c}),
                               writer.input({"mean", op.getMean(), c}),
                               writer.input({"inverse", op.getInverse(), c})};
    std::vector<size_t> outputs{
        writer.output({"dx", op.getInputGradient(), x}),
        writer.output({"dw", op.getWeightGradient(), c}),
        writer.output({"db", op.getBiasGradient(), c})};
    writer.node(NodeKind::BatchNormGradient, inputs, outputs);
    return writer.done();
  }

  /// cuDNN normalises bf16 in eights of channels only; others stay f32.
  static bool givesBf16(Operation *op) {
    return cast<RankedTensorType>(op->getOperand(0).getType()).getDimSize(1) %
               8 ==
           0;
  }
  static std::optional<bool> wantsBf16(Operation *op) { return givesBf16(op); }
};
} // namespace

void cuda::attachBatchNorm(MLIRContext &context) {
  attachExpansions<Expansion, BatchNormOp, BatchNormInferenceOp,
                   BatchNormGradientOp>(context);
  attachGraphs<Normalization, CudnnBatchNormOp, CudnnBatchNormGradientOp>(
      context);
}
