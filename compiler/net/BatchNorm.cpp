// net.batch_norm, its form with given statistics, and their gradient.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// [C] for an input [N, C, ...]; unranked for an unranked one.
static Type channelsOf(Type input) {
  auto f32 = Float32Type::get(input.getContext());
  auto ranked = dyn_cast<RankedTensorType>(input);
  if (!ranked || ranked.getRank() < 2)
    return UnrankedTensorType::get(f32);
  return RankedTensorType::get({ranked.getDimSize(1)}, f32);
}

/// What a fused relu leaves for the gradient: like the output, of bytes.
static Type maskOf(Type output) {
  auto byte = IntegerType::get(output.getContext(), 8, IntegerType::Unsigned);
  auto ranked = dyn_cast<RankedTensorType>(output);
  if (!ranked)
    return UnrankedTensorType::get(byte);
  return RankedTensorType::get(ranked.getShape(), byte);
}

template <typename Adaptor>
static LogicalResult inferOutput(std::optional<Location> location,
                                 Adaptor adaptor,
                                 SmallVectorImpl<Type> &types) {
  shape::BatchNorm spec;
  spec.affine = !adaptor.getAffine().empty();
  return inferLayer(location, adaptor.getInput().getType(), spec, types);
}

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  if (failed(inferOutput(location, adaptor, types)))
    return failure();
  types.append(2, channelsOf(adaptor.getInput().getType()));
  if (adaptor.getActivation())
    types.push_back(maskOf(types[0]));
  return success();
}

LogicalResult
BatchStatisticsOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                    Adaptor adaptor,
                                    SmallVectorImpl<Type> &types) {
  types.append(2, channelsOf(adaptor.getInput().getType()));
  return success();
}

LogicalResult BatchNormInferenceOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  if (failed(inferOutput(location, adaptor, types)))
    return failure();
  if (adaptor.getActivation())
    types.push_back(maskOf(types[0]));
  return success();
}

LogicalResult BatchNormGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  if (failed(inferLayer(location, input, shape::BatchNorm{}, types)))
    return failure();
  types.append((adaptor.getWeight() ? 1 : 0) + (adaptor.getWithBias() ? 1 : 0),
               channelsOf(input));
  return success();
}

/// Each of `values` is [C] of the op's input.
static LogicalResult verifyChannels(Operation *op, Value input,
                                    ValueRange values) {
  Type expected = channelsOf(input.getType());
  for (Value value : values)
    if (!areCompatibleTypes(expected, value.getType()))
      return op->emitOpError("expected ")
             << expected << " for each channel of its input, got "
             << value.getType();
  return success();
}

template <typename Op> static LogicalResult verifyAffine(Op op) {
  if (op.getAffine().size() > 2)
    return op.emitOpError("expected at most a weight and a bias");
  if (op.getActivation().value_or(ActivationKind::ReLU) != ActivationKind::ReLU)
    return op.emitOpError("fuses a relu only");
  return verifyChannels(op, op.getInput(), op.getAffine());
}

LogicalResult BatchNormOp::verify() { // batch_norm_c1
  return verifyAffine(*this);
}

LogicalResult BatchNormInferenceOp::verify() { // batch_norm_inference_c1
  if (failed(verifyAffine(*this)))
    return failure();
  return verifyChannels(*this, getInput(), {getMean(), getVariance()});
}

/// The gradients in the order of the operands: the input's, then those of
/// `affine` behind `skipped` operands without one.
static SmallVector<Value> inOperandOrder(BatchNormGradientOp gradient,
                                         size_t skipped) {
  SmallVector<Value> result{gradient.getInputGradient()};
  result.append(skipped, Value());
  llvm::append_range(result, gradient.getAffineGradients());
  return result;
}

SmallVector<Value> BatchNormOp::buildGradient(OpBuilder &builder,
                                              ValueRange gradients,
                                              ArrayRef<bool> wanted) {
  assert(!getActivation() && "activations are fused after differentiation");
  return inOperandOrder(builder.create<BatchNormGradientOp>(
                            getLoc(), getInput(), getMean(), getVariance(),
                            gradients[0], getWeight(), Value(),
                            getEpsilonAttr(),
                            builder.getBoolAttr(bool(getBias())), UnitAttr()),
                        0);
}

SmallVector<Value> BatchNormInferenceOp::buildGradient(OpBuilder &builder,
                                                       ValueRange gradients,
                                                       ArrayRef<bool> wanted) {
  assert(!getActivation() && "activations are fused after differentiation");
  return inOperandOrder(
      builder.create<BatchNormGradientOp>(
          getLoc(), getInput(), getMean(), getVariance(), gradients[0],
          getWeight(), Value(), getEpsilonAttr(),
          builder.getBoolAttr(bool(getBias())), builder.getUnitAttr()),
      2);
}

