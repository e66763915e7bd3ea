// The squared difference of an output and its target.
#include "compiler/net/ElementMath.h"
#include "compiler/net/Loss.h"

using namespace mlir;
using namespace netc::net;

BuiltLoss MeanSquaredErrorOp::buildLoss(OpBuilder &builder, Location location,
                                        const LossParts &parts) {
  Value target = buildTarget(builder, location, parts);
  return {builder.create<MeanSquaredErrorOp>(location, parts.output, target),
          Value()};
}

Value MeanSquaredErrorOp::emitTerm(ElementMath &math, Value x, Value t) {
  Value difference = math.subtract(x, t);
  return math.multiply(difference, difference);
}

Value MeanSquaredErrorGradientOp::emitTerm(ElementMath &math, Value x,
                                           Value t) {
  return math.multiply(math.constant(x, 2), math.subtract(x, t));
}
