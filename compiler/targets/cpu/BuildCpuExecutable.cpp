// Records a planned module for a processor: primitives, and kernels with their
// code.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cpu/CpuTarget.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;
namespace fb = netc::runtime::fb;

static void record(PrimitiveOp primitive, fb::LaunchT &launch) {
  runtime::cpu::PrimitiveSpec spec = primitive.getSpec();
  fb::PrimitiveT table;
  table.kind = spec.kind;
  table.propagation = spec.propagation;
  for (const auto &[role, type] : spec.tensors) {
    auto tensor = std::make_unique<fb::TensorT>();
    tensor->role = role;
    tensor->type = recordType(type);
    table.tensors.push_back(std::move(tensor));
  }
  table.window = spec.window;
  table.stride = spec.stride;
  table.dilation = spec.dilation;
  table.padding = spec.padding;
  table.relu = spec.relu;
  table.epsilon = spec.epsilon;
  table.given_statistics = spec.givenStatistics;
  table.implementation = primitive.getImplementation().str();
  for (unsigned index = 0; index < primitive.getBuffers().size(); ++index)
    table.roles.push_back(primitive.getRole(index));
  launch.work.Set(std::move(table));
}

static void recordWork(WorkOpInterface work, fb::LaunchT &launch) {
  if (auto primitive = dyn_cast<PrimitiveOp>(work.getOperation())) {
    record(primitive, launch);
    return;
  }
  auto call = cast<LaunchOp>(work.getOperation());
  FuncOp kernel = call.getKernel();
  fb::KernelT recorded;
  recorded.symbol = kernel.getSymName().str();
  recorded.serial = kernel.getSerial();
  recorded.bytes = bytesOfBuffers(kernel);
  recorded.words = call.getWords().vec();
  launch.work.Set(std::move(recorded));
}

llvm::Expected<runtime::Executable>
kernel::buildExecutable(ModuleOp module, const ExecutableInfo &info) {
  CpuAttr target = getTarget(module);
  if (!target)
    return llvm::createStringError("the module has no `kernel.target`");
  auto code = generateCode(module);
  if (!code)
    return code.takeError();
  fb::ExecutableT table;
  table.target = "cpu";
  table.isa = target.getIsa().str();
  table.threads = target.getThreads();
  table.code = std::move(*code);
  return recordExecutable(module, info, std::move(table), recordWork);
}
