// A relu's gradient into the data gradient that feeds it and nothing else,
// where cuDNN has an engine for the two.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/DeviceOps.h"

#include "runtime/Error.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

namespace {
/// `net.activation_gradient %y, %dx {relu}` of `%dx = net.conv2d_input_gradient
/// %dy, %w` becomes `net.conv2d_input_gradient %dy, %w, %y`; dense layers' and
/// transposed convolutions' likewise.
class FuseActivationGradient
    : public PassWrapper<FuseActivationGradient, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(FuseActivationGradient)
  explicit FuseActivationGradient(cuda::Planner *planner) : planner(planner) {}
  FuseActivationGradient(const FuseActivationGradient &other)
      : PassWrapper(other), planner(other.planner) {}

  StringRef getArgument() const override {
    return "net-fuse-activation-gradient";
  }
  StringRef getDescription() const override {
    return "Fuse a relu's gradient into the data gradient before it where "
           "cuDNN has an engine for both";
  }
  void runOnOperation() override;

private:
  cuda::Planner *planner;
};
} // namespace

/// A data gradient that nothing else reads and that takes no relu yet.
static Operation *gradientBefore(ActivationGradientOp relu) {
  Operation *op = relu.getOutputGradient().getDefiningOp();
  bool isRelu = relu.getKind() == ActivationKind::ReLU && !relu.getArgument();
  auto device = dyn_cast_or_null<cuda::DeviceOpInterface>(op);
  if (!isRelu || !device || !device.fusesActivationGradient() ||
      !op->hasOneUse() || op->getNumOperands() != 2)
    return nullptr;
  // The two stand where the data gradient does: the weight's update may follow.
  Operation *activated = relu.getValue().getDefiningOp();
  return !activated || activated->isBeforeInBlock(op) ? op : nullptr;
}

/// Throws Error when cuDNN cannot be asked.
static void fuse(ActivationGradientOp relu, cuda::Planner &planner,
                 runtime::cuda::Precision precision) {
  Operation *gradient = gradientBefore(relu);
  if (!gradient)
    return;
  OpBuilder builder(gradient);
  OperationState state(gradient->getLoc(), gradient->getName());
  state.addOperands(gradient->getOperands());
  state.addOperands(relu.getValue());
  state.addAttributes(gradient->getAttrs());
  state.addTypes(relu.getInputGradient().getType());
  Operation *fused = builder.create(state);
  std::string graph = runtime::cuda::toText(
      cast<cuda::DeviceOpInterface>(fused).getGraph(precision)->spec);
  if (!planner.hasEngine(graph)) {
    fused->erase();
    return;
  }
  relu.replaceAllUsesWith(fused->getResult(0));
  relu.erase();
  gradient->erase();
}

void FuseActivationGradient::runOnOperation() {
  kernel::CudaAttr target = kernel::getCudaTarget(getOperation());
  std::optional<cuda::Planner> own;
  SmallVector<ActivationGradientOp> relus;
  getOperation().walk([&](ActivationGradientOp relu) {
    if (isa<func::FuncOp>(relu->getParentOp())) // not in a fused op
      relus.push_back(relu);
  });
  try {
    if (!planner)
      own.emplace(cuda::plannerOf(getOperation()));
    for (ActivationGradientOp relu : relus)
      fuse(relu, planner ? *planner : *own,
           *runtime::cuda::precisionOf(target.getPrecision().str()));
  } catch (const Error &error) {
    getOperation().emitError(error.what());
    signalPassFailure();
  }
}

std::unique_ptr<Pass>
netc::cuda::createFuseActivationGradient(Planner *planner) {
  return std::make_unique<FuseActivationGradient>(planner);
}
