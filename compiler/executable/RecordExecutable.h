// From planned launches to the tables of an executable, whatever it runs on.
#pragma once

#include "runtime/executor/Executable.h"

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
  std::vector<int64_t> inputShape; // of an example, [C, H, W] or [D]
  runtime::ElementType inputElement = runtime::ElementType::U8;
  bool coversInput = false; // pictures are scaled to cover it
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

/// A tensor's type as the executable records it.
std::unique_ptr<runtime::fb::TensorTypeT>
recordType(const runtime::TensorType &type);

} // namespace netc::kernel
