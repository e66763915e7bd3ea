// Compiling for an NVIDIA GPU that need not be here: a description says what it
// is, cuDNN's planner what its graphs take, and the training set lies in its
// memory where there is room for it.
#include "compiler/Compilation.h"

#include "compiler/Pipelines.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/DeviceDescription.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace netc;

/// What a driver, cuDNN and their kernels keep of a device's memory for
/// themselves.
static constexpr int64_t reservedBytes = int64_t(1) << 30;

namespace {
class CudaCompilation : public Compilation {
public:
  CudaCompilation(DiagnosedContext &context, const CompileRequest &request);
  CudaCompilation(DiagnosedContext &context, const CudaCompilation &other)
      : Compilation(context), target(other.target),
        keptExamples(other.keptExamples), valueBytes(other.valueBytes),
        device(other.device), planner(other.planner) {}

  std::unique_ptr<Compilation>
  forSameDevice(DiagnosedContext &other) const override {
    return std::make_unique<CudaCompilation>(other, *this);
  }
  Attribute targetAttribute() override;
  void makePrograms(OwningOpRef<ModuleOp> &module) override;
  void makeLaunches(OwningOpRef<ModuleOp> &module) override;
  void checkMemory(ModuleOp planned) override;
  runtime::Executable
  buildExecutable(ModuleOp planned,
                  const kernel::ExecutableInfo &info) override {
    return context.take(cuda::buildCudaExecutable(planned, info, *planner));
  }
  std::string printLlvm(ModuleOp module) override {
    return context.take(cuda::printGpuLlvm(module));
  }
  std::string machineText() const override {
    return llvm::formatv("{0} ({1}), {2}, {3:f1} GiB", device.deviceName,
                         device.arch(), target.precision,
                         static_cast<double>(usableBytes()) / (1 << 30));
  }

private:
  OwningOpRef<ModuleOp> makeProgramsThatKeep(ModuleOp network);
  void lowerAndPlanGraphs(ModuleOp programs);
  OwningOpRef<ModuleOp> planWithoutWorkspaces(ModuleOp programs);
  bool fits(ModuleOp planned) const {
    return *kernel::getArenaBytes(planned) <= usableBytes();
  }
  /// What a network may take of the GPU's memory.
  int64_t usableBytes() const { return device.memoryBytes - reservedBytes; }

  Target target;
  int64_t keptExamples; // of the training set; 0 where it is not wanted
  int64_t valueBytes;   // of a step; Pipelines.h
  cuda::DeviceDescription device;
  std::shared_ptr<cuda::Planner> planner; // for the device
  /// The launches of the programs, where it took them to know that they fit.
  OwningOpRef<ModuleOp> launches;
};
} // namespace

CudaCompilation::CudaCompilation(DiagnosedContext &context,
                                 const CompileRequest &request)
    : Compilation(context), target(request.target),
      keptExamples(request.trains ? request.examples : 0),
      valueBytes(request.valueBytes) {
  if (target.description.empty()) {
    device = cuda::describeDevice(target.device);
  } else {
    device = cuda::parseDevice(target.description, target.device,
                               "the GPU that is present");
    device.name = device.deviceName;
  }
  planner =
      std::make_shared<cuda::Planner>(device.json, cuda::plannerOptions());
}

Attribute CudaCompilation::targetAttribute() {
  bool isKnown = llvm::is_contained(cuda::knownDevices(), target.device);
  return kernel::CudaAttr::get(&context.get(), device.name, device.arch(),
                               target.precision, isKnown ? "" : device.json);
}

/// Plans the least memory that the programs take; cuDNN is not asked for it.
OwningOpRef<ModuleOp>
CudaCompilation::planWithoutWorkspaces(ModuleOp programs) {
  OwningOpRef<ModuleOp> draft = programs.clone();
  context.run(*draft, [](OpPassManager &passes) {
    addCudaKernelPasses(passes);
    addPlanPasses(passes);
  });
  return draft;
}

void CudaCompilation::lowerAndPlanGraphs(ModuleOp programs) {
  context.run(programs, [&](OpPassManager &passes) {
    addCudaKernelPasses(passes);
    addGraphPasses(passes, planner.get());
  });
}

/// Makes programs with the training set in the GPU's memory, and their
/// launches; gives null where it has no room.
OwningOpRef<ModuleOp> CudaCompilation::makeProgramsThatKeep(ModuleOp network) {
  OwningOpRef<ModuleOp> programs = network.clone();
  context.run(*programs, [&](OpPassManager &passes) {
    addCudaNetPasses(passes, keptExamples, valueBytes);
  });
  if (!fits(*planWithoutWorkspaces(*programs)))
    return {};
  context.run(*programs, [&](OpPassManager &passes) {
    addCudaFusionPasses(passes, planner.get());
  });
  OwningOpRef<ModuleOp> lowered = programs->clone();
  lowerAndPlanGraphs(*lowered);
  OwningOpRef<ModuleOp> planned = lowered->clone();
  context.run(*planned, addPlanPasses);
  if (!fits(*planned))
    return {};
  launches = std::move(lowered);
  return programs;
}

void CudaCompilation::makePrograms(OwningOpRef<ModuleOp> &module) {
  if (keptExamples > 0)
    if (OwningOpRef<ModuleOp> programs = makeProgramsThatKeep(*module)) {
      module = std::move(programs);
      return;
    }
  context.run(*module, [&](OpPassManager &passes) {
    addCudaNetPasses(passes, /*keptExamples=*/0, valueBytes);
  });
  // What is too large even without workspaces is told before cuDNN is asked: it
  // has no engines for sizes beyond measure.
  checkMemory(*planWithoutWorkspaces(*module));
  context.run(*module, [&](OpPassManager &passes) {
    addCudaFusionPasses(passes, planner.get());
  });
}

void CudaCompilation::makeLaunches(OwningOpRef<ModuleOp> &module) {
  if (launches)
    module = std::move(launches);
  else
    lowerAndPlanGraphs(*module);
}

void CudaCompilation::checkMemory(ModuleOp planned) {
  if (fits(planned))
    return;
  throw DoesNotFit(device.deviceName, *kernel::getArenaBytes(planned),
                   usableBytes());
}

std::unique_ptr<Compilation>
netc::compileForCuda(DiagnosedContext &context, const CompileRequest &request) {
  return std::make_unique<CudaCompilation>(context, request);
}
