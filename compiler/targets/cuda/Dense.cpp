// Dense layers and their gradients as graphs of cuDNN's. Strict f32 has no
// matrix product without tensor cores there: it is a convolution of 1x1
// pictures, which has.
#include "compiler/targets/cuda/BiasGradient.h"
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

static void onePixel(GraphNode &node) {
  node.stride = node.dilation = {1, 1};
  node.padding = {0, 0};
}

namespace {
struct DenseLayer : GraphFamily {
  using GraphFamily::expand;
  using GraphFamily::fusesActivation;
  using GraphFamily::fusesActivationGradient;
  using GraphFamily::givesBf16;

  static CudaGraph graph(DenseOp op, Precision precision) {
    GraphWriter writer(precision);
    bool strict = precision == Precision::F32;
    int64_t units =
        cast<RankedTensorType>(op.getOutput().getType()).getDimSize(1);
    Form b = strict ? Form{{1, units, 1, 1}, {units, 1, units, units}}
                    : Form{{1, 1, units}, {units, units, 1}};
    auto form = [&](Value value, bool transposed = false) {
      return strict ? pixels(value) : matrix(value, transposed);
    };
    size_t input = writer.input({"x", op.getInput(), form(op.getInput())});
    size_t weight =
        writer.input({"w", op.getWeight(), form(op.getWeight(), true)});
    writer.product(
        strict ? NodeKind::Convolution : NodeKind::Matmul, {input, weight},
        {"b", op.getBias(), b}, op.getActivation().has_value(),
        {"y", op.getOutput(), form(op.getOutput())}, [&](GraphNode &node) {
          if (strict)
            onePixel(node);
        });
    return writer.done();
  }
  static CudaGraph graph(DenseInputGradientOp op, Precision precision) {
    GraphWriter writer(precision);
    bool strict = precision == Precision::F32;
    auto named = [&](const char *name, Value value) {
      return Named{name, value, strict ? pixels(value) : matrix(value)};
    };
    size_t gradient = writer.input(named("dy", op.getOutputGradient()));
    size_t weight = writer.input(named("w", op.getWeight()));
    writer.gradient(strict ? NodeKind::ConvolutionData : NodeKind::Matmul,
                    {gradient, weight}, op.getActivated(),
                    named("dx", op.getInputGradient()), [&](GraphNode &node) {
                      if (strict)
                        onePixel(node);
                    });
    return writer.done();
  }
  static CudaGraph graph(DenseWeightGradientOp op, Precision precision) {
    GraphWriter writer(precision);
    bool strict = precision == Precision::F32;
    auto form = [&](Value value, bool transposed = false) {
      return strict ? pixels(value) : matrix(value, transposed);
    };
    size_t input = writer.input({"x", op.getInput(), form(op.getInput())});
    size_t gradient = writer.input(
        {"dy", op.getOutputGradient(), form(op.getOutputGradient(), true)});
    size_t result = writer.output(
        {"dw", op.getWeightGradient(), form(op.getWeightGradient())});
    if (strict)
      onePixel(writer.node(NodeKind::ConvolutionFilter, {input, gradient},
                           {result}));
    else
      writer.node(NodeKind::Matmul, {gradient, input}, {result});
    return writer.done();
  }

  static LogicalResult expand(DenseWeightGradientOp op) {
    return splitBiasGradient(op, op.getWeightGradient());
  }
  static bool fusesActivation(DenseOp op) { return op.getBias() != nullptr; }
  static bool fusesActivationGradient(DenseInputGradientOp) { return true; }
  /// Matrix products give f32 sums.
  static bool givesBf16(DenseWeightGradientOp) { return false; }
};
} // namespace

void cuda::attachDense(MLIRContext &context) {
  attachGraphs<DenseLayer, DenseOp, DenseInputGradientOp,
               DenseWeightGradientOp>(context);
}
