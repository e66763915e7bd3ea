// Pooling and its gradients as graphs of cuDNN's. Large windows of max pooling
// are smaller ones, one behind another: cuDNN says in a byte which place of a
// window won.
#include "compiler/targets/cuda/DeviceOps.h"
#include "compiler/targets/cuda/Families.h"

#include <algorithm>

using namespace mlir;
using namespace netc;
using namespace netc::cuda;
using namespace netc::net;

/// The places that a byte with a sign counts.
static constexpr int64_t mostPlaces = 128;
/// A side of the windows that larger ones are made of.
static constexpr int64_t side = 11;

/// `net.max_pool2d %x {window = 28x28}` becomes three: two of windows of 11x11
/// with a stride of 1, then one of windows of 8x8. A maximum of k places is the
/// maximum of k - side + 1 maxima of `side`.
static LogicalResult splitWindow(MaxPool2DOp op) {
  while (op.getWindow()[0] * op.getWindow()[1] > mostPlaces) {
    OpBuilder builder(op);
    SmallVector<int64_t> first, rest;
    for (auto [size, padding] : llvm::zip(op.getWindow(), op.getPadding())) {
      first.push_back(std::min(size, side));
      rest.push_back(size - first.back() + 1);
      if (padding > first.back() / 2)
        return op.emitError("cuDNN's max pooling has no windows of more than ")
               << mostPlaces << " places with a padding of " << padding
               << "; a smaller window, or two pools, would do";
    }
    auto inner = builder.create<MaxPool2DOp>(
        op.getLoc(), op.getInput(), builder.getDenseI64ArrayAttr(first),
        builder.getDenseI64ArrayAttr({1, 1}), op.getPaddingAttr());
    op.getInputMutable().assign(inner.getOutput());
    op.setWindow(rest);
    op.setPadding({0, 0});
  }
  return success();
}

template <typename Op> static void setWindow(GraphNode &node, Op op) {
  node.window = op.getWindow().vec();
  node.stride = op.getStride().vec();
  node.padding = op.getPadding().vec();
}

static Named named(const char *name, Value value) {
  return {name, value, picture(value)};
}

namespace {
struct Pooling : GraphFamily {
  using GraphFamily::expandBeforeGradients;

  static CudaGraph graph(MaxPool2DOp op, Precision precision) {
    GraphWriter writer(precision);
    size_t input = writer.input(named("x", op.getInput()));
    size_t output = writer.output(named("y", op.getOutput()));
    size_t places =
        writer.output({"i", op.getIndices(), picture(op.getOutput())});
    setWindow(writer.node(NodeKind::MaxPool, {input}, {output, places}), op);
    return writer.done();
  }
  static CudaGraph graph(MaxPool2DGradientOp op, Precision precision) {
    GraphWriter writer(precision);
    size_t gradient = writer.input(named("dy", op.getOutputGradient()));
    size_t places =
        writer.input({"i", op.getIndices(), picture(op.getOutputGradient())});
    size_t result = writer.output(named("dx", op.getInputGradient()));
    setWindow(
        writer.node(NodeKind::MaxPoolGradient, {gradient, places}, {result}),
        op);
    return writer.done();
  }
  static CudaGraph graph(AvgPool2DOp op, Precision precision) {
    GraphWriter writer(precision);
    size_t input = writer.input(named("x", op.getInput()));
    size_t output = writer.output(named("y", op.getOutput()));
    setWindow(writer.node(NodeKind::AvgPool, {input}, {output}), op);
    return writer.done();
  }
  static CudaGraph graph(AvgPool2DGradientOp op, Precision precision) {
    GraphWriter writer(precision);
    size_t gradient = writer.input(named("dy", op.getOutputGradient()));
    size_t result = writer.output(named("dx", op.getInputGradient()));
    setWindow(writer.node(NodeKind::AvgPoolGradient, {gradient}, {result}), op);
    return writer.done();
  }

  static LogicalResult expandBeforeGradients(MaxPool2DOp op) {
    return splitWindow(op);
  }
};
} // namespace

void cuda::attachPool2D(MLIRContext &context) {
  attachGraphs<Pooling, MaxPool2DOp, MaxPool2DGradientOp, AvgPool2DOp,
               AvgPool2DGradientOp>(context);
}
