// A relu into the convolution, dense layer or batch normalisation that feeds it
// and nothing else.
#include "compiler/passes/Passes.h"

#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_FUSEACTIVATION
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

/// The gradients of the batch normalisation behind whose relu they begin, with
/// the relu's own before each; nullopt if one is something else.
static std::optional<
    SmallVector<std::pair<ActivationGradientOp, BatchNormGradientOp>>>
gradientsThrough(ActivationOp relu, Value input, Value mean) {
  SmallVector<std::pair<ActivationGradientOp, BatchNormGradientOp>> result;
  for (OpOperand &use : relu.getOutput().getUses()) {
    auto slope = dyn_cast<ActivationGradientOp>(use.getOwner());
    if (!slope || use.get() != slope.getValue())
      continue;
    BatchNormGradientOp gradient;
    if (slope->hasOneUse())
      gradient = dyn_cast<BatchNormGradientOp>(*slope->user_begin());
    if (!gradient || gradient.getInput() != input ||
        gradient.getMean() != mean || gradient.getMask())
      return std::nullopt;
    result.emplace_back(slope, gradient);
  }
  return result;
}

/// The normalisation gives a mask in place of the relu, and its gradients take
/// it.
template <typename Op> static void fuseNorm(ActivationOp relu, Op norm) {
  if (!norm.getOutput().hasOneUse() || norm.getActivation())
    return;
  auto gradients = gradientsThrough(relu, norm.getInput(), norm.getMean());
  if (!gradients)
    return;
  OpBuilder builder(norm);
  Op fused;
  if constexpr (std::is_same_v<Op, BatchNormOp>) {
    fused = builder.create<BatchNormOp>(
        norm.getLoc(), norm.getInput(), norm.getAffine(), norm.getEpsilonAttr(),
        norm.getMomentumAttr(), norm.getRunningMeanAttr(),
        norm.getRunningVarianceAttr(), relu.getKindAttr(), StringAttr());
    norm.getMean().replaceAllUsesWith(fused.getMean());
    norm.getVariance().replaceAllUsesWith(fused.getVariance());
  } else {
    fused = builder.create<BatchNormInferenceOp>(
        norm.getLoc(), norm.getInput(), norm.getMean(), norm.getVariance(),
        norm.getAffine(), norm.getEpsilonAttr(), relu.getKindAttr(),
        StringAttr());
  }
  for (auto [slope, gradient] : *gradients) {
    gradient.getOutputGradientMutable().assign(slope.getOutputGradient());
    gradient.getMaskMutable().assign(fused.getMask());
    slope.erase();
  }
  relu.replaceAllUsesWith(fused.getOutput());
  relu.erase();
  norm.erase();
}

static bool hasBias(Operation *op) {
  if (auto convolution = dyn_cast<Conv2DOp>(op))
    return convolution.getBias() != nullptr;
  return cast<DenseOp>(op).getBias() != nullptr;
}

namespace {
struct FuseActivation : netc::net::impl::FuseActivationBase<FuseActivation> {
  void runOnOperation() override {
    // cuDNN's engines for f32 have a ReLU behind a bias only, none behind a
    // normalisation; there it joins the element ops that follow.
    bool onGpu = isa_and_nonnull<netc::kernel::CudaAttr>(
        getOperation()->getParentOp()->getAttr(netc::kernel::targetAttrName));
    // Gradients stand behind what they are of, and go with it.
    auto activations = llvm::to_vector(getOperation().getOps<ActivationOp>());
    for (ActivationOp activation : activations) {
      Operation *producer = activation.getInput().getDefiningOp();
      if (activation.getKind() != ActivationKind::ReLU ||
          activation.getArgument() || !producer)
        continue;
      if (auto norm = dyn_cast<BatchNormOp>(producer)) {
        if (!onGpu)
          fuseNorm(activation, norm);
      } else if (auto norm = dyn_cast<BatchNormInferenceOp>(producer)) {
        if (!onGpu)
          fuseNorm(activation, norm);
      } else {
        fuseProduct(activation, producer, onGpu);
      }
    }
  }

private:
  static void fuseProduct(ActivationOp activation, Operation *producer,
                          bool onGpu) {
    if (!producer->hasOneUse() || !isa<Conv2DOp, DenseOp>(producer) ||
        producer->hasAttr("activation") || (onGpu && !hasBias(producer)))
      return;
    producer->setAttr("activation", activation.getKindAttr());
    activation.replaceAllUsesWith(producer->getResult(0));
    activation.erase();
  }
};
} // namespace
