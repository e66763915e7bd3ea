// The CPU target: what passes ask it, and from planned launches to an
// executable for x86-64.
#pragma once

#include "compiler/executable/RecordExecutable.h"

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace netc::cpu {

/// Lets `#kernel.cpu` and the ops of `net` answer what passes ask a target.
void registerTarget(mlir::DialectRegistry &registry);

} // namespace netc::cpu

namespace netc::kernel {

/// The module as an executable: its kernels compiled for its target, its
/// launches recorded. Errors say what does not compile; the module's context
/// gets the diagnostics of the lowering.
/// \pre the module has its `kernel.target` and its memory plan.
llvm::Expected<runtime::Executable> buildExecutable(mlir::ModuleOp module,
                                                    const ExecutableInfo &info);

/// The kernels of the module as an ELF shared object that needs no library and
/// exports each as `void NAME(void **arguments, int64_t part, int64_t parts)`;
/// empty if there is none. The same module gives the same bytes on any machine.
/// \pre the module has its `kernel.target`.
llvm::Expected<std::vector<uint8_t>> generateCode(mlir::ModuleOp module);

/// The optimised LLVM IR that the code is made of, as text.
llvm::Expected<std::string> printLlvm(mlir::ModuleOp module);

} // namespace netc::kernel
