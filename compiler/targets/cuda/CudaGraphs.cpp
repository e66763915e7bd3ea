// The mapping from `net` ops to cuDNN graphs. Strict f32 has no matrix product
// without tensor cores in cuDNN: there a dense layer is a convolution of 1x1
// pictures, which has.
#include "compiler/targets/cuda/CudaGraphs.h"
#include "compiler/targets/cuda/CudaOps.h"
#include "compiler/select/Layouts.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using namespace netc::cuda;
using runtime::cuda::GraphNode;
using runtime::cuda::NodeKind;
using runtime::cuda::Precision;
using select::toRuntime;

using Sizes = std::vector<int64_t>;

std::string netc::net::channelsLast(Type type) {
  auto ranked = cast<RankedTensorType>(type);
  if (ranked.getRank() != 4 && ranked.getRank() != 5)
    return "";
  runtime::TensorType tensor = toRuntime(withLayout(ranked, ""));
  tensor.layout = ranked.getRank() == 4 ? "acdb" : "abdec";
  return runtime::canonicalLayout(tensor);
}

namespace {
class GraphWriter {
public:
  explicit GraphWriter(Precision precision) {
    graph.spec.precision = precision;
  }

  size_t input(StringRef name, Value value, Sizes sizes, Sizes strides) {
    graph.inputs.push_back(value);
    return add(name, value, std::move(sizes), std::move(strides));
  }
  size_t output(StringRef name, Value value, Sizes sizes, Sizes strides) {
    graph.outputs.push_back(value);
    return add(name, value, std::move(sizes), std::move(strides));
  }
  /// A tensor like another that never leaves the graph.
  size_t between(StringRef name, Sizes sizes, Sizes strides) {
    graph.spec.tensors.push_back({name.str(), runtime::ElementType::F32,
                                  std::move(sizes), std::move(strides), true});
    return graph.spec.tensors.size() - 1;
  }
  GraphNode &node(NodeKind kind, std::vector<size_t> inputs,
                  std::vector<size_t> outputs) {
    graph.spec.nodes.push_back(
        {kind, std::move(inputs), std::move(outputs), {}, {}, {}, {}, 0});
    return graph.spec.nodes.back();
  }
  CudaGraph done() { return std::move(graph); }

private:
  size_t add(StringRef name, Value value, Sizes sizes, Sizes strides) {
    graph.spec.tensors.push_back({name.str(),
                                  toRuntime(value.getType()).element,
                                  std::move(sizes), std::move(strides), false});
    return graph.spec.tensors.size() - 1;
  }

  CudaGraph graph;
};

/// Sizes and strides of a tensor in a graph.
struct Form {
  Sizes sizes, strides;
};
} // namespace

/// [N, C, H, W] with the channels last; a grouped filter [G, O/G, C/G, kh, kw]
/// is [O, C/G, kh, kw] to cuDNN.
static Form picture(Value value) {
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  Sizes s(shape.end() - 3, shape.end());
  int64_t first = shape.size() == 5 ? shape[0] * shape[1] : shape[0];
  return {{first, s[0], s[1], s[2]},
          {s[0] * s[1] * s[2], 1, s[2] * s[0], s[0]}};
}

/// [N, K] as pictures of 1x1 with K channels.
static Form pixels(Value value) {
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  return {{shape[0], shape[1], 1, 1}, {shape[1], 1, shape[1], shape[1]}};
}

/// [N, K] as one matrix, or transposed.
static Form matrix(Value value, bool transposed = false) {
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  int64_t all = shape[0] * shape[1];
  if (transposed)
    return {{1, shape[1], shape[0]}, {all, 1, shape[1]}};
  return {{1, shape[0], shape[1]}, {all, shape[1], 1}};
}

/// Adds a bias and a ReLU behind the node that makes `from`.
static void finish(GraphWriter &writer, NodeKind kind, Value bias, bool relu,
                   Value output, const Form &form, const Form &biasForm,
                   std::vector<size_t> operands,
                   llvm::function_ref<void(GraphNode &)> complete) {
  size_t biasTensor = 0;
  if (bias)
    biasTensor = writer.input("b", bias, biasForm.sizes, biasForm.strides);
  size_t product = 0, sum = 0;
  if (bias || relu)
    product = writer.between("product", form.sizes, form.strides);
  if (bias && relu)
    sum = writer.between("sum", form.sizes, form.strides);
  size_t y = writer.output("y", output, form.sizes, form.strides);
  complete(
      writer.node(kind, std::move(operands), {bias || relu ? product : y}));
  if (bias)
    writer.node(NodeKind::Add, {product, biasTensor}, {relu ? sum : y});
  if (relu)
    writer.node(NodeKind::ReLU, {bias ? sum : product}, {y});
}

