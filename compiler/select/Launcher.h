// What a target's emission of an op is given: the buffers of the op's values
// and the program under construction. LowerToKernel implements it.
#pragma once

#include "compiler/kernel/KernelDialect.h"

namespace netc::select {

class Launcher {
public:
  explicit Launcher(mlir::MLIRContext *context) : builder(context) {}
  virtual ~Launcher() = default;

  /// The buffer of a value that is made before.
  virtual mlir::Value bufferOf(mlir::Value value) = 0;
  /// The buffer that a result is to be written to.
  virtual mlir::Value resultBuffer(mlir::Value result) = 0;
  /// Makes memory of `count` bytes the buffer of a result whose form is the
  /// engine's, unless it has one.
  virtual void allocateBytes(mlir::Value result, int64_t count) = 0;
  /// Launches the kernel that is generated for `op` on its operands and
  /// results; an error where none can be.
  virtual mlir::LogicalResult launchGenerated(mlir::Operation *op) = 0;
  /// The same on these buffers, each with its access ("read", "write",
  /// "readwrite").
  virtual mlir::LogicalResult
  launchKernel(mlir::Operation *op, llvm::ArrayRef<mlir::Value> buffers,
               llvm::ArrayRef<llvm::StringRef> access) = 0;

  /// A temporary buffer of `count` bytes.
  mlir::Value bytes(mlir::Location location, int64_t count) {
    return builder.create<kernel::AllocOp>(
        location, mlir::MemRefType::get({count}, builder.getI8Type()));
  }

  mlir::OpBuilder builder; // at the end of the program
};

} // namespace netc::select
