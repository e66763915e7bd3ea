// What a program's last op computes: the loss that `net.training` names.
#pragma once

#include "compiler/net/NetDialect.h"

namespace netc::net {

/// The labels that a batch of `output` is compared with: [N], or of maps
/// [N, H, W]; null where the target is the input.
mlir::RankedTensorType labelsOf(TrainingOp training, mlir::Type output);

struct BuiltLoss {
  mlir::Value loss;    // [N]
  mlir::Value correct; // [N]; null where the loss has no accuracy
};

/// `labels` are null where the target is `input`, what the network takes.
BuiltLoss buildLoss(mlir::OpBuilder &builder, TrainingOp training,
                    mlir::Value output, mlir::Value labels, mlir::Value input);

} // namespace netc::net
