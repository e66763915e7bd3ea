// Graphs get their engines and workspaces.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/DeviceDescription.h"

#include "runtime/Error.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace netc;

namespace {
class PlanGraphs : public PassWrapper<PlanGraphs, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PlanGraphs)
  explicit PlanGraphs(cuda::Planner *planner) : planner(planner) {}
  PlanGraphs(const PlanGraphs &other)
      : PassWrapper(other), planner(other.planner) {}

  StringRef getArgument() const override { return "kernel-plan-graphs"; }
  StringRef getDescription() const override {
    return "Ask cuDNN which engine runs each graph and what workspace it needs";
  }
  void runOnOperation() override;

private:
  cuda::Planner *planner;
};
} // namespace

static LogicalResult plan(kernel::GraphOp graph, cuda::Planner &planner) {
  const cuda::PlannedGraph *plan = nullptr;
  try {
    plan = &planner.plan(graph.getGraph().str());
  } catch (const Error &error) {
    return graph.emitError(error.what());
  }
  OpBuilder builder(graph);
  graph.setEngine(plan->engine);
  if (plan->workspaceBytes > 0 && !graph.getWorkspace()) {
    auto type = MemRefType::get({plan->workspaceBytes}, builder.getI8Type());
    auto workspace = builder.create<kernel::AllocOp>(graph.getLoc(), type);
    graph.getWorkspaceMutable().assign(workspace->getResult(0));
  }
  // The choice is complete now.
  if (auto choice =
          graph->getAttrOfType<kernel::ChoiceAttr>(kernel::choiceAttrName))
    graph->setAttr(kernel::choiceAttrName,
                   kernel::ChoiceAttr::get(
                       graph.getContext(), choice.getEngine(), plan->engine,
                       /*scratch_bytes=*/plan->workspaceBytes,
                       choice.getWorkspaceBytes(), choice.getNanoseconds(),
                       choice.getReason()));
  return success();
}

cuda::Planner netc::cuda::plannerOf(ModuleOp module) {
  kernel::CudaAttr target = kernel::getCudaTarget(module);
  if (!target)
    throw Error(
        "expected the module's target, `kernel.target = #kernel.cuda<...>`");
  std::string json = target.getDescription().empty()
                         ? describeDevice(target.getDevice().str()).json
                         : target.getDescription().str();
  return Planner(std::move(json), plannerOptions());
}

void PlanGraphs::runOnOperation() {
  std::optional<cuda::Planner> own;
  try {
    if (!planner)
      own.emplace(cuda::plannerOf(getOperation()));
  } catch (const Error &error) {
    getOperation().emitError(error.what());
    return signalPassFailure();
  }
  WalkResult result = getOperation().walk([&](kernel::GraphOp graph) {
    return failed(plan(graph, planner ? *planner : *own))
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  if (result.wasInterrupted())
    signalPassFailure();
}

std::unique_ptr<Pass> netc::cuda::createPlanGraphs(Planner *planner) {
  return std::make_unique<PlanGraphs>(planner);
}

void netc::cuda::registerPasses() {
  registerPass([] { return createPlanGraphs(); });
  registerPass([] { return createFuseActivationGradient(); });
  registerPass(createUseBf16);
}
