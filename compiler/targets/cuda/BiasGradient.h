// A bias's gradient as sums of its own, since cuDNN has none: what the families
// with a bias share.
#pragma once

#include "compiler/targets/cuda/SumChannels.h"

namespace netc::cuda {

/// An op that gives the gradients of a weight and, `with_bias`, of a bias
/// becomes one without the bias's, and `cuda.channel_sums` of the output's
/// gradient.
template <typename Op>
mlir::LogicalResult splitBiasGradient(Op op, mlir::Value weightGradient) {
  if (!op.getBiasGradient())
    return mlir::success();
  mlir::OpBuilder builder(op);
  op.getBiasGradient().replaceAllUsesWith(
      sumChannels(builder, op.getLoc(), op.getOutputGradient()));
  mlir::OperationState state(op.getLoc(), op->getName());
  state.addOperands(op->getOperands());
  state.addAttributes(op->getAttrs());
  state.attributes.set("with_bias", builder.getBoolAttr(false));
  state.addTypes(weightGradient.getType());
  weightGradient.replaceAllUsesWith(builder.create(state)->getResult(0));
  op.erase();
  return mlir::success();
}

} // namespace netc::cuda
