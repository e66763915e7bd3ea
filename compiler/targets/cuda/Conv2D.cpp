// Convolutions and their gradients as graphs of cuDNN's.
#include "compiler/targets/cuda/BiasGradient.h"
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

namespace {
struct Convolution : GraphFamily {
  using GraphFamily::expand;
  using GraphFamily::fusesActivation;
  using GraphFamily::fusesActivationGradient;

  static CudaGraph graph(Conv2DOp op, Precision precision) {
    GraphWriter writer(precision);
    Form y = picture(op.getOutput());
    int64_t channels = y.sizes[1];
    size_t input = writer.input({"x", op.getInput(), picture(op.getInput())});
    size_t filter =
        writer.input({"w", op.getFilter(), picture(op.getFilter())});
    writer.product(NodeKind::Convolution, {input, filter},
                   {"b",
                    op.getBias(),
                    {{1, channels, 1, 1}, {channels, 1, channels, channels}}},
                   op.getActivation().has_value(), {"y", op.getOutput(), y},
                   windowOf(op));
    return writer.done();
  }
  static CudaGraph graph(Conv2DInputGradientOp op, Precision precision) {
    return convolution(op, precision, NodeKind::ConvolutionData,
                       {"dy", op.getOutputGradient()}, {"w", op.getFilter()},
                       {"dx", op.getInputGradient()}, op.getActivated());
  }
  static CudaGraph graph(Conv2DFilterGradientOp op, Precision precision) {
    return convolution(op, precision, NodeKind::ConvolutionFilter,
                       {"x", op.getInput()}, {"dy", op.getOutputGradient()},
                       {"dw", op.getFilterGradient()});
  }

  static LogicalResult expand(Conv2DFilterGradientOp op) {
    return splitBiasGradient(op, op.getFilterGradient());
  }
  static bool fusesActivation(Conv2DOp op) { return op.getBias() != nullptr; }
  static bool fusesActivationGradient(Conv2DInputGradientOp) { return true; }
};
} // namespace

void cuda::attachConv2D(MLIRContext &context) {
  attachGraphs<Convolution, Conv2DOp, Conv2DInputGradientOp,
               Conv2DFilterGradientOp>(context);
}
