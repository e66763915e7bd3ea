// The binary cross-entropy of a logit and its target, for any logit.
#include "compiler/net/ElementMath.h"
#include "compiler/net/Loss.h"

using namespace mlir;
using namespace netc::net;

BuiltLoss SigmoidBinaryCrossEntropyOp::buildLoss(OpBuilder &builder,
                                                 Location location,
                                                 const LossParts &parts) {
  Value target = buildTarget(builder, location, parts);
  BuiltLoss built;
  built.loss = builder.create<SigmoidBinaryCrossEntropyOp>(
      location, parts.output, target);
  if (parts.labels && !areNumbers(parts.labels))
    built.correct =
        builder.create<CountCorrectOp>(location, parts.output, parts.labels);
  return built;
}

/// max(x, 0) - x*t is exact where it cancels.
Value SigmoidBinaryCrossEntropyOp::emitTerm(ElementMath &math, Value x,
                                            Value t) {
  Value positive = math.positivePart(x);
  Value linear = math.subtract(positive, math.multiply(x, t));
  return math.add(linear, math.softplusTail(x));
}

Value SigmoidBinaryCrossEntropyGradientOp::emitTerm(ElementMath &math, Value x,
                                                    Value t) {
  return math.subtract(math.logistic(x), t);
}
