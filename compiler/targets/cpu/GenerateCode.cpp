// LLVM IR of the kernels, optimised for the target, to machine code.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cpu/CodeGeneration.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "runtime/Contract.h"

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

static Expected<std::unique_ptr<Module>> makeOptimised(mlir::ModuleOp module,
                                                       CpuAttr target,
                                                       TargetMachine &machine,
                                                       LLVMContext &context) {
  Expected<std::unique_ptr<Module>> lowered = lowerKernels(module, context);
  if (!lowered)
    return lowered.takeError();
  annotate(**lowered, target, machine);
  optimise(**lowered, machine);
  return lowered;
}

static Expected<SmallVector<char, 0>> emitObject(Module &module,
                                                 TargetMachine &machine) {
  SmallVector<char, 0> object;
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

Expected<std::vector<uint8_t>> kernel::generateCode(mlir::ModuleOp module) {
  if (module.getOps<FuncOp>().empty())
    return std::vector<uint8_t>();
  Expected<CpuAttr> target = requireTarget(module);
  if (!target)
    return target.takeError();
  std::unique_ptr<TargetMachine> machine = makeTargetMachine(*target);
  LLVMContext context;
  auto optimised = makeOptimised(module, *target, *machine, context);
  if (!optimised)
    return optimised.takeError();
  Expected<SmallVector<char, 0>> object = emitObject(**optimised, *machine);
  if (!object)
    return object.takeError();
  StringRef bytes(object->data(), object->size());
  if (llvm::Error error = checkSelfContained(bytes))
    return error;
  return linkSharedObject(bytes);
}

Expected<std::string> kernel::printLlvm(mlir::ModuleOp module) {
  Expected<CpuAttr> target = requireTarget(module);
  if (!target)
    return target.takeError();
  std::unique_ptr<TargetMachine> machine = makeTargetMachine(*target);
  LLVMContext context;
  auto optimised = makeOptimised(module, *target, *machine, context);
  if (!optimised)
    return optimised.takeError();
  std::string text;
  raw_string_ostream stream(text);
  stream << **optimised;
  return text;
}
