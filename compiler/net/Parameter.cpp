// net.parameter, its reads, writes and updates, and initial values.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace netc::net;

LogicalResult ParameterOp::verify() {
  if (!isa<RankedTensorType>(getType()))
    return emitOpError("expected a ranked type, got ") << getType();
  if (getInit() != "xavier" && getInit() != "zero" && getInit() != "one")
    return emitOpError("expected init `xavier`, `zero` or `one`, got `")
           << getInit() << "`";
  if (getStatistic() && getTrainable())
    return emitOpError("is a statistic, which is not trained");
  if (getDataset() !=
      cast<RankedTensorType>(getType()).getElementType().isUnsignedInteger(8))
    return emitOpError(
        "expected 8-bit pixels of a dataset and of nothing else");
  if (getDataset() && (getTrainable() || getStatistic()))
    return emitOpError("is a dataset, which no program changes");
  for (const APFloat &scale : {getLearningRateScale(), getDecayScale()})
    if (!scale.isFinite() || scale.isNegative())
      return emitOpError("expected scales of at least 0");
  if (getFanIn() < 1 || getFanOut() < 1)
    return emitOpError("expected positive fans");
  return success();
}

/// The parameter exists and has the shape of `type`; layouts may differ until
/// they are propagated.
static LogicalResult verifyUse(Operation *op, SymbolTableCollection &table,
                               FlatSymbolRefAttr name, Type type) {
  auto parameter = table.lookupNearestSymbolFrom<ParameterOp>(op, name);
  if (!parameter)
    return op->emitOpError("refers to no parameter ") << name;
  if (!areCompatibleTypes(parameter.getType(), type))
    return op->emitOpError("expected ")
           << parameter.getType() << " of " << name << ", got " << type;
  return success();
}

LogicalResult ReadParameterOp::verifySymbolUses(SymbolTableCollection &table) {
  return verifyUse(*this, table, getParameterAttr(), getValue().getType());
}

LogicalResult WriteParameterOp::verifySymbolUses(SymbolTableCollection &table) {
  return verifyUse(*this, table, getParameterAttr(), getValue().getType());
}

LogicalResult SgdUpdateOp::verifySymbolUses(SymbolTableCollection &table) {
  if (getVelocityAttr() && failed(verifyUse(*this, table, getVelocityAttr(),
                                            getGradient().getType())))
    return failure();
  return verifyUse(*this, table, getParameterAttr(), getGradient().getType());
}

LogicalResult
UpdateStatisticOp::verifySymbolUses(SymbolTableCollection &table) {
  return verifyUse(*this, table, getParameterAttr(), getValue().getType());
}

LogicalResult BatchNormOp::verifySymbolUses(SymbolTableCollection &table) {
  if (failed(
          verifyUse(*this, table, getRunningMeanAttr(), getMean().getType())))
    return failure();
  return verifyUse(*this, table, getRunningVarianceAttr(),
                   getVariance().getType());
}

LogicalResult TrainingOp::verify() {
  bool ofLabels = getLoss() == "softmax_cross_entropy";
  if (!ofLabels && getLoss() != "sigmoid_binary_cross_entropy" &&
      getLoss() != "mean_squared_error")
    return emitOpError("expected the loss `softmax_cross_entropy`, "
                       "`sigmoid_binary_cross_entropy` or "
                       "`mean_squared_error`, got `")
           << getLoss() << "`";
  if (getTarget() != "label" && (getTarget() != "input" || ofLabels))
    return emitOpError("cannot compare with the target `")
           << getTarget() << "`";
  if (getLastBatch() < 0)
    return emitOpError("expected a last batch of at least 0");
  return success();
}

LogicalResult TrainingOp::verifySymbolUses(SymbolTableCollection &table) {
  for (FlatSymbolRefAttr function :
       {getNetworkAttr(), getTrainTransformsAttr(), getTestTransformsAttr()})
    if (function &&
        !table.lookupNearestSymbolFrom<FunctionOpInterface>(*this, function))
      return emitOpError("refers to no function ") << function;
  return success();
}

Value XavierUniformOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  double bound = getBound().convertToDouble();
  auto [low, high] = emitter.logicalIndex();
  Value zero = emitter.constantInt(0);
  Value uniform =
      emitPhiloxUniform(emitter, {low, high, zero, zero},
                        emitStreamKey(emitter, getState(), getPath()));
  // 2u - 1 is exact in f32: u has 24 bits.
  Value doubled =
      b.create<arith::MulFOp>(getLoc(), uniform, emitter.constant(2));
  Value centred =
      b.create<arith::SubFOp>(getLoc(), doubled, emitter.constant(1));
  return b.create<arith::MulFOp>(getLoc(), centred, emitter.constant(bound));
}

bool XavierUniformOp::isPointwise(unsigned) { return false; }

Value FillOp::emitElement(ElementEmitter &emitter) {
  return emitter.constant(getValue().convertToDouble());
}

bool FillOp::keepsZero() { return getValue().isZero(); }
