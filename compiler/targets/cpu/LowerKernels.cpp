// Kernels to LLVM IR: each becomes a function that takes its buffers' addresses
// from an array; its body is lowered by MLIR's conversions.
#include "compiler/generate/ExpandMath.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cpu/CodeGeneration.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

/// The descriptor of a buffer at an address. How many elements an open one has
/// is of no matter: its loops have their ends from words.
static Value describe(OpBuilder &builder, Location location,
                      const LLVMTypeConverter &converter, MemRefType type,
                      Value address) {
  if (type.hasStaticShape())
    return MemRefDescriptor::fromStaticShape(builder, location, converter, type,
                                             address);
  auto descriptor =
      MemRefDescriptor::undef(builder, location, converter.convertType(type));
  descriptor.setAllocatedPtr(builder, location, address);
  descriptor.setAlignedPtr(builder, location, address);
  descriptor.setConstantOffset(builder, location, 0);
  descriptor.setConstantSize(builder, location, 0,
                             std::numeric_limits<int32_t>::max());
  descriptor.setConstantStride(builder, location, 0, 1);
  return descriptor;
}

// The kernel as func.func @name(!llvm.ptr, i64, i64); the body is the kernel's,
// behind what makes its arguments.
static void addFunction(FuncOp kernel, ModuleOp target) {
  auto builder = OpBuilder::atBlockEnd(target.getBody());
  MLIRContext *context = builder.getContext();
  Location location = kernel.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(context);
  IntegerType i64 = builder.getI64Type();
  auto function = builder.create<func::FuncOp>(
      location, kernel.getSymName(),
      builder.getFunctionType({pointer, i64, i64}, {}));
  IRMapping mapping;
  kernel.getBody().cloneInto(&function.getBody(), mapping);
  Block &entry = function.getBody().front();
  unsigned count = entry.getNumArguments();
  Value arguments = entry.addArgument(pointer, location);
  Value part = entry.addArgument(i64, location),
        parts = entry.addArgument(i64, location);

  builder.setInsertionPointToStart(&entry);
  LLVMTypeConverter converter(context);
  for (unsigned index = 0; index < count - 2; ++index) {
    BlockArgument argument = entry.getArgument(index);
    auto buffer = dyn_cast<MemRefType>(argument.getType());
    Value slot =
        builder.create<LLVM::GEPOp>(location, pointer, pointer, arguments,
                                    ArrayRef<LLVM::GEPArg>{int32_t(index)});
    Value given = builder.create<LLVM::LoadOp>(
        location, buffer ? Type(pointer) : Type(i64), slot);
    if (buffer)
      given = builder
                  .create<UnrealizedConversionCastOp>(
                      location, buffer,
                      describe(builder, location, converter, buffer, given))
                  .getResult(0);
    argument.replaceAllUsesWith(given);
  }
  for (auto [index, word] :
       {std::pair(count - 2, part), std::pair(count - 1, parts)})
    entry.getArgument(index).replaceAllUsesWith(
        builder.create<arith::IndexCastOp>(location, builder.getIndexType(),
                                           word));
  entry.eraseArguments(0, count);
  for (Block &block : function.getBody())
    if (auto end = dyn_cast<ReturnOp>(block.getTerminator())) {
      builder.setInsertionPoint(end);
      builder.create<func::ReturnOp>(end.getLoc());
      end.erase();
    }
}

static void addLowering(OpPassManager &passes) {
  passes.addNestedPass<func::FuncOp>(createConvertVectorToSCFPass());
  // Views become strides and offsets; their arithmetic is affine.
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createLowerAffinePass());
  passes.addPass(createConvertSCFToCFPass());
  ConvertVectorToLLVMPassOptions vectorOptions;
  // A sum over a vector is a tree: faster, more accurate, still always the
  // same.
  vectorOptions.reassociateFPReductions = true;
  vectorOptions.force32BitVectorIndices = false;
  passes.addPass(createConvertVectorToLLVMPass(vectorOptions));
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
}

llvm::Expected<std::unique_ptr<llvm::Module>>
kernel::lowerKernels(llvm::ArrayRef<FuncOp> kernels,
                     llvm::LLVMContext &llvmContext) {
  FuncOp first = kernels.front();
  MLIRContext *context = first.getContext();
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  context->appendDialectRegistry(registry);
  context->loadDialect<arith::ArithDialect, func::FuncDialect,
                       LLVM::LLVMDialect, vector::VectorDialect>();

  OwningOpRef<ModuleOp> lowered = ModuleOp::create(first.getLoc());
  for (FuncOp kernel : kernels)
    addFunction(kernel, *lowered);
  PassManager passes(context);
  addLowering(passes);
  std::unique_ptr<llvm::Module> result;
  if (succeeded(generate::expandMath(*lowered)) &&
      succeeded(passes.run(*lowered)))
    result = translateModuleToLLVMIR(*lowered, llvmContext, "netc");
  if (!result)
    return llvm::createStringError("the kernels cannot be lowered to LLVM IR");
  return result;
}
