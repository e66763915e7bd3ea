// Transposed convolutions as graphs of cuDNN's: each is a convolution's data
// gradient, its gradients the two others.
#include "compiler/targets/cuda/BiasGradient.h"
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

namespace {
struct TransposedConvolution : GraphFamily {
  using GraphFamily::expand;
  using GraphFamily::fusesActivationGradient;

  static CudaGraph graph(Conv2DTransposeOp op, Precision precision) {
    return convolution(op, precision, NodeKind::ConvolutionData,
                       {"dy", op.getInput()}, {"w", op.getFilter()},
                       {"dx", op.getOutput()});
  }
  static CudaGraph graph(Conv2DTransposeInputGradientOp op,
                         Precision precision) {
    return convolution(op, precision, NodeKind::Convolution,
                       {"x", op.getOutputGradient()}, {"w", op.getFilter()},
                       {"y", op.getInputGradient()}, op.getActivated());
  }
  static CudaGraph graph(Conv2DTransposeFilterGradientOp op,
                         Precision precision) {
    return convolution(op, precision, NodeKind::ConvolutionFilter,
                       {"x", op.getOutputGradient()}, {"dy", op.getInput()},
                       {"dw", op.getFilterGradient()});
  }

  /// A data gradient has no bias, so it is added behind it.
  static LogicalResult expand(Conv2DTransposeOp op) {
    if (!op.getBias())
      return success();
    OpBuilder builder(op->getContext());
    builder.setInsertionPointAfter(op);
    Value bias = op.getBias();
    op.getBiasMutable().clear();
    auto sum = builder.create<ChannelAddOp>(op.getLoc(), op.getOutput(), bias);
    op.getOutput().replaceAllUsesExcept(sum.getOutput(), sum);
    return success();
  }
  static LogicalResult expand(Conv2DTransposeFilterGradientOp op) {
    return splitBiasGradient(op, op.getFilterGradient());
  }
  static bool fusesActivationGradient(Conv2DTransposeInputGradientOp) {
    return true;
  }
};
} // namespace

void cuda::attachConv2DTranspose(MLIRContext &context) {
  attachGraphs<TransposedConvolution, Conv2DTransposeOp,
               Conv2DTransposeInputGradientOp, Conv2DTransposeFilterGradientOp>(
      context);
}
