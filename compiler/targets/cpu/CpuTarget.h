// From planned launches to an executable for x86-64.
#pragma once

#include "runtime/Executable.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
}

namespace netc::kernel {
class FuncOp;
class WorkOpInterface;

/// What an executable says of itself beside its programs (Executable.fbs).
struct ExecutableInfo {
  std::string network, source;     // the network's name, the text's file
  std::vector<int64_t> inputShape; // 8-bit pixels of an example, [C, H, W]
  bool coversInput = false;        // pictures are scaled to cover it
  int64_t classes = 0;
  int64_t examples = 0; // 0 where any number
  int64_t batch = 0, epochs = 0;
  float learningRate = 0;
  runtime::fb::Loss loss{};
  runtime::fb::ScheduleT schedule;                // of the learning rate
  std::vector<runtime::Expectation> expectations; // of runs
};

/// Records what one launch runs; its arguments and place are the caller's.
using RecordWork =
    llvm::function_ref<void(WorkOpInterface, runtime::fb::LaunchT &)>;

/// What a kernel takes, as the executable records it.
std::vector<uint64_t> bytesOfBuffers(FuncOp kernel);

/// Writes an executable's tables: `table` holds what its target knows (code and
/// the like), the rest is the module's. Errors say what is wrong with the plan.
/// \pre the module has its memory plan.
llvm::Expected<runtime::Executable>
recordExecutable(mlir::ModuleOp module, const ExecutableInfo &info,
                 runtime::fb::ExecutableT table, RecordWork recordWork);

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
