// net.activation and net.activation_gradient.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/ElementMath.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

static_assert(static_cast<int>(ActivationKind::HardSwish) ==
                  static_cast<int>(shape::ActivationKind::HardSwish),
              "the two enumerations go together");

template <typename Op> static shape::Activation specOf(Op op) {
  shape::Activation spec{static_cast<shape::ActivationKind>(op.getKind())};
  if (std::optional<APFloat> argument = op.getArgument())
    spec.parameter = argument->convertToDouble();
  return spec;
}

LogicalResult ActivationOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferLayer(location, adaptor.getInput().getType(), specOf(adaptor),
                    types);
}

/// Whether the slope can be told from the output, so that the input need not
/// be kept. A LeakyReLU that folds negative numbers up loses their sign.
static bool outputTellsSlope(const shape::Activation &spec) {
  switch (spec.kind) {
  case shape::ActivationKind::ReLU:
  case shape::ActivationKind::Sigmoid:
  case shape::ActivationKind::Tanh:
    return true;
  case shape::ActivationKind::LeakyReLU:
    return spec.parameter >= 0;
  default:
    return false;
  }
}

SmallVector<Value> ActivationOp::buildGradient(OpBuilder &builder,
                                               ValueRange gradients,
                                               ArrayRef<bool> wanted) {
  Value value = outputTellsSlope(specOf(*this)) ? getOutput() : getInput();
  return {builder.create<ActivationGradientOp>(
      getLoc(), value, gradients[0], getKindAttr(), getArgumentAttr())};
}

namespace {
/// The functions and their slopes at one place.
class ActivationEmitter {
public:
  ActivationEmitter(ElementEmitter &emitter, const shape::Activation &spec)
      : emitter(emitter), b(emitter.builder), loc(emitter.location),
        math(b, loc), spec(spec) {}

  Value function(Value x);
  /// `value` is the output where it tells the slope, else the input.
  Value gradient(Value value, Value dy);

private:
  Value constant(double value) { return emitter.constant(value); }
  Value add(Value x, Value y) { return b.create<arith::AddFOp>(loc, x, y); }
  Value subtract(Value x, Value y) {
    return b.create<arith::SubFOp>(loc, x, y);
  }
  Value multiply(Value x, Value y) {
    return b.create<arith::MulFOp>(loc, x, y);
  }
  Value exceeds(Value x, double bound) {
    return b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGT, x,
                                   constant(bound));
  }
  Value select(Value condition, Value x, Value y) {
    return b.create<arith::SelectOp>(loc, condition, x, y);
  }
  bool isBounded() const { return std::isfinite(spec.parameter); }

  Value hardSwish(Value x);
  Value slope(Value x);

  ElementEmitter &emitter;
  OpBuilder &b;
  Location loc;
  ElementMath math;
  shape::Activation spec;
};
} // namespace

// x*min(max(x + 3, 0), 6)/6
Value ActivationEmitter::hardSwish(Value x) {
  Value gate =
      b.create<arith::MaximumFOp>(loc, add(x, constant(3)), constant(0));
  gate = b.create<arith::MinimumFOp>(loc, gate, constant(6));
  return multiply(x, multiply(gate, constant(1.0 / 6)));
}

Value ActivationEmitter::function(Value x) {
  switch (spec.kind) {
  case shape::ActivationKind::ReLU: { // a NaN stays one
    Value y = b.create<arith::MaximumFOp>(loc, x, constant(0));
    return isBounded()
               ? b.create<arith::MinimumFOp>(loc, y, constant(spec.parameter))
               : y;
  }
  case shape::ActivationKind::Sigmoid: {
    Value negated = b.create<arith::NegFOp>(loc, x);
    Value power = b.create<math::ExpOp>(loc, negated);
    Value one = constant(1);
    return b.create<arith::DivFOp>(loc, one, add(one, power));
  }
  case shape::ActivationKind::Tanh:
    return b.create<math::TanhOp>(loc, x);
  case shape::ActivationKind::LeakyReLU:
    return select(exceeds(x, 0), x, multiply(x, constant(spec.parameter)));
  case shape::ActivationKind::GELU:
    return multiply(x, math.normal(x).distribution);
  case shape::ActivationKind::SiLU:
    return multiply(x, math.logistic(x));
  case shape::ActivationKind::ELU: {
    Value negative = b.create<arith::MinimumFOp>(loc, x, constant(0));
    Value grown = b.create<math::ExpM1Op>(loc, negative);
    return select(exceeds(x, 0), x, multiply(grown, constant(spec.parameter)));
  }
  case shape::ActivationKind::Softplus:
    return math.softplus(x);
  case shape::ActivationKind::HardSwish:
    return hardSwish(x);
  }
  llvm_unreachable("unknown activation");
}

