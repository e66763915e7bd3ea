// Reverse-mode differentiation of a function that ends in `net.minimize`.
// Each op is asked for its operands' gradients from the last to the first, so a
// parameter's gradient is whole when its read is reached: the update goes
// there, and the gradient's memory is free again before the next layer's.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"
#include "compiler/passes/Differentiation.h"

#include "mlir/IR/IRMapping.h"
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
};

class Differentiation {
public:
  explicit Differentiation(ModuleOp module) : states(module) {}

  LogicalResult differentiate(MinimizeOp minimize, GradientObserver observe);

private:
  SmallVector<Operation *> findActive(MinimizeOp minimize);
  /// Adds the gradients of the op's operands to `gradients`.
  LogicalResult differentiate(OpBuilder &builder, MinimizeOp minimize,
                              Operation *op, ValueRange resultGradients);
  /// The op's gradient, of what its operands and results are now.
  SmallVector<Value> buildGradient(OpBuilder &builder,
                                   GradientOpInterface differentiable,
                                   ValueRange resultGradients,
                                   ArrayRef<bool> wanted);
  /// Runs the op again: what it gives is new from here on.
  void runAgain(OpBuilder &builder, Operation *op);
  Value current(Value value) const {
    Value again = versions.lookup(value);
    return again ? again : value;
  }
  ParameterOp parameterOf(ReadParameterOp read) {
    return symbols.lookupNearestSymbolFrom<ParameterOp>(
        read, read.getParameterAttr());
  }
  bool isTrainable(ReadParameterOp read) {
    ParameterOp parameter = parameterOf(read);
    return parameter && parameter.getTrainable();
  }
  void update(OpBuilder &builder, MinimizeOp minimize, ReadParameterOp read,
              Value gradient);

  SymbolTableCollection symbols; // keeps the lookups from walking the module
  ParameterStates states;
  llvm::DenseSet<Value> active; // what depends on a trainable parameter
  llvm::DenseMap<Value, Value> gradients;
  llvm::DenseMap<Value, Value> versions; // of what was run again, the latest
  SmallVector<Operation *> again;        // the ops that run again, in order
};
} // namespace

void Differentiate::runOnOperation() {
  auto module = getOperation()->getParentOfType<ModuleOp>();
  for (MinimizeOp minimize :
       llvm::to_vector(getOperation().getOps<MinimizeOp>()))
    if (failed(Differentiation(module).differentiate(minimize, {})))
      return signalPassFailure();
}

LogicalResult netc::net::differentiate(MinimizeOp minimize,
                                       GradientObserver observe) {
  return Differentiation(minimize->getParentOfType<ModuleOp>())
      .differentiate(minimize, observe);
}

