// A bias's gradient as sums of its own, since cuDNN has none, and the bias of a
// transposed convolution as a sum.
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/SumChannels.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using namespace netc::cuda;

namespace {
/// `net.dense_weight_gradient {with_bias = true}` of %x and %dy becomes one
/// without a bias and `cuda.channel_sums` of %dy, in parts where there are many
/// rows; a convolution's likewise. `net.conv2d_transpose %x, %w, %b` becomes
/// one without a bias and `cuda.channel_add` of %b.
class SplitBiasGradient
    : public PassWrapper<SplitBiasGradient, OperationPass<func::FuncOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SplitBiasGradient)

  StringRef getArgument() const override { return "net-split-bias-gradient"; }
  StringRef getDescription() const override {
    return "Compute bias gradients by `cuda.channel_sums`, apart from the "
           "weights'";
  }
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      if (auto gradient = dyn_cast<Conv2DFilterGradientOp>(op))
        split(gradient, gradient.getFilterGradient());
      else if (auto gradient = dyn_cast<Conv2DTransposeFilterGradientOp>(op))
        split(gradient, gradient.getFilterGradient());
      else if (auto gradient = dyn_cast<DenseWeightGradientOp>(op))
        split(gradient, gradient.getWeightGradient());
      else if (auto transpose = dyn_cast<Conv2DTransposeOp>(op))
        split(transpose);
    });
  }

private:
  /// The bias of a data gradient, which is what cuDNN has.
  static void split(Conv2DTransposeOp op) {
    if (!op.getBias())
      return;
    OpBuilder builder(op->getContext());
    builder.setInsertionPointAfter(op);
    Value bias = op.getBias();
    op.getBiasMutable().clear();
    auto sum = builder.create<ChannelAddOp>(op.getLoc(), op.getOutput(), bias);
    op.getOutput().replaceAllUsesExcept(sum.getOutput(), sum);
  }

  template <typename Op> static void split(Op op, Value weightGradient) {
    if (!op.getBiasGradient())
      return;
    OpBuilder builder(op);
    op.getBiasGradient().replaceAllUsesWith(
        cuda::sumChannels(builder, op.getLoc(), op.getOutputGradient()));
    OperationState state(op.getLoc(), op->getName());
    state.addOperands(op->getOperands());
    state.addAttributes(op->getAttrs());
    state.attributes.set("with_bias", builder.getBoolAttr(false));
    state.addTypes(weightGradient.getType());
    weightGradient.replaceAllUsesWith(builder.create(state)->getResult(0));
    op.erase();
  }
};
} // namespace

std::unique_ptr<Pass> netc::cuda::createSplitBiasGradient() {
  return std::make_unique<SplitBiasGradient>();
}