template <typename Op> static auto windowOf(Op op) {
  return [op](GraphNode &node) mutable {
    node.stride = op.getStride().vec();
    node.padding = op.getPadding().vec();
    node.dilation = op.getDilation().vec();
  };
}

static void onePixel(GraphNode &node) {
  node.stride = node.dilation = {1, 1};
  node.padding = {0, 0};
}

template <typename Op> static void setPool(GraphNode &node, Op op) {
  node.window = op.getWindow().vec();
  node.stride = op.getStride().vec();
  node.padding = op.getPadding().vec();
}

static CudaGraph map(Conv2DOp op, Precision precision) {
  GraphWriter writer(precision);
  Form x = picture(op.getInput()), w = picture(op.getFilter()),
       y = picture(op.getOutput());
  int64_t channels = y.sizes[1];
  size_t input = writer.input("x", op.getInput(), x.sizes, x.strides);
  size_t filter = writer.input("w", op.getFilter(), w.sizes, w.strides);
  finish(writer, NodeKind::Convolution, op.getBias(),
         op.getActivation().has_value(), op.getOutput(), y,
         {{1, channels, 1, 1}, {channels, 1, channels, channels}},
         {input, filter}, windowOf(op));
  return writer.done();
}

namespace {
/// A tensor of a graph and its name there.
struct Named {
  const char *name;
  Value value;
};
} // namespace

/// Makes `result` by the node, or, where there is what a relu gave, the relu's
/// gradient of what the node makes.
static void finishGradient(GraphWriter &writer, NodeKind kind, Value activated,
                           Named result, const Form &form,
                           std::vector<size_t> operands,
                           llvm::function_ref<void(GraphNode &)> complete) {
  size_t relu = 0, product = 0;
  if (activated) {
    relu = writer.input("activated", activated, form.sizes, form.strides);
    product = writer.between("product", form.sizes, form.strides);
  }
  size_t output =
      writer.output(result.name, result.value, form.sizes, form.strides);
  complete(
      writer.node(kind, std::move(operands), {activated ? product : output}));
  if (activated)
    writer.node(NodeKind::ReLUGradient, {product, relu}, {output});
}

/// One convolution, or a gradient of one, of pictures with `op`'s window.
template <typename Op>
static CudaGraph convolution(Op op, Precision precision, NodeKind kind,
                             Named first, Named second, Named result,
                             Value activated = Value()) {
  GraphWriter writer(precision);
  auto input = [&](Named tensor) {
    Form form = picture(tensor.value);
    return writer.input(tensor.name, tensor.value, form.sizes, form.strides);
  };
  size_t a = input(first), b = input(second);
  finishGradient(writer, kind, activated, result, picture(result.value), {a, b},
                 windowOf(op));
  return writer.done();
}

static CudaGraph map(Conv2DInputGradientOp op, Precision precision) {
  return convolution(op, precision, NodeKind::ConvolutionData,
                     {"dy", op.getOutputGradient()}, {"w", op.getFilter()},
                     {"dx", op.getInputGradient()}, op.getActivated());
}

static CudaGraph map(Conv2DFilterGradientOp op, Precision precision) {
  return convolution(op, precision, NodeKind::ConvolutionFilter,
                     {"x", op.getInput()}, {"dy", op.getOutputGradient()},
                     {"dw", op.getFilterGradient()});
}

/// A transposed convolution is a convolution's data gradient, and so on; a bias
/// is added by an op of its own.
static CudaGraph map(Conv2DTransposeOp op, Precision precision) {
  return convolution(op, precision, NodeKind::ConvolutionData,
                     {"dy", op.getInput()}, {"w", op.getFilter()},
                     {"dx", op.getOutput()});
}

static CudaGraph map(Conv2DTransposeInputGradientOp op, Precision precision) {
  return convolution(op, precision, NodeKind::Convolution,
                     {"x", op.getOutputGradient()}, {"w", op.getFilter()},
                     {"y", op.getInputGradient()}, op.getActivated());
}

static CudaGraph map(Conv2DTransposeFilterGradientOp op, Precision precision) {
  return convolution(op, precision, NodeKind::ConvolutionFilter,
                     {"x", op.getOutputGradient()}, {"dy", op.getInput()},
                     {"dw", op.getFilterGradient()});
}

