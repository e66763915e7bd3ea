// Softmax cross-entropy: what it takes, and its gradient.
#include "compiler/net/Loss.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

static void appendLossTypes(RankedTensorType logits,
                            SmallVectorImpl<Type> &types) {
  types.push_back(perExample(logits, logits.getElementType()));
  types.push_back(
      perExample(logits, IntegerType::get(logits.getContext(), 32)));
}

static LogicalResult checkSmoothing(std::optional<Location> location,
                                    std::optional<APFloat> smoothing) {
  double value = smoothing ? smoothing->convertToDouble() : 0;
  if (value >= 0 && value <= 1)
    return success();
  return emitOptionalError(location, "expected a label_smoothing of 0 to 1");
}

LogicalResult SoftmaxCrossEntropyOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto logits = checkLogits(location, adaptor.getLogits().getType(),
                            adaptor.getLabels().getType());
  if (failed(logits) ||
      failed(checkSmoothing(location, adaptor.getLabelSmoothing())))
    return failure();
  appendLossTypes(*logits, types);
  return success();
}

SmallVector<Value> SoftmaxCrossEntropyOp::buildGradient(OpBuilder &builder,
                                                        ValueRange gradients,
                                                        ArrayRef<bool> wanted) {
  return {builder.create<SoftmaxCrossEntropyGradientOp>(
              getLoc(), getLogits(), getLabels(), gradients[0],
              getLabelSmoothingAttr()),
          Value()};
}

LogicalResult SoftmaxCrossEntropyGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto logits = checkLogits(location, adaptor.getLogits().getType(),
                            adaptor.getLabels().getType());
  if (failed(logits) ||
      failed(checkSmoothing(location, adaptor.getLabelSmoothing())))
    return failure();
  types.push_back(withLayout(*logits, ""));
  return success();
}

LogicalResult SoftmaxCrossEntropyWithGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto logits = checkLogits(location, adaptor.getLogits().getType(),
                            adaptor.getLabels().getType());
  if (failed(logits) ||
      failed(checkSmoothing(location, adaptor.getLabelSmoothing())))
    return failure();
  appendLossTypes(*logits, types);
  types.push_back(withLayout(*logits, ""));
  return success();
}

ArrayRef<SettingSpec> SoftmaxCrossEntropyOp::getSettings() {
  static constexpr SettingSpec settings[] = {{"label_smoothing"}};
  return settings;
}

bool SoftmaxCrossEntropyOp::takesInput() { return false; }

BuiltLoss SoftmaxCrossEntropyOp::buildLoss(OpBuilder &builder,
                                           Location location,
                                           const LossParts &parts) {
  FloatAttr smoothing;
  if (double share = getNumber(parts.settings, "label_smoothing"))
    smoothing = builder.getF64FloatAttr(share);
  auto loss = builder.create<SoftmaxCrossEntropyOp>(location, parts.output,
                                                    parts.labels, smoothing);
  return {loss.getLoss(), loss.getCorrect()};
}
