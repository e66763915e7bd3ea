// From the network and how it is trained to the programs of an executable.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

#include <cmath>

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_BUILDPROGRAMS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct BuildPrograms : netc::net::impl::BuildProgramsBase<BuildPrograms> {
  void runOnOperation() override;

private:
  void buildInitialize(TrainingOp training);
  void addVelocities(TrainingOp training);
  /// The network on batches of `batch`, with its loss; training programs
  /// minimise it, evaluation has its own forms (PhaseOpInterface).
  LogicalResult buildStep(TrainingOp training, func::FuncOp network,
                          StringRef name, int64_t batch, bool trains);
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
    network.emitError("expected a network (pixels, state) -> logits");
    return signalPassFailure();
  }
  int64_t batch =
      cast<RankedTensorType>(network.getArgumentTypes()[0]).getDimSize(0);
  if (!training.getMomentum().isZero())
    addVelocities(training);
  if (failed(buildStep(training, network, "train_step", batch, true)) ||
      (training.getLastBatch() > 0 &&
       failed(buildStep(training, network, "train_last_step",
                        training.getLastBatch(), true))) ||
      failed(buildStep(training, network, "evaluate", batch, false)))
    return signalPassFailure();
  buildInitialize(training);
  network.erase();
  training.erase();
}

void BuildPrograms::addVelocities(TrainingOp training) {
  for (ParameterOp parameter :
       llvm::to_vector(getOperation().getOps<ParameterOp>())) {
    if (!parameter.getTrainable())
      continue;
    OpBuilder builder(parameter->getBlock(),
                      std::next(parameter->getIterator()));
    auto velocity = cast<ParameterOp>(builder.clone(*parameter));
    velocity.setSymName((parameter.getSymName() + ".velocity").str());
    velocity.setInit("zero");
    velocity.setTrainable(false);
  }
}

void BuildPrograms::buildInitialize(TrainingOp training) {
  auto builder = OpBuilder::atBlockEnd(getOperation().getBody());
  auto state = RankedTensorType::get({8}, builder.getI32Type());
  auto func = builder.create<func::FuncOp>(
      training.getLoc(), "initialize", builder.getFunctionType({state}, {}));
  nameValue(func, 0, "state");
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

LogicalResult BuildPrograms::buildStep(TrainingOp training,
                                       func::FuncOp network, StringRef name,
                                       int64_t batch, bool trains) {
  auto builder = OpBuilder::atBlockEnd(getOperation().getBody());
  auto func = cast<func::FuncOp>(builder.clone(*network));
  func.setName(name);
  func->removeAttr("net.signature");
  auto pixels = cast<RankedTensorType>(func.getArgumentTypes()[0]);
  SmallVector<int64_t> sizes(pixels.getShape());
  sizes[0] = batch;
  Block &body = func.getBody().front();
  body.getArgument(0).setType(
      RankedTensorType::get(sizes, pixels.getElementType()));
  auto labelsType = RankedTensorType::get({batch}, builder.getI32Type());
  Value labels = body.insertArgument(1u, labelsType, training.getLoc());
  Value state = body.getArgument(2);
  if (!trains)
    evaluatePhases(func);
  if (failed(netc::net::inferShapes(func)) ||
      (trains && failed(trainPhases(func))))
    return failure();

  Operation *end = body.getTerminator();
  builder.setInsertionPoint(end);
  auto loss = builder.create<SoftmaxCrossEntropyOp>(training.getLoc(),
                                                    end->getOperand(0), labels);
  if (trains)
    builder.create<MinimizeOp>(training.getLoc(), loss.getLoss(), state,
                               training.getMomentumAttr(),
                               training.getWeightDecayAttr());
  builder.create<func::ReturnOp>(end->getLoc(), loss.getResults());
  end->erase();
  func.setType(
      builder.getFunctionType(body.getArgumentTypes(), loss.getResultTypes()));
  nameValue(func, 0, "pixels");
  nameValue(func, 1, "labels");
  nameValue(func, 2, "state");
  func.setResultAttr(0, "net.name", builder.getStringAttr("loss"));
  func.setResultAttr(1, "net.name", builder.getStringAttr("correct"));
  func->setAttr("net.batch", builder.getI64IntegerAttr(batch));
  return success();
}
