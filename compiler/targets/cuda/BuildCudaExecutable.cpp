// Records a planned module for a GPU: graphs with their plans, kernels with
// their grids.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/DeviceDescription.h"

#include "runtime/Error.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace netc;
namespace fb = netc::runtime::fb;

static void recordKernel(kernel::LaunchOp launch, int64_t multiprocessors,
                         fb::LaunchT &table) {
  kernel::FuncOp func = launch.getKernel();
  fb::KernelT recorded;
  recorded.symbol = func.getSymName().str();
  recorded.bytes = kernel::bytesOfBuffers(func);
  recorded.blocks =
      static_cast<uint32_t>(cuda::blocksOf(func, multiprocessors));
  recorded.threads = cuda::threadsOfBlock;
  table.work.Set(std::move(recorded));
}

/// Records the plans of the module's graphs, each once, and gives their
/// numbers.
static llvm::StringMap<uint32_t>
recordPlans(ModuleOp module, cuda::Planner &planner, fb::ExecutableT &table) {
  llvm::StringMap<uint32_t> numbers;
  module.walk([&](kernel::GraphOp graph) {
    if (!numbers.try_emplace(graph.getGraph(), table.graphs.size()).second)
      return;
    const cuda::PlannedGraph &plan = planner.plan(graph.getGraph().str());
    auto recorded = std::make_unique<fb::PlannedGraphT>();
    recorded->description = graph.getGraph().str();
    recorded->engine = plan.engine;
    recorded->workspace_bytes = plan.workspaceBytes;
    recorded->plan = plan.plan;
    table.graphs.push_back(std::move(recorded));
  });
  return numbers;
}

llvm::Expected<runtime::Executable> netc::cuda::buildCudaExecutable(
    ModuleOp module, const kernel::ExecutableInfo &info, Planner &planner) {
  kernel::CudaAttr target = kernel::getCudaTarget(module);
  if (!target)
    return llvm::createStringError("the module is for no GPU");
  auto code = generateGpuCode(module);
  if (!code)
    return code.takeError();
  fb::ExecutableT table;
  table.target = "cuda";
  table.isa = target.getArch().str();
  table.threads = 1;
  table.code = std::move(code->cubin);
  table.ptx = std::move(code->ptx);
  table.device = target.getDevice().str();
  table.precision = target.getPrecision().str();
  int64_t multiprocessors = 0;
  llvm::StringMap<uint32_t> numbers;
  try {
    multiprocessors =
        target.getDescription().empty()
            ? describeDevice(target.getDevice().str()).multiprocessors
            : parseDevice(target.getDescription().str(),
                          target.getDevice().str(), "the target")
                  .multiprocessors;
    numbers = recordPlans(module, planner, table);
  } catch (const Error &error) {
    return llvm::createStringError(llvm::Twine(error.what()));
  }
  auto recordWork = [&](kernel::WorkOpInterface work, fb::LaunchT &launch) {
    if (auto graph = dyn_cast<kernel::GraphOp>(work.getOperation())) {
      fb::GraphT recorded;
      recorded.planned = numbers.lookup(graph.getGraph());
      launch.work.Set(recorded);
      return;
    }
    recordKernel(cast<kernel::LaunchOp>(work.getOperation()), multiprocessors,
                 launch);
  };
  return kernel::recordExecutable(module, info, std::move(table), recordWork);
}
