// The steps from a module's kernels to code, each from one value to the next.
#pragma once

#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace llvm {
class LLVMContext;
class Module;
class StringRef;
} // namespace llvm
namespace mlir {
class ModuleOp;
} // namespace mlir

namespace netc::kernel {

/// The kernels as LLVM IR, not yet optimised and for no particular processor.
llvm::Expected<std::unique_ptr<llvm::Module>>
lowerKernels(mlir::ModuleOp module, llvm::LLVMContext &context);

/// Links one relocatable ELF object to a shared object.
llvm::Expected<std::vector<uint8_t>> linkSharedObject(llvm::StringRef object);

} // namespace netc::kernel
