// Sums over all but the channels or but the examples, shared by the families
// that need them. Many values are summed in parts first, so that many threads
// share them, always in the same order.
#pragma once

#include "compiler/targets/cuda/CudaOps.h"

namespace netc::cuda {

/// Sums each channel of `values`, or of its products with `factor`, times
/// `scale`: [C].
mlir::Value sumChannels(mlir::OpBuilder &builder, mlir::Location location,
                        mlir::Value values, mlir::Value factor = {},
                        double scale = 1);
/// Sums each example's likewise: [N].
mlir::Value sumExamples(mlir::OpBuilder &builder, mlir::Location location,
                        mlir::Value values, mlir::Value factor = {},
                        double scale = 1);

/// Sums each channel's squared distances from its `mean`, [C], times
/// `scale`: [C].
mlir::Value squareChannels(mlir::OpBuilder &builder, mlir::Location location,
                           mlir::Value values, mlir::Value mean, double scale);
/// Sums each example's likewise: [N].
mlir::Value squareExamples(mlir::OpBuilder &builder, mlir::Location location,
                           mlir::Value values, mlir::Value mean, double scale);

} // namespace netc::cuda
