// Runs the pipelines and keeps what they said.
#include "compiler/Compiler.h"

#include "compiler/LaunchReport.h"
#include "compiler/Pipelines.h"
#include "compiler/PlanText.h"
#include "compiler/emit/EmitNet.h"
#include "compiler/generate/Generators.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "compiler/targets/cuda/CudaOps.h"
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/DeviceDescription.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace mlir;

namespace netc {

/// What a driver, cuDNN and their kernels keep of a device's memory for
/// themselves.
static constexpr int64_t reservedBytes = int64_t(1) << 30;

struct Compiler::Impl {
  Impl() : context(MLIRContext::Threading::DISABLED) {
    DialectRegistry registry;
    generate::attachModels(registry);
    context.appendDialectRegistry(registry);
    context.loadDialect<
        net::NetDialect, kernel::KernelDialect, cuda::CudaDialect,
        arith::ArithDialect, func::FuncDialect, math::MathDialect,
        memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
    context.printOpOnDiagnostic(false);
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      keep(diagnostic);
      for (Diagnostic &note : diagnostic.getNotes())
        keep(note);
      return success();
    });
  }

  /// Adds a line: the layer and its place, if known, and the message.
  void keep(Diagnostic &diagnostic) {
    llvm::raw_string_ostream stream(said);
    if (!said.empty())
      stream << '\n';
    Location location = diagnostic.getLocation();
    StringRef layer;
    if (auto named = dyn_cast<NameLoc>(location)) {
      layer = named.getName();
      location = named.getChildLoc();
    }
    if (auto place = dyn_cast<FileLineColLoc>(location))
      stream << place.getFilename().getValue() << ':' << place.getLine() << ':'
             << place.getColumn() << ": ";
    if (!layer.empty())
      stream << '`' << layer << "`: ";
    stream << diagnostic.str();
  }

  [[noreturn]] void fail() {
    throw Error(said.empty() ? "the compilation failed without a word"
                             : std::exchange(said, ""));
  }
  template <typename T> T take(llvm::Expected<T> value) {
    if (!value) {
      std::string message = llvm::toString(value.takeError());
      throw Error(said.empty() ? message
                               : message + "\n" + std::exchange(said, ""));
    }
    return std::move(*value);
  }

  void run(llvm::function_ref<void(OpPassManager &)> addPasses) {
    run(*module, addPasses);
  }
  void run(ModuleOp on, llvm::function_ref<void(OpPassManager &)> addPasses) {
    PassManager passes(&context);
    addPasses(passes);
    if (failed(passes.run(on)))
      fail();
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  Stage stage = Stage::Net;
  kernel::ExecutableInfo info;
  std::optional<cuda::DeviceDescription> device; // of a GPU
  std::shared_ptr<cuda::Planner> planner;        // for it
  std::optional<runtime::Executable> executable;
  std::string said; // the diagnostics so far
  // What to compile again with a smaller batch when this one does not fit.
  const dsl::Network *network = nullptr;
  CompileRequest request;

  Attribute targetAttribute(const Target &target);
  void makeLaunchesOnGpu();
  bool makeGraphs(bool keepsDataset);
  /// Of the GPU's memory, what a network may take.
  int64_t usableBytes() const { return device->memoryBytes - reservedBytes; }
  bool fits(ModuleOp planned) const {
    return *kernel::getArenaBytes(planned) <= usableBytes();
  }
  void checkMemory(ModuleOp planned);
  bool fitsWith(int64_t batch);
};

Attribute Compiler::Impl::targetAttribute(const Target &target) {
  if (target.device.empty())
    return kernel::CpuAttr::get(&context, target.isa, target.threads);
  if (target.description.empty()) {
    device = cuda::describeDevice(target.device);
  } else {
    device = cuda::parseDevice(target.description, target.device,
                               "the GPU that is present");
    device->name = device->deviceName;
  }
  if (!planner)
    planner =
        std::make_shared<cuda::Planner>(device->json, cuda::plannerOptions());
  bool known = llvm::is_contained(cuda::knownDevices(), target.device);
  return kernel::CudaAttr::get(&context, device->name, device->arch(),
                               target.precision, known ? "" : device->json);
}

Compiler::Compiler(const dsl::Network &network, const CompileRequest &request)
    : impl(std::make_unique<Impl>()) {
  dsl::EmitOptions options;
  options.batch = request.batch;
  options.pixels = request.pixels;
  options.lastBatch = request.examples % request.batch;
  options.trains = request.trains;
  impl->module = dsl::emitNet(impl->context, network, options);
  impl->network = &network;
  impl->request = request;
  (*impl->module)
      ->setAttr(kernel::targetAttrName, impl->targetAttribute(request.target));
  impl->info.network = network.name;
  impl->info.source = network.range.file ? network.range.file->name : "";
  impl->info.inputShape = request.pixels;
  impl->info.classes = dsl::classesOf(network);
  impl->info.coversInput = request.coversInput;
  impl->info.examples = request.examples;
  impl->info.batch = request.batch;
  impl->info.epochs = request.epochs;
  impl->info.loss = network.train.loss.kind->meaning;
  impl->info.learningRate =
      static_cast<float>(network.train.optimizer.learningRate());
  const dsl::Schedule &schedule = network.train.schedule;
  impl->info.schedule.kind = schedule.kind;
  impl->info.schedule.every = schedule.every;
  impl->info.schedule.factor = schedule.factor;
  impl->info.schedule.least = schedule.least;
  impl->info.schedule.warmup = schedule.warmup;
  impl->info.expectations.assign(network.expectations.begin(),
                                 network.expectations.end());
}

