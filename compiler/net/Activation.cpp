// net.activation and net.activation_gradient.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

LogicalResult ActivationOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferLayer(location, adaptor.getInput().getType(), shape::Activation{},
                    types);
}

SmallVector<Value> ActivationOp::buildGradient(OpBuilder &builder,
                                               ValueRange gradients,
                                               ArrayRef<bool> wanted) {
  return {builder.create<ActivationGradientOp>(getLoc(), getOutput(),
                                               gradients[0], getKindAttr())};
}

Value ActivationOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Value x = emitter.element(getInput());
  switch (getKind()) {
  case ActivationKind::ReLU: // a NaN stays one
    return b.create<arith::MaximumFOp>(getLoc(), x, emitter.constant(0));
  case ActivationKind::Sigmoid: {
    Value negated = b.create<arith::NegFOp>(getLoc(), x);
    Value power = b.create<math::ExpOp>(getLoc(), negated);
    Value one = emitter.constant(1);
    return b.create<arith::DivFOp>(
        getLoc(), one, b.create<arith::AddFOp>(getLoc(), one, power));
  }
  case ActivationKind::Tanh:
    return b.create<math::TanhOp>(getLoc(), x);
  }
  llvm_unreachable("unknown activation");
}

bool ActivationOp::keepsZero() { return getKind() != ActivationKind::Sigmoid; }

LogicalResult ActivationGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferLayer(location, adaptor.getOutput().getType(),
                    shape::Activation{}, types);
}

Value ActivationGradientOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Value y = emitter.element(getOutput()),
        dy = emitter.element(getOutputGradient());
  Value one = emitter.constant(1);
  switch (getKind()) {
  case ActivationKind::ReLU: {
    Value zero = emitter.constant(0);
    Value positive =
        b.create<arith::CmpFOp>(getLoc(), arith::CmpFPredicate::OGT, y, zero);
    return b.create<arith::SelectOp>(getLoc(), positive, dy, zero);
  }
  case ActivationKind::Sigmoid: {
    Value rest = b.create<arith::SubFOp>(getLoc(), one, y);
    Value slope = b.create<arith::MulFOp>(getLoc(), y, rest);
    return b.create<arith::MulFOp>(getLoc(), dy, slope);
  }
  case ActivationKind::Tanh: {
    Value square = b.create<arith::MulFOp>(getLoc(), y, y);
    Value slope = b.create<arith::SubFOp>(getLoc(), one, square);
    return b.create<arith::MulFOp>(getLoc(), dy, slope);
  }
  }
  llvm_unreachable("unknown activation");
}

// A gradient that is zero stays zero whatever the slope.
bool ActivationGradientOp::keepsZero() { return true; }