static CudaGraph map(DenseOp op, Precision precision) {
  GraphWriter writer(precision);
  bool strict = precision == Precision::F32;
  Form x = strict ? pixels(op.getInput()) : matrix(op.getInput());
  Form w = strict ? pixels(op.getWeight()) : matrix(op.getWeight(), true);
  Form y = strict ? pixels(op.getOutput()) : matrix(op.getOutput());
  int64_t units =
      cast<RankedTensorType>(op.getOutput().getType()).getDimSize(1);
  Form b = strict ? Form{{1, units, 1, 1}, {units, 1, units, units}}
                  : Form{{1, 1, units}, {units, units, 1}};
  size_t input = writer.input("x", op.getInput(), x.sizes, x.strides);
  size_t weight = writer.input("w", op.getWeight(), w.sizes, w.strides);
  finish(writer, strict ? NodeKind::Convolution : NodeKind::Matmul,
         op.getBias(), op.getActivation().has_value(), op.getOutput(), y, b,
         {input, weight}, [&](GraphNode &node) {
           if (strict)
             onePixel(node);
         });
  return writer.done();
}

static CudaGraph map(DenseInputGradientOp op, Precision precision) {
  GraphWriter writer(precision);
  bool strict = precision == Precision::F32;
  auto form = [&](Value value) {
    return strict ? pixels(value) : matrix(value);
  };
  Form dy = form(op.getOutputGradient()), w = form(op.getWeight()),
       dx = form(op.getInputGradient());
  size_t gradient =
      writer.input("dy", op.getOutputGradient(), dy.sizes, dy.strides);
  size_t weight = writer.input("w", op.getWeight(), w.sizes, w.strides);
  finishGradient(writer, strict ? NodeKind::ConvolutionData : NodeKind::Matmul,
                 op.getActivated(), {"dx", op.getInputGradient()}, dx,
                 {gradient, weight}, [&](GraphNode &node) {
                   if (strict)
                     onePixel(node);
                 });
  return writer.done();
}

static CudaGraph map(DenseWeightGradientOp op, Precision precision) {
  GraphWriter writer(precision);
  if (precision == Precision::F32) {
    Form x = pixels(op.getInput()), dy = pixels(op.getOutputGradient()),
         dw = pixels(op.getWeightGradient());
    size_t input = writer.input("x", op.getInput(), x.sizes, x.strides);
    size_t gradient =
        writer.input("dy", op.getOutputGradient(), dy.sizes, dy.strides);
    size_t result =
        writer.output("dw", op.getWeightGradient(), dw.sizes, dw.strides);
    onePixel(
        writer.node(NodeKind::ConvolutionFilter, {input, gradient}, {result}));
    return writer.done();
  }
  Form x = matrix(op.getInput()), dy = matrix(op.getOutputGradient(), true),
       dw = matrix(op.getWeightGradient());
  size_t input = writer.input("x", op.getInput(), x.sizes, x.strides);
  size_t gradient =
      writer.input("dy", op.getOutputGradient(), dy.sizes, dy.strides);
  size_t result =
      writer.output("dw", op.getWeightGradient(), dw.sizes, dw.strides);
  writer.node(NodeKind::Matmul, {gradient, input}, {result});
  return writer.done();
}

static CudaGraph map(MaxPool2DOp op, Precision precision) {
  GraphWriter writer(precision);
  Form x = picture(op.getInput()), y = picture(op.getOutput());
  size_t input = writer.input("x", op.getInput(), x.sizes, x.strides);
  size_t output = writer.output("y", op.getOutput(), y.sizes, y.strides);
  size_t places = writer.output("i", op.getIndices(), y.sizes, y.strides);
  setPool(writer.node(NodeKind::MaxPool, {input}, {output, places}), op);
  return writer.done();
}

static CudaGraph map(MaxPool2DGradientOp op, Precision precision) {
  GraphWriter writer(precision);
  Form dy = picture(op.getOutputGradient()),
       dx = picture(op.getInputGradient());
  size_t gradient =
      writer.input("dy", op.getOutputGradient(), dy.sizes, dy.strides);
  size_t places = writer.input("i", op.getIndices(), dy.sizes, dy.strides);
  size_t result =
      writer.output("dx", op.getInputGradient(), dx.sizes, dx.strides);
  setPool(writer.node(NodeKind::MaxPoolGradient, {gradient, places}, {result}),
          op);
  return writer.done();
}

