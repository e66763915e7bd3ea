// Stochastic gradient descent: the order of operations is PyTorch's.
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace netc::net;

ArrayRef<SettingSpec> SgdUpdateOp::getSettings() {
  static constexpr SettingSpec settings[] = {
      {"momentum"}, {"weight_decay"}, {"nesterov", SettingSpec::Kind::Flag}};
  return settings;
}

SmallVector<OptimizerState>
SgdUpdateOp::getOptimizerStates(DictionaryAttr settings) {
  if (getNumber(settings, "momentum") == 0)
    return {};
  return {{"velocity", "zero"}};
}

void SgdUpdateOp::buildUpdate(OpBuilder &builder, Location location,
                              const UpdateParts &parts) {
  double decay = getNumber(parts.settings, "weight_decay") * parts.decayScale;
  builder.create<SgdUpdateOp>(
      location, parts.parameter, parts.gradient, parts.state, parts.states,
      builder.getF64FloatAttr(getNumber(parts.settings, "momentum")),
      builder.getF64FloatAttr(decay),
      getFlag(parts.settings, "nesterov") ? builder.getUnitAttr() : UnitAttr(),
      parts.learningRateScale);
}

LogicalResult SgdUpdateOp::verify() { // sgd_update_c1
  size_t kept = getStates() ? getStates()->size() : 0;
  if (kept != (getMomentum().isZero() ? 0 : 1))
    return emitOpError("expected a state where the momentum is not 0, got ")
           << kept << " with a momentum of " << getMomentum().convertToDouble();
  return success();
}

Value SgdUpdateOp::emitUpdate(UpdateEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  auto scaled = [&](Value value, const APFloat &factor) -> Value {
    return b.create<arith::MulFOp>(loc, value,
                                   emitter.constant(factor.convertToDouble()));
  };
  Value weight = emitter.weight(), step = emitter.gradient();
  if (!getWeightDecay().isZero())
    step = b.create<arith::AddFOp>(loc, step, scaled(weight, getWeightDecay()));
  if (!getMomentum().isZero()) {
    Value decayed = step;
    step = b.create<arith::AddFOp>(loc, scaled(emitter.state(0), getMomentum()),
                                   decayed);
    emitter.keep(0, step);
    if (getNesterov()) // one step ahead of the velocity
      step = b.create<arith::AddFOp>(loc, decayed, scaled(step, getMomentum()));
  }
  Value change = b.create<arith::MulFOp>(loc, emitter.scalar(0), step);
  return b.create<arith::SubFOp>(loc, weight, change);
}
