// Softmax cross-entropy and its gradient from one pass over the logits.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_FUSELOSS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct FuseLoss : netc::net::impl::FuseLossBase<FuseLoss> {
  void runOnOperation() override {
    for (auto gradient : llvm::make_early_inc_range(
             getOperation().getOps<SoftmaxCrossEntropyGradientOp>())) {
      auto fill = gradient.getLossGradient().getDefiningOp<FillOp>();
      SoftmaxCrossEntropyOp loss;
      for (Operation *user : gradient.getLogits().getUsers())
        if (auto candidate = dyn_cast<SoftmaxCrossEntropyOp>(user))
          if (candidate.getLabels() == gradient.getLabels() &&
              candidate->isBeforeInBlock(gradient))
            loss = candidate;
      if (!fill || !loss)
        continue;
      OpBuilder builder(loss);
      auto fused = builder.create<SoftmaxCrossEntropyWithGradientOp>(
          loss.getLoc(), loss.getLogits(), loss.getLabels(),
          fill.getValueAttr(), loss.getLabelSmoothingAttr());
      loss.getLoss().replaceAllUsesWith(fused.getLoss());
      loss.getCorrect().replaceAllUsesWith(fused.getCorrect());
      gradient.replaceAllUsesWith(fused.getLogitsGradient());
      gradient.erase();
      loss.erase();
      if (fill->use_empty())
        fill.erase();
    }
  }
};
} // namespace