Compiler::Compiler(std::string_view netText) : impl(std::make_unique<Impl>()) {
  impl->module = parseSourceString<ModuleOp>(netText, &impl->context);
  if (!impl->module)
    impl->fail();
  impl->info.network = "text";
}

Compiler::~Compiler() = default;

static std::string gibibytes(int64_t bytes) {
  return llvm::formatv("{0:f1} GiB", static_cast<double>(bytes) / (1 << 30));
}

bool Compiler::Impl::fitsWith(int64_t batch) {
  CompileRequest smaller = request;
  smaller.batch = batch;
  try {
    Compiler compiler(*network, smaller);
    compiler.impl->planner = planner;
    compiler.impl->network = nullptr; // it asks for no smaller one itself
    compiler.advance(Stage::Plan);
  } catch (const Error &) {
    return false;
  }
  return true;
}

/// Throws unless the arena fits the device, saying a batch that would: tried,
/// since workspaces do not grow as the batch does.
void Compiler::Impl::checkMemory(ModuleOp planned) {
  if (fits(planned))
    return;
  int64_t needed = *kernel::getArenaBytes(planned);
  int64_t there = usableBytes();
  std::string message = llvm::formatv(
      "network `{0}` needs {1} for a step of {2} examples; {3} has {4} for it",
      info.network, gibibytes(needed), info.batch, device->deviceName,
      gibibytes(there));
  if (info.batch < 2 || !network)
    throw Error(message);
  int64_t batch = info.batch;
  double share = static_cast<double>(there) / static_cast<double>(needed);
  for (int attempt = 0; attempt < 6 && batch > 1; ++attempt) {
    int64_t next = static_cast<int64_t>(static_cast<double>(batch) * share);
    batch = std::clamp<int64_t>(next, 1, batch - 1);
    share = 0.8;
    if (fitsWith(batch))
      throw Error(llvm::formatv("{0}; `--batch {1}` fits", message, batch));
  }
  throw Error(message + "; no batch fits");
}

/// From programs to launches on a GPU. What is too large even without
/// workspaces is told before cuDNN is asked: it has no engines for sizes beyond
/// measure. False where the step fits without the data set only.
bool Compiler::Impl::makeGraphs(bool keepsDataset) {
  OwningOpRef<ModuleOp> draft = module->clone();
  run(*draft, [](OpPassManager &passes) {
    addCudaKernelPasses(passes);
    addPlanPasses(passes);
  });
  if (keepsDataset && !fits(*draft))
    return false;
  checkMemory(*draft);
  run([&](OpPassManager &passes) {
    addCudaFusionPasses(passes, planner.get());
    addCudaKernelPasses(passes);
    addGraphPasses(passes, planner.get());
  });
  if (!keepsDataset)
    return true;
  draft = module->clone();
  run(*draft, addPlanPasses);
  return fits(*draft);
}

/// With the training set in the GPU's memory where it has room.
void Compiler::Impl::makeLaunchesOnGpu() {
  OwningOpRef<ModuleOp> source = module->clone();
  int64_t kept = request.trains ? request.examples : 0;
  run([&](OpPassManager &passes) { addCudaNetPasses(passes, kept); });
  if (makeGraphs(kept > 0))
    return;
  module = std::move(source);
  run([](OpPassManager &passes) { addCudaNetPasses(passes); });
  makeGraphs(false);
}

void Compiler::advance(Stage stage) {
  bool onGpu = impl->device.has_value();
  if (impl->stage < Stage::Kernel && stage >= Stage::Kernel) {
    if (onGpu) {
      impl->makeLaunchesOnGpu();
    } else {
      impl->run(addNetPasses);
      impl->run(addKernelPasses);
    }
  }
  if (impl->stage < Stage::Plan && stage >= Stage::Plan) {
    impl->run(addPlanPasses);
    if (onGpu)
      impl->checkMemory(*impl->module);
  }
  if (impl->stage < Stage::Executable && stage >= Stage::Executable)
    impl->executable =
        impl->take(onGpu ? cuda::buildCudaExecutable(*impl->module, impl->info,
                                                     *impl->planner)
                         : kernel::buildExecutable(*impl->module, impl->info));
  impl->stage = std::max(impl->stage, stage);
}

std::string Compiler::moduleText() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  impl->module->print(stream);
  stream << '\n';
  return text;
}

std::string Compiler::llvmText() {
  return impl->take(impl->device ? cuda::printGpuLlvm(*impl->module)
                                 : kernel::printLlvm(*impl->module));
}

std::string Compiler::planText() const {
  return kernel::planText(*impl->module);
}

std::vector<LaunchFacts> Compiler::launchesOf(std::string_view layer) const {
  return kernel::reportLaunches(*impl->module, layer);
}

int64_t Compiler::trainingBytes() const {
  return kernel::getArenaBytes(*impl->module).value_or(0);
}

int64_t Compiler::datasetBytes() const {
  int64_t bytes = 0;
  for (auto global : impl->module->getOps<kernel::GlobalOp>())
    if (global.getKind() == "dataset")
      bytes +=
          kernel::getByteSize(cast<MemRefType>(global.getType())).value_or(0);
  return bytes;
}

std::string Compiler::deviceText() const {
  return llvm::formatv("{0} ({1}), {2}", impl->device->deviceName,
                       impl->device->arch(), impl->request.target.precision);
}

int64_t Compiler::deviceBytes() const { return impl->usableBytes(); }

runtime::Executable Compiler::takeExecutable() {
  return std::move(*impl->executable);
}

} // namespace netc
