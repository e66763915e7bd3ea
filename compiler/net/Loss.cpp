// What losses share, labels as numbers, and the count of hits.
#include "compiler/net/Loss.h"

#include "compiler/net/ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

FailureOr<RankedTensorType>
netc::net::checkLogits(std::optional<Location> location, Type logits,
                       Type labels) {
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

RankedTensorType netc::net::perExample(RankedTensorType type, Type element) {
  return RankedTensorType::get({type.getDimSize(0)}, element);
}

// Losses of elements.

/// The type of two tensors of one shape, or an error.
static FailureOr<RankedTensorType>
checkElements(std::optional<Location> location, Type output, Type target) {
  auto outputType = dyn_cast<RankedTensorType>(output);
  auto targetType = dyn_cast<RankedTensorType>(target);
  if (!outputType || !targetType || outputType.getRank() < 2 ||
      outputType.getShape() != targetType.getShape())
    return emitOptionalError(location,
                             "expected an output and a target of its shape, "
                             "got ",
                             output, " and ", target);
  return outputType;
}

LogicalResult netc::net::inferElementLoss(std::optional<Location> location,
                                          Type output, Type target,
                                          SmallVectorImpl<Type> &types) {
  auto type = checkElements(location, output, target);
  if (failed(type))
    return failure();
  types.push_back(perExample(*type, type->getElementType()));
  return success();
}

LogicalResult
netc::net::inferElementLossGradient(std::optional<Location> location,
                                    Type output, Type target,
                                    SmallVectorImpl<Type> &types) {
  auto type = checkElements(location, output, target);
  if (failed(type))
    return failure();
  types.push_back(withLayout(*type, ""));
  return success();
}

bool netc::net::areNumbers(Value labels) {
  return getElementTypeOrSelf(labels).isF32();
}

Value netc::net::buildTarget(OpBuilder &builder, Location location,
                             const LossParts &parts) {
  if (!parts.labels)
    return parts.input;
  if (areNumbers(parts.labels))
    return parts.labels;
  int64_t classes =
      cast<RankedTensorType>(parts.output.getType()).getDimSize(1);
  return builder.create<LabelTargetOp>(location, parts.labels, classes);
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
  auto logits = checkLogits(location, adaptor.getLogits().getType(),
                            adaptor.getLabels().getType());
  if (failed(logits))
    return failure();
  types.push_back(perExample(*logits, IntegerType::get(context, 32)));
  return success();
}
