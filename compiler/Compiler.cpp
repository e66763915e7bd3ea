// Runs the pipelines and keeps what they said.
#include "compiler/Compiler.h"

#include "compiler/LaunchReport.h"
#include "compiler/Pipelines.h"
#include "compiler/PlanText.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "dsl/EmitNet.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace netc {

struct Compiler::Impl {
  Impl() : context(MLIRContext::Threading::DISABLED) {
    context.loadDialect<net::NetDialect, kernel::KernelDialect,
                        arith::ArithDialect, func::FuncDialect,
                        math::MathDialect, memref::MemRefDialect,
                        scf::SCFDialect, vector::VectorDialect>();
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

  void run(void (*addPasses)(OpPassManager &)) {
    PassManager passes(&context);
    addPasses(passes);
    if (failed(passes.run(*module)))
      fail();
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  Stage stage = Stage::Net;
  kernel::ExecutableInfo info;
  std::optional<runtime::Executable> executable;
  std::string said; // the diagnostics so far
};

Compiler::Compiler(const dsl::Network &network, const CompileRequest &request)
    : impl(std::make_unique<Impl>()) {
  dsl::EmitOptions options;
  options.batch = request.batch;
  options.pixels = request.pixels;
  options.lastBatch = request.examples % request.batch;
  options.trains = request.trains;
  impl->module = dsl::emitNet(impl->context, network, options);
  (*impl->module)
      ->setAttr(kernel::targetAttrName,
                kernel::CpuAttr::get(&impl->context, request.target.isa,
                                     request.target.threads));
  impl->info.network = network.name;
  impl->info.source = network.range.file ? network.range.file->name : "";
  impl->info.inputShape = request.pixels;
  impl->info.classes = dsl::classesOf(network);
  impl->info.coversInput = request.coversInput;
  impl->info.examples = request.examples;
  impl->info.batch = request.batch;
  impl->info.epochs = request.epochs;
  impl->info.loss =
      static_cast<runtime::fb::Loss>(network.train.loss.kind); // in one order
  impl->info.learningRate =
      static_cast<float>(network.train.optimizer.learningRate);
  const dsl::Schedule &schedule = network.train.schedule;
  impl->info.schedule.kind =
      static_cast<runtime::fb::ScheduleKind>(schedule.kind); // in one order
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

void Compiler::advance(Stage stage) {
  if (impl->stage < Stage::Kernel && stage >= Stage::Kernel)
    impl->run([](OpPassManager &passes) {
      addNetPasses(passes);
      addKernelPasses(passes);
    });
  if (impl->stage < Stage::Plan && stage >= Stage::Plan)
    impl->run(addPlanPasses);
  if (impl->stage < Stage::Executable && stage >= Stage::Executable)
    impl->executable =
        impl->take(kernel::buildExecutable(*impl->module, impl->info));
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
  return impl->take(kernel::printLlvm(*impl->module));
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

runtime::Executable Compiler::takeExecutable() {
  return std::move(*impl->executable);
}

} // namespace netc