/// The ops before `minimize`; `active` becomes what of them depends on a
/// trainable parameter.
SmallVector<Operation *> Differentiation::findActive(MinimizeOp minimize) {
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

LogicalResult Differentiation::differentiate(MinimizeOp minimize,
                                             GradientObserver observe) {
  SmallVector<Operation *> forward = findActive(minimize);
  if (!active.contains(minimize.getLoss()))
    return minimize.emitOpError(
        "minimises a loss that no trainable parameter changes");

  OpBuilder builder(minimize);
  RunsAgain reruns(minimize);
  if (!reruns.isWithin(static_cast<int64_t>(forward.size())))
    return minimize.emitOpError("names ops to run again that are not there");
  auto lossType = cast<RankedTensorType>(minimize.getLoss().getType());
  gradients[minimize.getLoss()] = builder.create<FillOp>(
      minimize.getLoc(), lossType,
      builder.getF64FloatAttr(1.0 /
                              static_cast<double>(lossType.getDimSize(0))));

  for (size_t number = forward.size(); number-- > 0;) {
    Operation *op = forward[number];
    for (int64_t other : reruns.before(static_cast<int64_t>(number)))
      runAgain(builder, forward[static_cast<size_t>(other)]);
    Operation *previous = minimize->getPrevNode();
    SmallVector<Value> results;
    for (Value result : op->getResults())
      results.push_back(gradients.lookup(result));
    if (llvm::none_of(results, [](Value v) { return bool(v); }))
      continue;
    if (auto read = dyn_cast<ReadParameterOp>(op))
      update(builder, minimize, read, results[0]);
    else if (failed(differentiate(builder, minimize, op, results)))
      return failure();
    if (observe)
      observe(op,
              {std::next(previous->getIterator()), minimize->getIterator()});
  }
  for (Operation *op : llvm::reverse(again)) // what nothing has read
    if (op->use_empty())
      op->erase();
  minimize.erase();
  return success();
}

void Differentiation::runAgain(OpBuilder &builder, Operation *op) {
  // Parameters stay what they are until their update, which comes later, and
  // what writes one has done so.
  if (isa<ReadParameterOp>(op) || op->getNumResults() == 0)
    return;
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, current(operand));
  Operation *clone = builder.clone(*op, mapping);
  again.push_back(clone);
  for (auto [result, newer] :
       llvm::zip_equal(op->getResults(), clone->getResults()))
    versions[result] = newer;
}

SmallVector<Value> Differentiation::buildGradient(
    OpBuilder &builder, GradientOpInterface differentiable,
    ValueRange resultGradients, ArrayRef<bool> wanted) {
  auto isOld = [&](Value value) { return current(value) != value; };
  if (llvm::none_of(differentiable->getOperands(), isOld) &&
      llvm::none_of(differentiable->getResults(), isOld))
    return differentiable.buildGradient(builder, resultGradients, wanted);
  // The gradient is asked of an op on the newer values, which does not stay.
  IRMapping mapping;
  for (Value operand : differentiable->getOperands())
    mapping.map(operand, current(operand));
  auto stand = cast<GradientOpInterface>(
      builder.clone(*differentiable.getOperation(), mapping));
  SmallVector<Value> built =
      stand.buildGradient(builder, resultGradients, wanted);
  for (auto [result, original] :
       llvm::zip_equal(stand->getResults(), differentiable->getResults()))
    result.replaceAllUsesWith(current(original));
  stand->erase();
  return built;
}

LogicalResult Differentiation::differentiate(OpBuilder &builder,
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
  SmallVector<Value> operandGradients =
      buildGradient(builder, differentiable, resultGradients, wanted);
  for (auto [index, gradient] : llvm::enumerate(operandGradients)) {
    if (!wanted[index] || !gradient)
      continue;
    Value &total = gradients[op->getOperand(index)];
    total = total ? Value(builder.create<AddOp>(op->getLoc(), total, gradient))
                  : gradient;
  }
  return success();
}

void Differentiation::update(OpBuilder &builder, MinimizeOp minimize,
                             ReadParameterOp read, Value gradient) {
  ParameterOp parameter = parameterOf(read);
  UpdateParts parts;
  parts.parameter = read.getParameterAttr();
  parts.gradient = gradient;
  parts.state = minimize.getState();
  parts.settings = minimize.getOptimizerSettingsAttr();
  parts.learningRateScale = parameter.getLearningRateScaleAttr();
  parts.decayScale = parameter.getDecayScale().convertToDouble();
  auto *optimizer = findUpdate(minimize.getContext(), minimize.getOptimizer());
  SmallVector<Attribute> kept;
  for (const OptimizerState &wanted :
       optimizer->getOptimizerStates(parts.settings))
    for (ParameterOp state : states.of(parameter.getSymNameAttr()))
      if (state.getState() == wanted.name)
        kept.push_back(FlatSymbolRefAttr::get(state.getSymNameAttr()));
  if (!kept.empty())
    parts.states = builder.getArrayAttr(kept);
  optimizer->buildUpdate(builder, read.getLoc(), parts);
}
