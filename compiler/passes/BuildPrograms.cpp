// From the network and how it is trained to the programs of an executable.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"
#include "runtime/Contract.h"

#include "mlir/IR/IRMapping.h"

#include <cmath>

using namespace mlir;
using namespace netc::net;
using namespace netc::runtime;

namespace netc::net {
#define GEN_PASS_DEF_BUILDPROGRAMS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct BuildPrograms : netc::net::impl::BuildProgramsBase<BuildPrograms> {
  void runOnOperation() override;

private:
  void buildInitialize(TrainingOp training);
  /// Declares what the optimiser keeps of each trainable parameter behind it.
  void declareStates(TrainingOp training);
  /// The network on batches of `batch`, with its loss; training programs
  /// minimise it, evaluation has its own forms (PhaseOpInterface).
  LogicalResult buildStep(TrainingOp training, func::FuncOp network,
                          StringRef name, int64_t batch, bool trains);
  /// Puts the loss, and in training its minimisation, in place of the return
  /// of the network's output. `input` is what the network takes, `moved` the
  /// labels if transforms give them.
  void buildLoss(func::FuncOp func, TrainingOp training, Value input,
                 Value moved, bool trains);
  /// Puts a phase's transforms before the network's body: the function takes
  /// their pixels, behind those the labels that they move, and `samples` last
  /// where they read them. Returns what the network takes, null after an error,
  /// and the labels as they become, null where they stay.
  std::pair<Value, Value> joinTransforms(func::FuncOp func, TrainingOp training,
                                         FlatSymbolRefAttr transforms);
  void nameValue(func::FuncOp func, unsigned argument, StringRef name) {
    func.setArgAttr(argument, "net.name", StringAttr::get(&getContext(), name));
  }
};
} // namespace

void BuildPrograms::runOnOperation() {
  ModuleOp module = getOperation();
  auto trainings = llvm::to_vector(module.getOps<TrainingOp>());
  if (trainings.empty())
    return;
  TrainingOp training = trainings.front();
  if (trainings.size() > 1) {
    trainings[1].emitError("a module trains one network");
    return signalPassFailure();
  }
  auto network = module.lookupSymbol<func::FuncOp>(training.getNetworkAttr());
  if (network.getNumArguments() != 2 || network.getNumResults() != 1) {
    network.emitError("expected a network (input, state) -> logits");
    return signalPassFailure();
  }
  int64_t batch =
      cast<RankedTensorType>(network.getArgumentTypes()[0]).getDimSize(0);
  int64_t evaluateBatch = batch; // the test set may have fewer examples
  if (auto given = training->getAttrOfType<IntegerAttr>("net.evaluate_batch"))
    evaluateBatch = given.getInt();
  bool trains = !training.getEvaluationOnly();
  if (trains)
    declareStates(training);
  if ((trains &&
       failed(buildStep(training, network, program::trainStep, batch, true))) ||
      (trains && training.getLastBatch() > 0 &&
       failed(buildStep(training, network, program::trainLastStep,
                        training.getLastBatch(), true))) ||
      failed(buildStep(training, network, program::evaluate, evaluateBatch,
                       false)))
    return signalPassFailure();
  buildInitialize(training);
  llvm::SmallSetVector<Operation *, 3> joined;
  for (FlatSymbolRefAttr function :
       {training.getNetworkAttr(), training.getTrainTransformsAttr(),
        training.getTestTransformsAttr()})
    if (function)
      joined.insert(module.lookupSymbol(function));
  training.erase();
  for (Operation *function : joined)
    function->erase();
}

void BuildPrograms::declareStates(TrainingOp training) {
  SmallVector<OptimizerState> states =
      findUpdate(&getContext(), training.getOptimizer())
          ->getOptimizerStates(training.getOptimizerSettingsAttr());
  for (ParameterOp parameter :
       llvm::to_vector(getOperation().getOps<ParameterOp>())) {
    if (!parameter.getTrainable())
      continue;
    OpBuilder builder(parameter->getBlock(),
                      std::next(parameter->getIterator()));
    for (const OptimizerState &kept : states) {
      auto state = cast<ParameterOp>(builder.clone(*parameter));
      state.setSymName(stateSymbol(parameter.getSymName(), kept.name));
      state.setInit(kept.init);
      state.setTrainable(false);
      state.setState(kept.name);
      state.setStateOf(parameter.getSymName());
    }
  }
}

