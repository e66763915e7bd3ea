// net.parameter, its reads and writes, and initial values.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

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
  if (!getDataset() &&
      cast<RankedTensorType>(getType()).getElementType().isUnsignedInteger())
    return emitOpError("expected whole numbers of a dataset only");
  if (getDataset() && (getTrainable() || getStatistic()))
    return emitOpError("is a dataset, which no program changes");
  if (getState().has_value() != getStateOf().has_value())
    return emitOpError("expected `state` and `state_of`, or neither");
  if (getStateOf() && (getTrainable() || getStatistic() || getDataset()))
    return emitOpError("is state of an optimizer, and nothing else");
  for (const APFloat &scale : {getLearningRateScale(), getDecayScale()})
    if (!scale.isFinite() || scale.isNegative())
      return emitOpError("expected scales of at least 0");
  if (getFanIn() < 1 || getFanOut() < 1)
    return emitOpError("expected positive fans");
  return success();
}

LogicalResult ParameterOp::verifySymbolUses(SymbolTableCollection &table) {
  if (!getStateOf())
    return success();
  if (failed(verifyParameterUse(*this, table, getStateOfAttr(), getType())))
    return failure();
  auto of = table.lookupNearestSymbolFrom<ParameterOp>(*this, getStateOfAttr());
  return of.getTrainable() ? success()
                           : emitOpError("is state of ")
                                 << getStateOfAttr()
                                 << ", which is not trained";
}

LogicalResult netc::net::verifyParameterUse(Operation *op,
                                            SymbolTableCollection &table,
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
  return verifyParameterUse(*this, table, getParameterAttr(),
                            getValue().getType());
}

LogicalResult WriteParameterOp::verifySymbolUses(SymbolTableCollection &table) {
  return verifyParameterUse(*this, table, getParameterAttr(),
                            getValue().getType());
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
