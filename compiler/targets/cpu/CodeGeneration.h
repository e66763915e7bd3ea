// The steps from a module's kernels to code, each from one value to the next.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace llvm {
class LLVMContext;
class Module;
class StringRef;
} // namespace llvm

namespace netc::kernel {

class FuncOp;

/// The kernels as LLVM IR, not yet optimised and for no particular processor.
/// \pre there are some
llvm::Expected<std::unique_ptr<llvm::Module>>
lowerKernels(llvm::ArrayRef<FuncOp> kernels, llvm::LLVMContext &context);

/// Links relocatable ELF objects to a shared object.
llvm::Expected<std::vector<uint8_t>>
linkSharedObject(llvm::ArrayRef<llvm::StringRef> objects);

} // namespace netc::kernel
