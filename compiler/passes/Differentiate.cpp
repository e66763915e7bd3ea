// Reverse-mode differentiation of a function that ends in `net.minimize`.
// Each op is asked for its operands' gradients from the last to the first, so a
// parameter's gradient is whole when its read is reached: the update goes
// there, and the gradient's memory is free again before the next layer's.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct Differentiate : netc::net::impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override;

private:
  LogicalResult differentiate(MinimizeOp minimize);
  ParameterOp parameterOf(ReadParameterOp read) {
    return symbols->lookupNearestSymbolFrom<ParameterOp>(
        read, read.getParameterAttr());
  }
  bool isTrainable(ReadParameterOp read) {
    ParameterOp parameter = parameterOf(read);
    return parameter && parameter.getTrainable();
  }
  void update(OpBuilder &builder, MinimizeOp minimize, ReadParameterOp read,
              Value gradient);

  /// Keeps the lookups from walking the module; of one run, as passes are
  /// copied.
  SymbolTableCollection *symbols = nullptr;
};
} // namespace

void Differentiate::runOnOperation() {
  SymbolTableCollection tables;
  symbols = &tables;
  for (MinimizeOp minimize :
       llvm::to_vector(getOperation().getOps<MinimizeOp>()))
    if (failed(differentiate(minimize)))
      return signalPassFailure();
}

LogicalResult Differentiate::differentiate(MinimizeOp minimize) {
  SmallVector<Operation *> forward;
  llvm::DenseSet<Value> active; // what depends on a trainable parameter
  for (Operation &op : *minimize->getBlock()) {
    if (&op == minimize)
      break;
    forward.push_back(&op);
    auto read = dyn_cast<ReadParameterOp>(op);
    if (read ? isTrainable(read) : llvm::any_of(op.getOperands(), [&](Value v) {
          return active.contains(v);
        }))
      active.insert(op.getResults().begin(), op.getResults().end());
  }
  if (!active.contains(minimize.getLoss()))
    return minimize.emitOpError(
        "minimises a loss that no trainable parameter changes");

  OpBuilder builder(minimize);
  llvm::DenseMap<Value, Value> gradients;
  auto lossType = cast<RankedTensorType>(minimize.getLoss().getType());
  gradients[minimize.getLoss()] = builder.create<FillOp>(
      minimize.getLoc(), lossType,
      builder.getF64FloatAttr(1.0 /
                              static_cast<double>(lossType.getDimSize(0))));

  for (Operation *op : llvm::reverse(forward)) {
    SmallVector<Value> results;
    for (Value result : op->getResults())
      results.push_back(gradients.lookup(result));
    if (llvm::none_of(results, [](Value v) { return bool(v); }))
      continue;
    if (auto read = dyn_cast<ReadParameterOp>(op)) {
      update(builder, minimize, read, results[0]);
      continue;
    }
    SmallVector<bool> wanted;
    for (Value operand : op->getOperands())
      wanted.push_back(active.contains(operand));
    if (llvm::none_of(wanted, [](bool w) { return w; }))
      continue;
    auto differentiable = dyn_cast<GradientOpInterface>(op);
    if (!differentiable) {
      InFlightDiagnostic error = op->emitOpError("has no gradient");
      error.attachNote(minimize.getLoc()) << "asked for here";
      return error;
    }
    auto operandGradients =
        differentiable.buildGradient(builder, results, wanted);
    for (auto [index, gradient] : llvm::enumerate(operandGradients)) {
      if (!wanted[index] || !gradient)
        continue;
      Value &total = gradients[op->getOperand(index)];
      total = total
                  ? Value(builder.create<AddOp>(op->getLoc(), total, gradient))
                  : gradient;
    }
  }
  minimize.erase();
  return success();
}

void Differentiate::update(OpBuilder &builder, MinimizeOp minimize,
                           ReadParameterOp read, Value gradient) {
  FlatSymbolRefAttr velocity;
  if (!minimize.getMomentum().isZero())
    velocity = FlatSymbolRefAttr::get(
        &getContext(), (read.getParameter() + ".velocity").str());
  ParameterOp parameter = parameterOf(read);
  double decay = minimize.getWeightDecay().convertToDouble() *
                 parameter.getDecayScale().convertToDouble();
  builder.create<SgdUpdateOp>(
      read.getLoc(), read.getParameterAttr(), gradient, minimize.getState(),
      velocity, minimize.getMomentumAttr(), builder.getF64FloatAttr(decay),
      minimize.getNesterovAttr(), parameter.getLearningRateScaleAttr());
}
