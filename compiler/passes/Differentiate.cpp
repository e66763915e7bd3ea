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
  SmallVector<Operation *> findActive(MinimizeOp minimize);
  /// Adds the gradients of the op's operands to `gradients`.
  LogicalResult differentiate(OpBuilder &builder, MinimizeOp minimize,
                              Operation *op, ValueRange resultGradients);
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
  std::optional<ParameterStates> states;
  llvm::DenseSet<Value> active; // what depends on a trainable parameter
  llvm::DenseMap<Value, Value> gradients;
};
} // namespace

void Differentiate::runOnOperation() {
  SymbolTableCollection tables;
  symbols = &tables;
  states.emplace(getOperation()->getParentOfType<ModuleOp>());
  for (MinimizeOp minimize :
       llvm::to_vector(getOperation().getOps<MinimizeOp>()))
    if (failed(differentiate(minimize)))
      return signalPassFailure();
}

/// The ops before `minimize`; `active` becomes what of them depends on a
/// trainable parameter.
SmallVector<Operation *> Differentiate::findActive(MinimizeOp minimize) {
  SmallVector<Operation *> forward;
  active.clear();
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
  return forward;
}

LogicalResult Differentiate::differentiate(MinimizeOp minimize) {
  SmallVector<Operation *> forward = findActive(minimize);
  if (!active.contains(minimize.getLoss()))
    return minimize.emitOpError(
        "minimises a loss that no trainable parameter changes");

  OpBuilder builder(minimize);
  gradients.clear();
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
    if (auto read = dyn_cast<ReadParameterOp>(op))
      update(builder, minimize, read, results[0]);
    else if (failed(differentiate(builder, minimize, op, results)))
      return failure();
  }
  minimize.erase();
  return success();
}

LogicalResult Differentiate::differentiate(OpBuilder &builder,
                                           MinimizeOp minimize, Operation *op,
                                           ValueRange resultGradients) {
  SmallVector<bool> wanted;
  for (Value operand : op->getOperands())
    wanted.push_back(active.contains(operand));
  if (llvm::none_of(wanted, [](bool w) { return w; }))
    return success();
  auto differentiable = dyn_cast<GradientOpInterface>(op);
  if (!differentiable) {
    InFlightDiagnostic error = op->emitOpError("has no gradient");
    error.attachNote(minimize.getLoc()) << "asked for here";
    return error;
  }
  auto operandGradients =
      differentiable.buildGradient(builder, resultGradients, wanted);
  for (auto [index, gradient] : llvm::enumerate(operandGradients)) {
    if (!wanted[index] || !gradient)
      continue;
    Value &total = gradients[op->getOperand(index)];
    total = total ? Value(builder.create<AddOp>(op->getLoc(), total, gradient))
                  : gradient;
  }
  return success();
}

void Differentiate::update(OpBuilder &builder, MinimizeOp minimize,
                           ReadParameterOp read, Value gradient) {
  ParameterOp parameter = parameterOf(read);
  UpdateParts parts;
  parts.parameter = read.getParameterAttr();
  parts.gradient = gradient;
  parts.state = minimize.getState();
  parts.settings = minimize.getOptimizerSettingsAttr();
  parts.learningRateScale = parameter.getLearningRateScaleAttr();
  parts.decayScale = parameter.getDecayScale().convertToDouble();
  auto *optimizer = findUpdate(&getContext(), minimize.getOptimizer());
  SmallVector<Attribute> kept;
  for (const OptimizerState &wanted :
       optimizer->getOptimizerStates(parts.settings))
    for (ParameterOp state : states->of(parameter.getSymNameAttr()))
      if (state.getState() == wanted.name)
        kept.push_back(FlatSymbolRefAttr::get(state.getSymNameAttr()));
  if (!kept.empty())
    parts.states = builder.getArrayAttr(kept);
  optimizer->buildUpdate(builder, read.getLoc(), parts);
}
