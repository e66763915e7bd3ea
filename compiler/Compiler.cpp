// Runs the stages of a compilation, whatever it is for, and finds the batch
// that fits where the one that is asked for does not.
#include "compiler/Compiler.h"

#include "compiler/Compilation.h"
#include "compiler/LaunchReport.h"
#include "compiler/Pipelines.h"
#include "compiler/emit/EmitNet.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/kernel/PlanText.h"
#include "runtime/LastWords.h"
#include "runtime/Printable.h"
#include "runtime/Thread.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <mutex>
#include <new>

using namespace mlir;

namespace netc {

struct Compiler::Impl {
  Impl(const dsl::Network &network, const CompileRequest &request,
       const Compilation *sameDevice = nullptr);
  Impl(std::string_view netText, int64_t valueBytes);

  void advance(Stage to);
  void make(Stage next);
  [[noreturn]] void reportMemory(const DoesNotFit &error);
  bool fitsWith(int64_t batch) const;

  DiagnosedContext context;
  std::unique_ptr<Compilation> compilation;
  OwningOpRef<ModuleOp> module;
  Stage stage = Stage::Net;
  kernel::ExecutableInfo info;
  std::optional<runtime::Executable> executable;
  // What to compile again with a smaller batch when this one does not fit.
  const dsl::Network *network = nullptr;
  CompileRequest request;
};

static dsl::EmitOptions emitOptions(const CompileRequest &request) {
  dsl::EmitOptions options;
  options.batch = request.batch;
  options.pixels = request.pixels;
  options.element = request.element;
  options.takesNumbers = request.takesNumbers;
  options.standardizes = request.standardizes;
  options.lastBatch = request.examples % request.batch;
  if (request.testExamples > 0 && request.testExamples < request.batch)
    options.evaluateBatch = request.testExamples;
  options.trains = request.trains;
  options.takesLoss = request.takesLoss;
  return options;
}

static kernel::ExecutableInfo executableInfo(const dsl::Network &network,
                                             const CompileRequest &request) {
  kernel::ExecutableInfo info;
  info.network = network.name;
  if (network.range.file) // a path may have any bytes, tables have text
    info.source = runtime::printable(network.range.file->name);
  info.inputShape = request.pixels;
  info.inputElement = request.element;
  info.classes = request.takesNumbers ? 0 : dsl::classesOf(network);
  info.coversInput = request.coversInput;
  info.examples = request.examples;
  info.batch = request.batch;
  info.epochs = request.epochs;
  info.loss = network.train.loss.kind->meaning;
  info.learningRate =
      static_cast<float>(network.train.optimizer.learningRate());
  const dsl::Schedule &schedule = network.train.schedule;
  info.schedule.kind = schedule.kind;
  info.schedule.every = schedule.every;
  info.schedule.factor = schedule.factor;
  info.schedule.least = schedule.least;
  info.schedule.warmup = schedule.warmup;
  info.expectations.assign(network.expectations.begin(),
                           network.expectations.end());
  return info;
}

static std::unique_ptr<Compilation> compileFor(DiagnosedContext &context,
                                               const CompileRequest &request) {
  if (request.target.device.empty())
    return compileForCpu(context, request.target, request.valueBytes);
  return compileForCuda(context, request);
}

Compiler::Impl::Impl(const dsl::Network &network, const CompileRequest &request,
                     const Compilation *sameDevice)
    : compilation(sameDevice ? sameDevice->forSameDevice(context)
                             : compileFor(context, request)),
      module(dsl::emitNet(context.get(), network, emitOptions(request))),
      info(executableInfo(network, request)), network(&network),
      request(request) {
  (*module)->setAttr(kernel::targetAttrName, compilation->targetAttribute());
}

Compiler::Impl::Impl(std::string_view netText, int64_t valueBytes)
    : module(parseSourceString<ModuleOp>(netText, &context.get())) {
  if (!module)
    context.fail();
  Target target;
  if (kernel::CpuAttr attribute = kernel::getTarget(*module)) {
    target.isa = attribute.getIsa().str();
    target.threads = attribute.getThreads();
  }
  compilation = compileForCpu(context, target, valueBytes);
  info.network = "text";
}

/// The stages recurse over what they are given: their stack is this large,
/// in bytes, whatever limit the process was started with.
static constexpr size_t stageStack = size_t{64} << 20;

[[noreturn]] static void endWithoutMemory() {
  runtime::endSaying(runtime::notEnoughMemory);
}

/// LLVM's libraries end the process where memory or something else is amiss: it
/// ends in our words and with our status.
static void settleFailures() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::install_bad_alloc_error_handler(
        [](void *, const char *, bool) { endWithoutMemory(); });
    llvm::install_fatal_error_handler([](void *, const char *, bool) {
      runtime::endSaying("internal error, please report: while the network was "
                         "compiled");
    });
  });
}

