// net.softmax_cross_entropy, its gradient, and both in one.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// logits [N, K] and labels [N], or an error.
static FailureOr<RankedTensorType>
checkOperands(std::optional<Location> location, Type logits, Type labels) {
  auto logitsType = dyn_cast<RankedTensorType>(logits);
  auto labelsType = dyn_cast<RankedTensorType>(labels);
  if (!logitsType || !labelsType || logitsType.getRank() != 2 ||
      labelsType.getRank() != 1 ||
      logitsType.getDimSize(0) != labelsType.getDimSize(0))
    return emitOptionalError(
        location, "expected logits [N, classes] and labels [N], got ", logits,
        " and ", labels);
  return logitsType;
}

static void appendLossTypes(RankedTensorType logits,
                            SmallVectorImpl<Type> &types) {
  int64_t batch = logits.getDimSize(0);
  types.push_back(RankedTensorType::get({batch}, logits.getElementType()));
  types.push_back(RankedTensorType::get(
      {batch}, IntegerType::get(logits.getContext(), 32)));
}

LogicalResult SoftmaxCrossEntropyOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto logits = checkOperands(location, adaptor.getLogits().getType(),
                              adaptor.getLabels().getType());
  if (failed(logits))
    return failure();
  appendLossTypes(*logits, types);
  return success();
}

SmallVector<Value> SoftmaxCrossEntropyOp::buildGradient(OpBuilder &builder,
                                                        ValueRange gradients,
                                                        ArrayRef<bool> wanted) {
  return {builder.create<SoftmaxCrossEntropyGradientOp>(
              getLoc(), getLogits(), getLabels(), gradients[0]),
          Value()};
}

LogicalResult SoftmaxCrossEntropyGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto logits = checkOperands(location, adaptor.getLogits().getType(),
                              adaptor.getLabels().getType());
  if (failed(logits))
    return failure();
  types.push_back(withLayout(*logits, ""));
  return success();
}

LogicalResult SoftmaxCrossEntropyWithGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto logits = checkOperands(location, adaptor.getLogits().getType(),
                              adaptor.getLabels().getType());
  if (failed(logits))
    return failure();
  appendLossTypes(*logits, types);
  types.push_back(withLayout(*logits, ""));
  return success();
}
