// The losses: what they take, and their gradients.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// logits [N, K] and labels [N], or [N, K, H, W] and [N, H, W], or an error.
static FailureOr<RankedTensorType>
checkOperands(std::optional<Location> location, Type logits, Type labels) {
  auto logitsType = dyn_cast<RankedTensorType>(logits);
  auto labelsType = dyn_cast<RankedTensorType>(labels);
  auto fits = [&] {
    if (!logitsType || !labelsType ||
        (logitsType.getRank() != 2 && logitsType.getRank() != 4))
      return false;
    SmallVector<int64_t> places(logitsType.getShape());
    places.erase(places.begin() + 1); // the classes
    return labelsType.getShape() == ArrayRef(places);
  };
  if (!fits())
    return emitOptionalError(
        location,
        "expected logits [N, classes] and labels [N], or [N, classes, H, W] "
        "and [N, H, W], got ",
        logits, " and ", labels);
  return logitsType;
}

static RankedTensorType perExample(RankedTensorType type, Type element) {
  return RankedTensorType::get({type.getDimSize(0)}, element);
}

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
  auto logits = checkOperands(location, adaptor.getLogits().getType(),
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
  auto logits = checkOperands(location, adaptor.getLogits().getType(),
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
  auto logits = checkOperands(location, adaptor.getLogits().getType(),
                              adaptor.getLabels().getType());
  if (failed(logits) ||
      failed(checkSmoothing(location, adaptor.getLabelSmoothing())))
    return failure();
  appendLossTypes(*logits, types);
  types.push_back(withLayout(*logits, ""));
  return success();
}

// Losses of elements.

/// Two tensors of one shape, or an error.
template <typename Adaptor>
static FailureOr<RankedTensorType>
checkElements(std::optional<Location> location, Adaptor adaptor) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  auto target = dyn_cast<RankedTensorType>(adaptor.getTarget().getType());
  if (!input || !target || input.getRank() < 2 ||
      input.getShape() != target.getShape())
    return emitOptionalError(location,
                             "expected an output and a target of its shape, "
                             "got ",
                             adaptor.getInput().getType(), " and ",
                             adaptor.getTarget().getType());
  return input;
}

template <typename Adaptor>
static LogicalResult inferElementLoss(std::optional<Location> location,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto input = checkElements(location, adaptor);
  if (failed(input))
    return failure();
  types.push_back(perExample(*input, input->getElementType()));
  return success();
}

template <typename Adaptor>
static LogicalResult inferElementGradient(std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto input = checkElements(location, adaptor);
  if (failed(input))
    return failure();
  types.push_back(withLayout(*input, ""));
  return success();
}

LogicalResult SigmoidBinaryCrossEntropyOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferElementLoss(location, adaptor, types);
}

SmallVector<Value> SigmoidBinaryCrossEntropyOp::buildGradient(
    OpBuilder &builder, ValueRange gradients, ArrayRef<bool> wanted) {
  return {builder.create<SigmoidBinaryCrossEntropyGradientOp>(
              getLoc(), getInput(), getTarget(), gradients[0]),
          Value()};
}

LogicalResult SigmoidBinaryCrossEntropyGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferElementGradient(location, adaptor, types);
}

LogicalResult MeanSquaredErrorOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferElementLoss(location, adaptor, types);
}

SmallVector<Value> MeanSquaredErrorOp::buildGradient(OpBuilder &builder,
                                                     ValueRange gradients,
                                                     ArrayRef<bool> wanted) {
  return {builder.create<MeanSquaredErrorGradientOp>(getLoc(), getInput(),
                                                     getTarget(), gradients[0]),
          Value()};
}

LogicalResult MeanSquaredErrorGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferElementGradient(location, adaptor, types);
}

// Labels.

LogicalResult LabelTargetOp::inferReturnTypes(MLIRContext *context,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  auto labels = dyn_cast<RankedTensorType>(adaptor.getLabels().getType());
  int64_t classes = adaptor.getClasses();
  if (!labels || labels.getRank() < 1 || classes < 1 ||
      classes > shape::maxArgument)
    return emitOptionalError(location,
                             "expected labels [N, ...] and at least one class");
  SmallVector<int64_t> sizes(labels.getShape());
  sizes.insert(sizes.begin() + 1, classes);
  types.push_back(RankedTensorType::get(sizes, Float32Type::get(context)));
  return success();
}

bool LabelTargetOp::isPointwise(unsigned) { return false; }

Value LabelTargetOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  SmallVector<Value> at(emitter.coordinates());
  Value channel = at[1];
  at.erase(at.begin() + 1);
  Value label =
      b.create<memref::LoadOp>(getLoc(), emitter.buffer(getLabels()), at);
  if (getClasses() == 1)
    return b.create<arith::SIToFPOp>(getLoc(), b.getF32Type(), label);
  Value number =
      b.create<arith::IndexCastOp>(getLoc(), b.getI32Type(), channel);
  Value isLabel = b.create<arith::CmpIOp>(getLoc(), arith::CmpIPredicate::eq,
                                          number, label);
  return b.create<arith::UIToFPOp>(getLoc(), b.getF32Type(), isLabel);
}

LogicalResult CountCorrectOp::inferReturnTypes(MLIRContext *context,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  auto logits = checkOperands(location, adaptor.getLogits().getType(),
                              adaptor.getLabels().getType());
  if (failed(logits))
    return failure();
  types.push_back(perExample(*logits, IntegerType::get(context, 32)));
  return success();
}