namespace {
/// While it lives, lack of memory ends the process instead of being thrown:
/// what LLVM's libraries have half done cannot be undone, for they are compiled
/// without exceptions. Nothing has been written by then that would be lost.
class MemoryScope {
public:
  MemoryScope() : outer(std::set_new_handler(endWithoutMemory)) {
    settleFailures();
  }
  ~MemoryScope() { std::set_new_handler(outer); }
  MemoryScope(const MemoryScope &) = delete;
  MemoryScope &operator=(const MemoryScope &) = delete;

private:
  std::new_handler outer;
};
} // namespace

Compiler::Compiler(const dsl::Network &network, const CompileRequest &request) {
  MemoryScope scope;
  impl = std::make_unique<Impl>(network, request);
}

Compiler::Compiler(std::string_view netText, int64_t valueBytes) {
  MemoryScope scope;
  impl = std::make_unique<Impl>(netText, valueBytes);
}

Compiler::~Compiler() = default;

/// Goes from the stage before `next` to it.
void Compiler::Impl::make(Stage next) {
  switch (next) {
  case Stage::Net:
    break;
  case Stage::Programs:
    compilation->makePrograms(module);
    break;
  case Stage::Kernel:
    compilation->makeLaunches(module);
    break;
  case Stage::Plan:
    context.run(*module, addPlanPasses);
    compilation->checkMemory(*module);
    break;
  case Stage::Executable:
    executable = compilation->buildExecutable(*module, info);
    break;
  }
}

void Compiler::Impl::advance(Stage to) {
  while (stage < to) {
    auto next = static_cast<Stage>(static_cast<int>(stage) + 1);
    make(next);
    stage = next;
  }
}

void Compiler::advance(Stage stage) {
  MemoryScope scope;
  runtime::runWithStack(stageStack, [&] {
    try {
      impl->advance(stage);
    } catch (const DoesNotFit &error) {
      impl->reportMemory(error);
    }
  });
}

static std::string gibibytes(int64_t bytes) {
  return llvm::formatv("{0:f1} GiB", static_cast<double>(bytes) / (1 << 30));
}

/// Whether a step of so many examples fits. Throws Error where the compilation
/// fails otherwise.
bool Compiler::Impl::fitsWith(int64_t batch) const {
  CompileRequest smaller = request;
  smaller.batch = batch;
  smaller.target.memory = request.target.freeMemory;
  // A processor's is another compilation, by the memory that is free; a GPU's
  // shares what is known of the device.
  const Compilation *shared =
      request.target.device.empty() ? nullptr : compilation.get();
  try {
    Impl(*network, smaller, shared).advance(Stage::Plan);
  } catch (const DoesNotFit &) {
    return false;
  }
  return true;
}

/// Throws Error with what the step needs and a batch that would fit. That one
/// is found by trying, since workspaces do not grow as the batch does.
void Compiler::Impl::reportMemory(const DoesNotFit &error) {
  std::string message = llvm::formatv(
      "network `{0}` needs {1} for a step of {2} examples; {3} has {4} for it",
      info.network, gibibytes(error.neededBytes), info.batch, error.device,
      gibibytes(error.deviceBytes));
  if (info.batch < 2 || !network)
    throw Error(message);
  int64_t batch = info.batch;
  double share = static_cast<double>(error.deviceBytes) /
                 static_cast<double>(error.neededBytes);
  // Near what the first guess says, then by halves, to one example.
  for (int attempt = 0; batch > 1; ++attempt) {
    int64_t next = static_cast<int64_t>(static_cast<double>(batch) * share);
    batch = std::clamp<int64_t>(next, 1, batch - 1);
    share = attempt < 3 ? 0.8 : 0.5;
    bool isFitting = false;
    try {
      isFitting = fitsWith(batch);
    } catch (const Error &other) {
      throw Error(llvm::formatv("{0}; whether `--batch {1}` fits cannot be "
                                "told: {2}",
                                message, batch, other.what()));
    }
    if (isFitting)
      throw Error(llvm::formatv("{0}; `--batch {1}` fits", message, batch));
  }
  throw Error(message + "; no batch fits");
}

std::string Compiler::moduleText() const {
  MemoryScope scope;
  std::string text;
  llvm::raw_string_ostream stream(text);
  impl->module->print(stream);
  stream << '\n';
  return text;
}

std::string Compiler::llvmText() {
  MemoryScope scope;
  std::string text;
  runtime::runWithStack(
      stageStack, [&] { text = impl->compilation->printLlvm(*impl->module); });
  return text;
}

std::string Compiler::planText() const {
  return kernel::planText(*impl->module);
}

std::vector<LaunchFacts> Compiler::launchesOf(std::string_view layer) const {
  return kernel::reportLaunches(*impl->module, layer);
}

int64_t Compiler::plannedBytes() const {
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

std::string Compiler::machineText() const {
  return impl->compilation->machineText();
}

runtime::Executable Compiler::takeExecutable() {
  return std::move(*impl->executable);
}

} // namespace netc
