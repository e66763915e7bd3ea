// What losses share: the types that they take and give, and their targets.
#pragma once

#include "compiler/net/NetDialect.h"

namespace netc::net {

/// [N] of `element` for a tensor [N, ...].
mlir::RankedTensorType perExample(mlir::RankedTensorType type,
                                  mlir::Type element);

/// The type of logits [N, K] with labels [N], or [N, K, H, W] with [N, H, W];
/// else an error.
mlir::FailureOr<mlir::RankedTensorType>
checkLogits(std::optional<mlir::Location> location, mlir::Type logits,
            mlir::Type labels);

/// Infers a loss of elements [N] from an output and a target of one shape
/// [N, ...], or its gradient; an error where they differ.
mlir::LogicalResult inferElementLoss(std::optional<mlir::Location> location,
                                     mlir::Type output, mlir::Type target,
                                     llvm::SmallVectorImpl<mlir::Type> &types);
mlir::LogicalResult
inferElementLossGradient(std::optional<mlir::Location> location,
                         mlir::Type output, mlir::Type target,
                         llvm::SmallVectorImpl<mlir::Type> &types);

/// Whether labels are numbers of the output's shape, not classes.
bool areNumbers(mlir::Value labels);

/// What a loss of elements compares the output with, of its shape: the input,
/// or the labels, classes as numbers.
mlir::Value buildTarget(mlir::OpBuilder &builder, mlir::Location location,
                        const LossParts &parts);

} // namespace netc::net
