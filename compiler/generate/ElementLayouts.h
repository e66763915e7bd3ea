// The layouts of kernels of ops whose elements are each computed alone.
#pragma once

#include "compiler/select/Candidate.h"

namespace netc::generate {

/// Such an op takes the first layout, of the operands that may follow the
/// result, that is not row-major: what is row-major comes from a vector, and
/// its neighbours work on the other. What is gathered from anywhere is
/// row-major.
void chooseElementLayouts(
    mlir::Operation *op, const select::Situation &situation,
    llvm::function_ref<std::string(mlir::RankedTensorType)> freeLayout,
    select::Candidate &candidate);

} // namespace netc::generate
