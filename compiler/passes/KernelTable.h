// The kernels of a module: one for all launches that do the same.
#pragma once

#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"
#include "compiler/select/Target.h"

#include "llvm/ADT/StringMap.h"

namespace netc::net {

class KernelTable {
public:
  KernelTable(mlir::ModuleOp module, select::KernelForm form)
      : module(module), form(form) {}

  /// The kernel of `op` on buffers of these types, generated at first use; an
  /// error where it has none. Its operands are those from `firstOperand` on.
  mlir::FailureOr<kernel::FuncOp> get(mlir::Operation *op,
                                      llvm::ArrayRef<mlir::Type> buffers,
                                      llvm::ArrayRef<llvm::StringRef> access,
                                      unsigned firstOperand = 0);
  /// One kernel of many updates: for each its parameter, its gradient and what
  /// its optimiser keeps; the run state behind them all.
  mlir::FailureOr<kernel::FuncOp>
  getUpdates(llvm::ArrayRef<UpdateOpInterface> updates,
             llvm::ArrayRef<mlir::Type> buffers,
             llvm::ArrayRef<llvm::StringRef> access);
  /// Whether the result may be written over an operand.
  bool isPointwise(kernel::FuncOp func) const {
    return pointwise.contains(func);
  }

private:
  kernel::FuncOp create(mlir::Location location, std::string name,
                        llvm::ArrayRef<mlir::Type> buffers,
                        llvm::ArrayRef<llvm::StringRef> access);
  /// Emits the body of `op`'s kernel on these of the function's buffers;
  /// returns whether it is pointwise.
  mlir::FailureOr<bool> emit(mlir::OpBuilder &builder, kernel::FuncOp func,
                             mlir::Operation *op, mlir::ValueRange buffers,
                             unsigned firstOperand = 0);

  mlir::ModuleOp module;
  select::KernelForm form;
  llvm::StringMap<kernel::FuncOp> kernels; // by what they do
  llvm::StringMap<int> counts;             // by name
  llvm::DenseSet<mlir::Operation *> pointwise;
};

} // namespace netc::net