void BuildPrograms::buildInitialize(TrainingOp training) {
  auto builder = OpBuilder::atBlockEnd(getOperation().getBody());
  auto state = RankedTensorType::get({stateWords}, builder.getI32Type());
  auto func =
      builder.create<func::FuncOp>(training.getLoc(), program::initialize,
                                   builder.getFunctionType({state}, {}));
  nameValue(func, 0, argument::state);
  Block *body = func.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  for (auto parameter : getOperation().getOps<ParameterOp>()) {
    Value value;
    if (parameter.getInit() == "xavier") {
      double fans = static_cast<double>(parameter.getFanIn()) +
                    static_cast<double>(parameter.getFanOut());
      value = builder.create<XavierUniformOp>(
          parameter.getLoc(), parameter.getType(), body->getArgument(0),
          builder.getF64FloatAttr(std::sqrt(6 / fans)),
          parameter.getSymNameAttr());
    } else {
      value = builder.create<FillOp>(
          parameter.getLoc(), parameter.getType(),
          builder.getF64FloatAttr(parameter.getInit() == "one" ? 1 : 0));
    }
    builder.create<WriteParameterOp>(parameter.getLoc(), parameter.getSymName(),
                                     value);
  }
  builder.create<func::ReturnOp>(training.getLoc());
}

/// What behaves otherwise in evaluation takes that form.
static void evaluatePhases(func::FuncOp func) {
  for (auto op :
       llvm::to_vector(func.getBody().front().getOps<PhaseOpInterface>())) {
    OpBuilder builder(op);
    op->replaceAllUsesWith(op.buildEvaluation(builder));
    op->erase();
  }
}

static LogicalResult trainPhases(func::FuncOp func) {
  for (auto op :
       llvm::to_vector(func.getBody().front().getOps<PhaseOpInterface>())) {
    OpBuilder builder(func.getContext());
    builder.setInsertionPointAfter(op);
    if (failed(op.prepareTraining(builder)))
      return failure();
  }
  return success();
}

std::pair<Value, Value> BuildPrograms::joinTransforms(func::FuncOp func,
                                                      TrainingOp training,
                                                      FlatSymbolRefAttr name) {
  Block &body = func.getBody().front();
  BlockArgument input = body.getArgument(0);
  if (!name) // the network takes the pixels as they are
    return {input, nullptr};
  auto transforms = getOperation().lookupSymbol<func::FuncOp>(name);
  unsigned moved = transforms.getNumResults() == 2 ? 1 : 0; // labels
  if (transforms.getNumArguments() != 3 + moved ||
      transforms.getNumResults() != 1 + moved) {
    transforms.emitError(
        "expected transforms (pixels, samples, state) -> input, or "
        "(pixels, samples, state, labels) -> (input, labels)");
    return {};
  }
  Block &source = transforms.getBody().front();
  OperandRange results = source.getTerminator()->getOperands();
  if (results[0].getType() != input.getType()) {
    transforms.emitError("gives ")
        << results[0].getType() << ", the network takes " << input.getType();
    return {};
  }
  BlockArgument samples = source.getArgument(1);
  IRMapping mapping;
  mapping.map(source.getArgument(2), body.getArgument(1));
  if (!samples.use_empty())
    mapping.map(samples, body.addArgument(samples.getType(), samples.getLoc()));
  // In front of the state: the pixels, and the labels.
  for (unsigned i = 0; i <= moved; ++i) {
    BlockArgument given = source.getArgument(i == 0 ? 0 : 3);
    mapping.map(given, body.insertArgument(i, given.getType(), given.getLoc()));
  }
  auto builder = OpBuilder::atBlockBegin(&body);
  for (Operation &op : source.without_terminator())
    builder.clone(op, mapping);
  Value result = mapping.lookup(results[0]);
  input.replaceAllUsesWith(result);
  body.eraseArgument(input.getArgNumber());
  return {result, moved ? mapping.lookup(results[1]) : Value()};
}

