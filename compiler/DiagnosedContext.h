// MLIR's context for one compilation: passes run in it, and what they report
// becomes an Error.
#pragma once

#include "runtime/Error.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mlir {
class OpPassManager;
}

namespace netc {

class DiagnosedContext {
public:
  /// Loads every dialect (Dialects.h).
  DiagnosedContext();

  mlir::MLIRContext &get() { return context; }

  /// Runs the passes that `addPasses` adds. Throws Error with what they
  /// reported where one fails.
  void run(mlir::ModuleOp module,
           llvm::function_ref<void(mlir::OpPassManager &)> addPasses);

  /// The value. Throws Error with its error and what was reported where there
  /// is none.
  template <typename T> T take(llvm::Expected<T> value) {
    if (!value)
      fail(llvm::toString(value.takeError()));
    return std::move(*value);
  }

  /// Throws Error with `message`, if it is not empty, and what was reported.
  [[noreturn]] void fail(std::string message = "");

private:
  void keep(mlir::Diagnostic &diagnostic);

  mlir::MLIRContext context;
  std::string reported; // since the last Error, a line each
};

} // namespace netc
