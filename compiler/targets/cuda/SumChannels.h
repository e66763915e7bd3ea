// Sums over all but the channels, shared by the passes that need them.
#pragma once

#include "compiler/net/GpuOps.h"

namespace netc::cuda {

/// The sum of each channel of `values`, or of its products with `factor`, times
/// `scale`: [C].
/// Many rows are summed in parts first, so that many threads share them.
mlir::Value sumChannels(mlir::OpBuilder &builder, mlir::Location location,
                        mlir::Value values, mlir::Value factor = {},
                        double scale = 1);

} // namespace netc::cuda