static CudaGraph map(AvgPool2DOp op, Precision precision) {
  GraphWriter writer(precision);
  Form x = picture(op.getInput()), y = picture(op.getOutput());
  size_t input = writer.input("x", op.getInput(), x.sizes, x.strides);
  size_t output = writer.output("y", op.getOutput(), y.sizes, y.strides);
  setPool(writer.node(NodeKind::AvgPool, {input}, {output}), op);
  return writer.done();
}

static CudaGraph map(AvgPool2DGradientOp op, Precision precision) {
  GraphWriter writer(precision);
  Form dy = picture(op.getOutputGradient()),
       dx = picture(op.getInputGradient());
  size_t gradient =
      writer.input("dy", op.getOutputGradient(), dy.sizes, dy.strides);
  size_t result =
      writer.output("dx", op.getInputGradient(), dx.sizes, dx.strides);
  setPool(writer.node(NodeKind::AvgPoolGradient, {gradient}, {result}), op);
  return writer.done();
}

/// [N, C] as pictures of 1x1, others as they are.
static Form pictureOrPixels(Value value) {
  bool isPicture = cast<RankedTensorType>(value.getType()).getRank() == 4;
  return isPicture ? picture(value) : pixels(value);
}

/// [C] as [1, C, 1, 1].
static Form perChannel(Value value) {
  int64_t channels = cast<RankedTensorType>(value.getType()).getDimSize(0);
  return {{1, channels, 1, 1}, {channels, 1, channels, channels}};
}

static CudaGraph map(CudnnBatchNormOp op, Precision precision) {
  GraphWriter writer(precision);
  Form x = pictureOrPixels(op.getInput()), c = perChannel(op.getWeight());
  std::vector<size_t> inputs{
      writer.input("x", op.getInput(), x.sizes, x.strides),
      writer.input("w", op.getWeight(), c.sizes, c.strides),
      writer.input("b", op.getBias(), c.sizes, c.strides)};
  std::vector<size_t> outputs{
      writer.output("y", op.getOutput(), x.sizes, x.strides),
      writer.output("mean", op.getMean(), c.sizes, c.strides),
      writer.output("inverse", op.getInverse(), c.sizes, c.strides)};
  writer.node(NodeKind::BatchNorm, inputs, outputs).epsilon =
      op.getEpsilon().convertToDouble();
  return writer.done();
}

static CudaGraph map(CudnnBatchNormGradientOp op, Precision precision) {
  GraphWriter writer(precision);
  Form x = pictureOrPixels(op.getInput()), c = perChannel(op.getWeight());
  std::vector<size_t> inputs{
      writer.input("dy", op.getOutputGradient(), x.sizes, x.strides),
      writer.input("x", op.getInput(), x.sizes, x.strides),
      writer.input("w", op.getWeight(), c.sizes, c.strides),
      writer.input("mean", op.getMean(), c.sizes, c.strides),
      writer.input("inverse", op.getInverse(), c.sizes, c.strides)};
  std::vector<size_t> outputs{
      writer.output("dx", op.getInputGradient(), x.sizes, x.strides),
      writer.output("dw", op.getWeightGradient(), c.sizes, c.strides),
      writer.output("db", op.getBiasGradient(), c.sizes, c.strides)};
  writer.node(NodeKind::BatchNormGradient, inputs, outputs);
  return writer.done();
}

bool netc::net::isCudaGraph(Operation *op) {
  return isa<Conv2DOp, Conv2DInputGradientOp, Conv2DFilterGradientOp, DenseOp,
             DenseInputGradientOp, DenseWeightGradientOp, MaxPool2DOp,
             MaxPool2DGradientOp, AvgPool2DOp, AvgPool2DGradientOp,
             CudnnBatchNormOp, CudnnBatchNormGradientOp, Conv2DTransposeOp,
             Conv2DTransposeInputGradientOp, Conv2DTransposeFilterGradientOp>(
      op);
}

std::optional<CudaGraph> netc::net::toCudaGraph(Operation *op,
                                                Precision precision) {
  return TypeSwitch<Operation *, std::optional<CudaGraph>>(op)
      .Case<Conv2DOp, Conv2DInputGradientOp, Conv2DFilterGradientOp, DenseOp,
            DenseInputGradientOp, DenseWeightGradientOp, MaxPool2DOp,
            MaxPool2DGradientOp, AvgPool2DOp, AvgPool2DGradientOp,
            CudnnBatchNormOp, CudnnBatchNormGradientOp, Conv2DTransposeOp,
            Conv2DTransposeInputGradientOp, Conv2DTransposeFilterGradientOp>(
          [&](auto graphOp) { return map(graphOp, precision); })
      .Default(std::optional<CudaGraph>());
}