/// Gives the function batches of `batch`; its operands are the pixels, the
/// labels where transforms move them, the run state and, where transforms read
/// them, the samples.
static void setBatch(func::FuncOp func, int64_t batch, bool movesLabels) {
  Block &body = func.getBody().front();
  for (BlockArgument argument : body.getArguments()) {
    if (argument.getArgNumber() == (movesLabels ? 2 : 1))
      continue; // the run state
    auto type = cast<RankedTensorType>(argument.getType());
    SmallVector<int64_t> sizes(type.getShape());
    sizes[0] = batch;
    argument.setType(RankedTensorType::get(sizes, type.getElementType()));
  }
}

LogicalResult BuildPrograms::buildStep(TrainingOp training,
                                       func::FuncOp network, StringRef name,
                                       int64_t batch, bool trains) {
  auto builder = OpBuilder::atBlockEnd(getOperation().getBody());
  auto func = cast<func::FuncOp>(builder.clone(*network));
  func.setName(name);
  func->removeAttr("net.signature");
  auto [input, moved] =
      joinTransforms(func, training,
                     trains ? training.getTrainTransformsAttr()
                            : training.getTestTransformsAttr());
  if (!input)
    return failure();
  setBatch(func, batch, moved != nullptr);
  if (!trains)
    evaluatePhases(func);
  if (failed(netc::net::inferShapes(func)) ||
      (trains && failed(trainPhases(func))))
    return failure();
  buildLoss(func, training, input, moved, trains);
  func->setAttr("net.batch", builder.getI64IntegerAttr(batch));
  return success();
}

/// The labels that a batch of `output` is compared with: numbers of its shape;
/// or classes, [N], or of maps [N, H, W].
static RankedTensorType labelsOf(Value output, bool areNumbers) {
  auto type = cast<RankedTensorType>(output.getType());
  if (areNumbers)
    return RankedTensorType::get(type.getShape(),
                                 Float32Type::get(output.getContext()));
  SmallVector<int64_t> sizes(type.getShape());
  sizes.erase(sizes.begin() + 1); // one label for all channels
  return RankedTensorType::get(sizes,
                               IntegerType::get(output.getContext(), 32));
}

void BuildPrograms::buildLoss(func::FuncOp func, TrainingOp training,
                              Value input, Value moved, bool trains) {
  Block &body = func.getBody().front();
  Value state = body.getArgument(moved ? 2 : 1);
  bool hasSamples = body.getNumArguments() > (moved ? 3 : 2);
  Operation *end = body.getTerminator();
  Value output = end->getOperand(0), labels = moved;
  bool hasLoss = !training.getLoss().empty();
  if (hasLoss && training.getTarget() != "input" && !labels)
    labels = body.insertArgument(
        1u, labelsOf(output, training.getTarget() == "number"),
        training.getLoc());
  OpBuilder builder(end);
  BuiltLoss built;
  if (hasLoss)
    built = findLoss(&getContext(), training.getLoss())
                ->buildLoss(
                    builder, training.getLoc(),
                    {output, labels, input, training.getLossSettingsAttr()});
  if (trains)
    builder.create<MinimizeOp>(training.getLoc(), built.loss, state,
                               training.getOptimizerAttr(),
                               training.getOptimizerSettingsAttr());
  SmallVector<Value> results;
  SmallVector<StringRef> names;
  if (built.loss) {
    results.push_back(built.loss);
    names.push_back(argument::loss);
  }
  if (built.correct) {
    results.push_back(built.correct);
    names.push_back(argument::correct);
  }
  if (!trains) { // what predictions are read from
    results.push_back(output);
    names.push_back(argument::output);
  }
  if (moved && !isa<BlockArgument>(moved)) { // what the output is to be
    results.push_back(moved);
    names.push_back(argument::outputLabels);
  }
  auto returned = builder.create<func::ReturnOp>(end->getLoc(), results);
  end->erase();
  func.setType(builder.getFunctionType(body.getArgumentTypes(),
                                       returned.getOperandTypes()));
  nameValue(func, 0, argument::pixels);
  if (labels)
    nameValue(func, 1, argument::labels);
  nameValue(func, labels ? 2 : 1, argument::state);
  if (hasSamples)
    nameValue(func, labels ? 3 : 2, argument::samples);
  for (auto [index, name] : llvm::enumerate(names))
    func.setResultAttr(index, "net.name", builder.getStringAttr(name));
}