LogicalResult BatchNormOp::prepareTraining(OpBuilder &builder) {
  auto input = cast<RankedTensorType>(getInput().getType());
  int64_t values = input.getNumElements() / input.getDimSize(1);
  if (values == 1)
    return emitError("a batch of one example has a single value in each of "
                     "its ")
           << input.getDimSize(1) << " channels, which has no variance";
  auto update = [&](FlatSymbolRefAttr statistic, Value value, double scale) {
    builder.create<UpdateStatisticOp>(getLoc(), statistic, value,
                                      getMomentumAttr(),
                                      builder.getF64FloatAttr(scale));
  };
  update(getRunningMeanAttr(), getMean(), 1);
  update(getRunningVarianceAttr(), getVariance(),
         static_cast<double>(values) / static_cast<double>(values - 1));
  return success();
}

SmallVector<Value> BatchNormOp::buildEvaluation(OpBuilder &builder) {
  auto read = [&](FlatSymbolRefAttr statistic, Value like) -> Value {
    return builder.create<ReadParameterOp>(getLoc(), like.getType(),
                                           statistic.getValue());
  };
  Value mean = read(getRunningMeanAttr(), getMean());
  Value variance = read(getRunningVarianceAttr(), getVariance());
  auto op = builder.create<BatchNormInferenceOp>(
      getLoc(), getInput(), mean, variance, getAffine(), getEpsilonAttr(),
      getActivationAttr());
  SmallVector<Value> results{op.getOutput(), mean, variance};
  if (getMask())
    results.push_back(op.getMask());
  return results;
}

LogicalResult
UpdateStatisticOp::verifySymbolUses(SymbolTableCollection &table) {
  return verifyParameterUse(*this, table, getParameterAttr(),
                            getValue().getType());
}

LogicalResult BatchNormOp::verifySymbolUses(SymbolTableCollection &table) {
  if (failed(verifyParameterUse(*this, table, getRunningMeanAttr(),
                                getMean().getType())))
    return failure();
  return verifyParameterUse(*this, table, getRunningVarianceAttr(),
                            getVariance().getType());
}

// The relu behind.

/// The gradients of the batch normalisation behind whose relu they begin, with
/// the relu's own before each; nullopt if one is something else.
static std::optional<
    SmallVector<std::pair<ActivationGradientOp, BatchNormGradientOp>>>
gradientsThrough(ActivationOp relu, Value input, Value mean) {
  SmallVector<std::pair<ActivationGradientOp, BatchNormGradientOp>> result;
  for (OpOperand &use : relu.getOutput().getUses()) {
    auto slope = dyn_cast<ActivationGradientOp>(use.getOwner());
    if (!slope || use.get() != slope.getValue())
      continue;
    BatchNormGradientOp gradient;
    if (slope->hasOneUse())
      gradient = dyn_cast<BatchNormGradientOp>(*slope->user_begin());
    if (!gradient || gradient.getInput() != input ||
        gradient.getMean() != mean || gradient.getMask())
      return std::nullopt;
    result.emplace_back(slope, gradient);
  }
  return result;
}

/// The normalisation gives a mask in place of the relu, and its gradients take
/// it. `rebuild` makes it again with the relu.
template <typename Op>
static void fuseNorm(Op norm, ActivationOp relu,
                     function_ref<Op(OpBuilder &)> rebuild) {
  if (!norm.getOutput().hasOneUse() || norm.getActivation())
    return;
  auto gradients = gradientsThrough(relu, norm.getInput(), norm.getMean());
  if (!gradients)
    return;
  OpBuilder builder(norm);
  Op fused = rebuild(builder);
  for (auto [slope, gradient] : *gradients) {
    gradient.getOutputGradientMutable().assign(slope.getOutputGradient());
    gradient.getMaskMutable().assign(fused.getMask());
    slope.erase();
  }
  relu.replaceAllUsesWith(fused.getOutput());
  relu.erase();
  norm.erase();
}

void BatchNormOp::fuseActivation(Operation *activation) {
  auto relu = cast<ActivationOp>(activation);
  fuseNorm<BatchNormOp>(*this, relu, [&](OpBuilder &builder) {
    auto fused = builder.create<BatchNormOp>(
        getLoc(), getInput(), getAffine(), getEpsilonAttr(), getMomentumAttr(),
        getRunningMeanAttr(), getRunningVarianceAttr(), relu.getKindAttr());
    getMean().replaceAllUsesWith(fused.getMean());
    getVariance().replaceAllUsesWith(fused.getVariance());
    return fused;
  });
}

void BatchNormInferenceOp::fuseActivation(Operation *activation) {
  auto relu = cast<ActivationOp>(activation);
  fuseNorm<BatchNormInferenceOp>(*this, relu, [&](OpBuilder &builder) {
    return builder.create<BatchNormInferenceOp>(
        getLoc(), getInput(), getMean(), getVariance(), getAffine(),
        getEpsilonAttr(), relu.getKindAttr());
  });
}
