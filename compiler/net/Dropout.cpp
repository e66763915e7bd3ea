// net.dropout.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

LogicalResult DropoutOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferLayer(location, adaptor.getInput().getType(),
                    shape::Dropout{adaptor.getRate().convertToDouble()}, types);
}

// The mask is made again from the same counters, so nothing is kept for it.
SmallVector<Value> DropoutOp::buildGradient(OpBuilder &builder,
                                            ValueRange gradients,
                                            ArrayRef<bool> wanted) {
  return {builder.create<DropoutOp>(getLoc(), gradients[0], getState(),
                                    getRateAttr(), getPathAttr()),
          Value()};
}

SmallVector<Value> DropoutOp::buildEvaluation(OpBuilder &) {
  return {getInput()};
}

Value DropoutOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  double rate = getRate().convertToDouble();
  auto [low, high] = emitter.logicalIndex();
  Value uniform = emitPhiloxUniform(
      emitter,
      {low, high, emitter.stateWord(getState(), runtime::StateWord::StepLow),
       emitter.stateWord(getState(), runtime::StateWord::StepHigh)},
      emitStreamKey(emitter, getState(), getPath()));
  Value kept = b.create<arith::CmpFOp>(getLoc(), arith::CmpFPredicate::OGE,
                                       uniform, emitter.constant(rate));
  Value scaled = b.create<arith::MulFOp>(getLoc(), emitter.element(getInput()),
                                         emitter.constant(1 / (1 - rate)));
  return b.create<arith::SelectOp>(getLoc(), kept, scaled, emitter.constant(0));
}

bool DropoutOp::isPointwise(unsigned operand) { return operand == 0; }
bool DropoutOp::keepsZero() { return true; }
