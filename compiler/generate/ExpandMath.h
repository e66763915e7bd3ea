// Mathematical functions of kernels, computed alike on every target.
#pragma once

#include "llvm/Support/LogicalResult.h"

namespace mlir {
class Operation;
}

namespace netc::generate {

/// Replaces the mathematical functions in `module` by polynomials, and
/// arithmetic that has no counterpart in LLVM by what has.
llvm::LogicalResult expandMath(mlir::Operation *module);

} // namespace netc::generate
