// Kernels to LLVM IR, optimised for the target, to machine code: each for
// itself, on all processors, and only those that no earlier compilation has
// kept.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cpu/CodeGeneration.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "compiler/targets/cpu/KernelCache.h"
#include "runtime/Contract.h"
#include "runtime/Error.h"
#include "runtime/Thread.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

#include <atomic>
#include <thread>

using namespace llvm;
using namespace netc;
using namespace netc::kernel;

extern "C" {
void LLVMInitializeX86TargetInfo();
void LLVMInitializeX86Target();
void LLVMInitializeX86TargetMC();
void LLVMInitializeX86AsmPrinter();
}

static std::unique_ptr<TargetMachine> makeTargetMachine(CpuAttr target) {
  static const Target *x86 = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    std::string error;
    return TargetRegistry::lookupTarget("x86_64-unknown-linux-gnu", error);
  }();
  assert(x86 && "LLVM without x86");
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Fast; // a*b + c in one rounding
  options.FunctionSections = true; // tells whose an undefined symbol is
  StringRef processor = target.getIsa() == "avx512" ? "x86-64-v4" : "x86-64-v3";
  return std::unique_ptr<TargetMachine>(x86->createTargetMachine(
      "x86_64-unknown-linux-gnu", processor, "", options, Reloc::PIC_,
      std::nullopt, CodeGenOptLevel::Aggressive));
}

// What the optimiser may know: addresses are aligned as the arena's, a kernel
// throws nothing, and vectors are as wide as the target's.
static void annotate(Module &module, CpuAttr target,
                     const TargetMachine &machine) {
  LLVMContext &context = module.getContext();
  module.setDataLayout(machine.createDataLayout());
  module.setTargetTriple(machine.getTargetTriple().str());
  auto *alignment = MDNode::get(
      context, ConstantAsMetadata::get(ConstantInt::get(
                   Type::getInt64Ty(context), runtime::arenaAlignment)));
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr(Attribute::NoUnwind);
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("prefer-vector-width",
                       target.getIsa() == "avx512" ? "512" : "256");
    for (Instruction &instruction : function.getEntryBlock())
      if (auto *load = dyn_cast<LoadInst>(&instruction);
          load && load->getType()->isPointerTy()) {
        load->setMetadata(LLVMContext::MD_align, alignment);
        load->setMetadata(LLVMContext::MD_noundef, MDNode::get(context, {}));
      }
  }
}

// No library: a loop that fills memory must not become a call of memset.
static TargetLibraryInfoImpl noLibrary(const TargetMachine &machine) {
  TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  return library;
}