/// Emits the slope at the input `x`, for the functions that need it.
Value ActivationEmitter::slope(Value x) {
  switch (spec.kind) {
  case shape::ActivationKind::GELU: {
    auto [distribution, density] = math.normal(x);
    return add(distribution, multiply(x, density));
  }
  case shape::ActivationKind::SiLU: {
    // s + x*s*(1 - s), and 1 - s is the function at -x.
    Value s = math.logistic(x);
    Value rest = math.logistic(b.create<arith::NegFOp>(loc, x));
    return add(s, multiply(multiply(x, s), rest));
  }
  case shape::ActivationKind::ELU: {
    Value negative = b.create<arith::MinimumFOp>(loc, x, constant(0));
    Value falling = b.create<math::ExpOp>(loc, negative);
    return select(exceeds(x, 0), constant(1),
                  multiply(falling, constant(spec.parameter)));
  }
  case shape::ActivationKind::Softplus:
    return math.logistic(x);
  case shape::ActivationKind::HardSwish: {
    Value middle = add(multiply(x, constant(1.0 / 3)), constant(0.5));
    Value left = select(exceeds(x, -3), middle, constant(0));
    Value isRight =
        b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGE, x, constant(3));
    return select(isRight, constant(1), left);
  }
  default:
    llvm_unreachable("unknown activation");
  }
}

Value ActivationEmitter::gradient(Value value, Value dy) {
  switch (spec.kind) {
  case shape::ActivationKind::ReLU: {
    Value zero = constant(0);
    Value passed = select(exceeds(value, 0), dy, zero);
    if (!isBounded())
      return passed;
    Value isBelow = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OLT,
                                            value, constant(spec.parameter));
    return select(isBelow, passed, zero);
  }
  case shape::ActivationKind::Sigmoid:
    return multiply(dy, multiply(value, subtract(constant(1), value)));
  case shape::ActivationKind::Tanh:
    return multiply(dy, subtract(constant(1), multiply(value, value)));
  case shape::ActivationKind::LeakyReLU:
    return select(exceeds(value, 0), dy,
                  multiply(dy, constant(spec.parameter)));
  default:
    return multiply(dy, slope(value));
  }
}

Value ActivationOp::emitElement(ElementEmitter &emitter) {
  return ActivationEmitter(emitter, specOf(*this))
      .function(emitter.element(getInput()));
}

bool ActivationOp::keepsZero() {
  return getKind() != ActivationKind::Sigmoid &&
         getKind() != ActivationKind::Softplus;
}

LogicalResult ActivationGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferLayer(location, adaptor.getValue().getType(), specOf(adaptor),
                    types);
}

Value ActivationGradientOp::emitElement(ElementEmitter &emitter) {
  Value value = emitter.element(getValue()),
        dy = emitter.element(getOutputGradient());
  return ActivationEmitter(emitter, specOf(*this)).gradient(value, dy);
}

// A gradient that is zero stays zero whatever the slope.
bool ActivationGradientOp::keepsZero() { return true; }

void netc::net::setActivationBehind(Operation *op, Operation *behind) {
  auto activation = cast<ActivationOp>(behind);
  if (!op->hasOneUse() || op->hasAttr("activation"))
    return;
  op->setAttr("activation", activation.getKindAttr());
  activation.replaceAllUsesWith(op->getResult(0));
  activation.erase();
}
