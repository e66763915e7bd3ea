// Compiling for x86-64: primitives of oneDNN's and generated code, in as much
// memory as the machine gives.
#include "compiler/Compilation.h"

#include "compiler/Pipelines.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cpu/CpuTarget.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace netc;

namespace {
class CpuCompilation : public Compilation {
public:
  CpuCompilation(DiagnosedContext &context, const Target &target,
                 int64_t valueBytes)
      : Compilation(context), target(target), valueBytes(valueBytes) {}

  std::unique_ptr<Compilation>
  forSameDevice(DiagnosedContext &other) const override {
    return compileForCpu(other, target, valueBytes);
  }
  Attribute targetAttribute() override {
    return kernel::CpuAttr::get(&context.get(), target.isa, target.threads);
  }
  void makePrograms(OwningOpRef<ModuleOp> &module) override {
    context.run(*module, [&](OpPassManager &passes) {
      addNetPasses(passes, valueBytes);
    });
  }
  void makeLaunches(OwningOpRef<ModuleOp> &module) override {
    context.run(*module, addKernelPasses);
  }
  void checkMemory(ModuleOp planned) override {
    int64_t bytes = kernel::getArenaBytes(planned).value_or(0);
    if (target.memory && bytes > *target.memory)
      throw DoesNotFit("this machine", bytes, *target.memory);
  }
  runtime::Executable
  buildExecutable(ModuleOp planned,
                  const kernel::ExecutableInfo &info) override {
    return context.take(kernel::buildExecutable(planned, info));
  }
  std::string printLlvm(ModuleOp module) override {
    return context.take(kernel::printLlvm(module));
  }
  std::string machineText() const override {
    return llvm::formatv("{0}, {1} thread{2}", target.isa, target.threads,
                         target.threads == 1 ? "" : "s");
  }

private:
  Target target;
  int64_t valueBytes; // of a step; Pipelines.h
};
} // namespace

std::unique_ptr<Compilation> netc::compileForCpu(DiagnosedContext &context,
                                                 const Target &target,
                                                 int64_t valueBytes) {
  return std::make_unique<CpuCompilation>(context, target, valueBytes);
}
