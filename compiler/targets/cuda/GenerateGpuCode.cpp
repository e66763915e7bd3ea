// Gpu functions to LLVM IR, PTX by LLVM, and a cubin by ptxas.
#include "compiler/generate/ExpandMath.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cuda/CudaTarget.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;

/// This version of PTX is the first whose kernels take more than 4 KB of
/// arguments, as the updates of a network with hundreds of parameters do.
static constexpr llvm::StringLiteral ptxVersion = "+ptx81";

static void addLowering(OpPassManager &passes) {
  OpPassManager &inner = passes.nest<gpu::GPUModuleOp>();
  inner.addPass(createConvertVectorToSCFPass());
  inner.addPass(memref::createExpandStridedMetadataPass());
  inner.addPass(createLowerAffinePass());
  inner.addPass(createConvertSCFToCFPass());
  inner.addPass(createConvertVectorToLLVMPass());
  inner.addPass(createConvertMathToLLVMPass());
  ConvertGpuOpsToNVVMOpsOptions options;
  options.useBarePtrCallConv = true;
  inner.addPass(createConvertGpuOpsToNVVMOps(options));
  inner.addPass(createReconcileUnrealizedCastsPass());
}

/// MLIR calls CUDA's libdevice for these, which LLVM's NVPTX has instructions
/// for.
static void useInstructions(ModuleOp module) {
  module.walk([](Operation *op) {
    StringRef name = isa<math::AbsFOp>(op)    ? "llvm.fabs"
                     : isa<math::CeilOp>(op)  ? "llvm.ceil"
                     : isa<math::FloorOp>(op) ? "llvm.floor"
                     : isa<math::SqrtOp>(op)  ? "llvm.sqrt"
                                              : "";
    if (name.empty())
      return;
    OpBuilder builder(op);
    OperationState state(op->getLoc(),
                         LLVM::CallIntrinsicOp::getOperationName());
    state.addOperands(op->getOperands());
    state.addTypes(op->getResultTypes());
    state.addAttribute("intrin", builder.getStringAttr(name));
    op->replaceAllUsesWith(builder.create(state));
    op->erase();
  });
}

static std::unique_ptr<llvm::TargetMachine> makeMachine(StringRef arch) {
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget("nvptx64-nvidia-cuda", error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  // Products and sums are rounded as they are written, as on the CPU.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      "nvptx64-nvidia-cuda", arch, ptxVersion, options, std::nullopt,
      std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

static void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PassBuilder builder(&machine);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
      .run(module, modules);
}

static llvm::Expected<std::unique_ptr<llvm::Module>>
lower(ModuleOp module, llvm::TargetMachine &machine,
      llvm::LLVMContext &llvmContext) {
  MLIRContext *context = module.getContext();
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
  context->appendDialectRegistry(registry);
  context->loadDialect<affine::AffineDialect, cf::ControlFlowDialect,
                       gpu::GPUDialect, LLVM::LLVMDialect, NVVM::NVVMDialect>();
  OwningOpRef<ModuleOp> gpuModule = makeGpuModule(module);
  auto functions = *gpuModule->getOps<gpu::GPUModuleOp>().begin();
  PassManager passes(context);
  addLowering(passes);
  std::unique_ptr<llvm::Module> result;
  LogicalResult expanded = generate::expandMath(*gpuModule);
  useInstructions(*gpuModule);
  if (succeeded(expanded) && succeeded(passes.run(*gpuModule)))
    result = translateModuleToLLVMIR(functions, llvmContext, "kernels");
  if (!result)
    return llvm::createStringError("the kernels cannot be lowered for a GPU");
  result->setDataLayout(machine.createDataLayout());
  result->setTargetTriple(machine.getTargetTriple().str());
  optimise(*result, machine);
  return result;
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
machineFor(ModuleOp module) {
  kernel::CudaAttr target = kernel::getCudaTarget(module);
  if (!target)
    return llvm::createStringError("the module is for no GPU");
  auto machine = makeMachine(target.getArch());
  if (!machine)
    return llvm::createStringError("this LLVM has no NVPTX target");
  return machine;
}

llvm::Expected<std::string> netc::cuda::printGpuLlvm(ModuleOp module) {
  auto machine = machineFor(module);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  auto lowered = lower(module, **machine, context);
  if (!lowered)
    return lowered.takeError();
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << **lowered;
  return text;
}

static llvm::Expected<std::string> emitPtx(llvm::Module &module,
                                           llvm::TargetMachine &machine) {
  SmallString<0> ptx;
  llvm::raw_svector_ostream stream(ptx);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr,
                                  llvm::CodeGenFileType::AssemblyFile))
    return llvm::createStringError("LLVM cannot write PTX");
  passes.run(module);
  return std::string(ptx);
}

static std::string findPtxas() {
  if (auto found = llvm::sys::findProgramByName("ptxas"))
    return *found;
  return NETC_PTXAS;
}

static llvm::Error assemblyError(const llvm::Twine &what) {
  return llvm::createStringError("the kernels cannot be assembled: " + what);
}

/// Runs ptxas on files in a folder of its own, which is gone afterwards.
static llvm::Expected<std::vector<uint8_t>> assemble(StringRef ptx,
                                                     StringRef arch) {
  SmallString<128> folder;
  llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
  llvm::sys::path::append(folder, "netc-ptx-XXXXXX");
  if (!::mkdtemp(const_cast<char *>(folder.c_str())))
    return assemblyError("no temporary folder " + folder);
  auto remove =
      llvm::make_scope_exit([&] { llvm::sys::fs::remove_directories(folder); });
  SmallString<128> in(folder), out(folder), messages(folder);
  llvm::sys::path::append(in, "kernels.ptx");
  llvm::sys::path::append(out, "kernels.cubin");
  llvm::sys::path::append(messages, "messages");
  std::error_code code;
  llvm::raw_fd_ostream stream(in, code);
  stream << ptx;
  stream.close();
  if (code || stream.has_error()) {
    stream.clear_error();
    return assemblyError(in + " cannot be written");
  }
  std::string program = findPtxas();
  std::string option = ("-arch=" + arch).str();
  std::string words;
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(messages),
                                          StringRef(messages)};
  int status =
      llvm::sys::ExecuteAndWait(program, {program, option, "-o", out, in},
                                std::nullopt, redirects, 0, 0, &words);
  if (status != 0) {
    if (auto said = llvm::MemoryBuffer::getFile(messages))
      words += (*said)->getBuffer().str();
    return assemblyError(program + ": " + words);
  }
  auto cubin = llvm::MemoryBuffer::getFile(out, /*IsText=*/false,
                                           /*RequiresNullTerminator=*/false);
  if (!cubin)
    return assemblyError(out + ": " + cubin.getError().message());
  StringRef bytes = (*cubin)->getBuffer();
  return std::vector<uint8_t>(bytes.bytes_begin(), bytes.bytes_end());
}

llvm::Expected<GpuCode> netc::cuda::generateGpuCode(ModuleOp module) {
  GpuCode code;
  if (module.getOps<kernel::FuncOp>().empty())
    return code;
  auto machine = machineFor(module);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  auto lowered = lower(module, **machine, context);
  if (!lowered)
    return lowered.takeError();
  auto ptx = emitPtx(**lowered, **machine);
  if (!ptx)
    return ptx.takeError();
  auto cubin = assemble(*ptx, kernel::getCudaTarget(module).getArch());
  if (!cubin)
    return cubin.takeError();
  code.ptx = std::move(*ptx);
  code.cubin = std::move(*cubin);
  return code;
}