static void optimise(Module &module, TargetMachine &machine) {
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = true;
  PassBuilder builder(&machine, tuning);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  functions.registerPass(
      [&] { return TargetLibraryAnalysis(noLibrary(machine)); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3)
      .run(module, modules);
}

static Expected<KernelObject> emitObject(Module &module,
                                         TargetMachine &machine) {
  KernelObject object;
  raw_svector_ostream stream(object);
  legacy::PassManager passes;
  passes.add(new TargetLibraryInfoWrapperPass(noLibrary(machine)));
  if (machine.addPassesToEmitFile(passes, stream, nullptr,
                                  CodeGenFileType::ObjectFile))
    return createStringError("LLVM cannot write objects for x86-64");
  passes.run(module);
  return object;
}

// Each kernel has a section `.text.NAME`; what it needs is in its relocations.
static llvm::Error checkSelfContained(StringRef bytes) {
  auto object = object::ObjectFile::createELFObjectFile(
      MemoryBufferRef(bytes, "kernels"));
  if (!object)
    return object.takeError();
  for (const object::SectionRef &section : (*object)->sections()) {
    Expected<object::section_iterator> relocated =
        section.getRelocatedSection();
    if (!relocated)
      return relocated.takeError();
    for (const object::RelocationRef &relocation : section.relocations()) {
      object::symbol_iterator symbol = relocation.getSymbol();
      if (symbol == (*object)->symbol_end())
        continue;
      Expected<uint32_t> flags = symbol->getFlags();
      if (!flags)
        return flags.takeError();
      Expected<StringRef> name = symbol->getName(),
                          kernel = (*relocated)->getName();
      if (!name || !kernel)
        return joinErrors(name.takeError(), kernel.takeError());
      if (!(*flags & object::SymbolRef::SF_Undefined) || name->empty())
        continue;
      kernel->consume_front(".text.");
      return createStringError(
          "kernel `" + *kernel + "` calls `" + *name +
          "`, which generated code cannot: it is linked with no library");
    }
  }
  return llvm::Error::success();
}

static Expected<CpuAttr> requireTarget(mlir::ModuleOp module) {
  if (CpuAttr target = getTarget(module))
    return target;
  return createStringError("the module has no `kernel.target`");
}

namespace {
/// A kernel on its way to its object.
struct Unit {
  FuncOp kernel;
  std::string text; // all that the object depends on, with the target
  std::unique_ptr<LLVMContext> context;
  std::unique_ptr<Module> lowered; // null where the object is known
  KernelObject object;
  std::string problem; // why there is none
};
} // namespace

/// Makes the object. From any thread, one for each unit.
static void compile(Unit &unit, CpuAttr target, TargetMachine &machine) {
  annotate(*unit.lowered, target, machine);
  optimise(*unit.lowered, machine);
  Expected<KernelObject> object = emitObject(*unit.lowered, machine);
  if (llvm::Error error =
          object ? checkSelfContained({object->data(), object->size()})
                 : object.takeError())
    unit.problem = toString(std::move(error));
  else
    unit.object = std::move(*object);
  unit.lowered.reset();
  unit.context.reset();
}

static void compileAll(MutableArrayRef<Unit *> units, CpuAttr target) {
  constexpr size_t stack = size_t{8} << 20; // as LLVM's passes expect
  std::atomic<size_t> next = 0;
  auto work = [&] {
    std::unique_ptr<TargetMachine> machine = makeTargetMachine(target);
    for (size_t i = next++; i < units.size(); i = next++)
      compile(*units[i], target, *machine);
  };
  size_t processors = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::unique_ptr<runtime::Thread>> others;
  try {
    while (others.size() + 1 < std::min(processors, units.size()))
      others.push_back(std::make_unique<runtime::Thread>(stack, work));
  } catch (const netc::Error &) { // there are no more threads: with fewer
  }
  work();
  others.clear(); // waits for them
}

/// What a kernel's object is made of, without the places that its ops come
/// from.
static std::string textOf(FuncOp kernel) {
  std::string text;
  raw_string_ostream stream(text);
  kernel->print(stream, mlir::OpPrintingFlags().useLocalScope());
  return text;
}

/// The objects of the kernels, in their order.
static llvm::Error makeObjects(MutableArrayRef<Unit> units, CpuAttr target) {
  KernelCache cache;
  SmallVector<Unit *> missing;
  for (Unit &unit : units) {
    unit.text = textOf(unit.kernel);
    if (auto object = cache.find(target.getIsa(), unit.text)) {
      unit.object = std::move(*object);
      continue;
    }
    unit.context = std::make_unique<LLVMContext>();
    auto lowered = lowerKernels(unit.kernel, *unit.context);
    if (!lowered)
      return lowered.takeError();
    unit.lowered = std::move(*lowered);
    missing.push_back(&unit);
  }
  compileAll(missing, target);
  for (Unit *unit : missing) {
    if (!unit->problem.empty())
      return createStringError(unit->problem);
    cache.keep(target.getIsa(), unit->text, unit->object);
  }
  if (!missing.empty())
    cache.prune();
  return llvm::Error::success();
}

Expected<std::vector<uint8_t>> kernel::generateCode(mlir::ModuleOp module) {
  std::vector<Unit> units;
  for (FuncOp kernel : module.getOps<FuncOp>())
    units.emplace_back().kernel = kernel;
  if (units.empty())
    return std::vector<uint8_t>();
  Expected<CpuAttr> target = requireTarget(module);
  if (!target)
    return target.takeError();
  if (llvm::Error error = makeObjects(units, *target))
    return error;
  SmallVector<StringRef> objects;
  for (const Unit &unit : units)
    objects.emplace_back(unit.object.data(), unit.object.size());
  return linkSharedObject(objects);
}

Expected<std::string> kernel::printLlvm(mlir::ModuleOp module) {
  Expected<CpuAttr> target = requireTarget(module);
  if (!target)
    return target.takeError();
  std::unique_ptr<TargetMachine> machine = makeTargetMachine(*target);
  LLVMContext context;
  Expected<std::unique_ptr<Module>> lowered =
      lowerKernels(llvm::to_vector(module.getOps<FuncOp>()), context);
  if (!lowered)
    return lowered.takeError();
  annotate(**lowered, *target, *machine);
  optimise(**lowered, *machine);
  std::string text;
  raw_string_ostream stream(text);
  stream << **lowered;
  return text;
}
