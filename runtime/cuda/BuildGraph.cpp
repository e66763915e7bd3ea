// Makes descriptors of tensors and operations and an operation graph of them,
// and chooses an engine.
#include "runtime/cuda/BuildGraph.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::runtime::cuda {

namespace {

/// No plan may ask for more: the heuristics' first choice for a large filter
/// gradient is otherwise as large as the network.
constexpr int64_t mostWorkspace = int64_t(1) << 30;

cudnnDataType_t dataType(ElementType element) {
  return element == ElementType::F32    ? CUDNN_DATA_FLOAT
         : element == ElementType::BF16 ? CUDNN_DATA_BFLOAT16
         : element == ElementType::I32  ? CUDNN_DATA_INT32
                                        : CUDNN_DATA_INT8;
}

class GraphBuilder {
public:
  GraphBuilder(const Cudnn &cudnn, const GraphSpec &graph)
      : cudnn(cudnn), graph(graph) {}
  Descriptor build(const PlanTarget &target);

private:
  void addTensor(const GraphTensor &tensor, size_t index);
  void addNode(const GraphNode &node);
  void addConvolution(const GraphNode &node);
  void addMatmul(const GraphNode &node);
  void addPointwise(const GraphNode &node);
  void addPool(const GraphNode &node);
  void addBatchNorm(const GraphNode &node);
  void addBatchNormGradient(const GraphNode &node);

  Descriptor &start(cudnnBackendDescriptorType_t type, NodeKind kind) {
    operations.emplace_back(cudnn, type, std::string(toString(kind)));
    return operations.back();
  }
  /// A descriptor that an operation refers to, which outlives the building.
  Descriptor &detail(cudnnBackendDescriptorType_t type, NodeKind kind) {
    details.emplace_back(cudnn, type, std::string(toString(kind)));
    return details.back();
  }
  const Descriptor &input(const GraphNode &node, size_t i) const {
    return tensors[node.inputs[i]];
  }
  const Descriptor &output(const GraphNode &node, size_t i = 0) const {
    return tensors[node.outputs[i]];
  }

  const Cudnn &cudnn;
  const GraphSpec &graph;
  std::vector<Descriptor> tensors, details, operations;
};

} // namespace

void GraphBuilder::addTensor(const GraphTensor &tensor, size_t index) {
  Descriptor made(cudnn, CUDNN_BACKEND_TENSOR_DESCRIPTOR,
                  fmt::format("tensor `{}`", tensor.name));
  made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE,
           dataType(tensor.element))
      .set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, tensor.sizes)
      .set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, tensor.strides)
      .set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64,
           static_cast<int64_t>(index) + firstTensorId)
      .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, int64_t(16))
      .set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, tensor.isVirtual)
      .finalize();
  tensors.push_back(std::move(made));
}

void GraphBuilder::addConvolution(const GraphNode &node) {
  Descriptor &shape =
      detail(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR, node.kind)
          .set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE,
               CUDNN_DATA_FLOAT)
          .set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE,
               CUDNN_CROSS_CORRELATION)
          .set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64,
               int64_t(2))
          .set(CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64,
               node.dilation)
          .set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64,
               node.stride)
          .set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64,
               node.padding)
          .set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64,
               node.padding);
  shape.finalize();
  const float alpha = 1, beta = 0;
  if (node.kind == NodeKind::Convolution)
    start(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR, node.kind)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, shape)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, input(node, 0))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, input(node, 1))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, output(node))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, CUDNN_TYPE_FLOAT,
             alpha)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, CUDNN_TYPE_FLOAT,
             beta)
        .finalize();
  else if (node.kind == NodeKind::ConvolutionData)
    start(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
          node.kind)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, shape)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, input(node, 0))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, input(node, 1))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, output(node))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, CUDNN_TYPE_FLOAT,
             alpha)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, CUDNN_TYPE_FLOAT,
             beta)
        .finalize();
  else
    start(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
          node.kind)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, shape)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, input(node, 0))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY, input(node, 1))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW, output(node))
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
             CUDNN_TYPE_FLOAT, alpha)
        .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA, CUDNN_TYPE_FLOAT,
             beta)
        .finalize();
}

void GraphBuilder::addMatmul(const GraphNode &node) {
  Descriptor &shape = detail(CUDNN_BACKEND_MATMUL_DESCRIPTOR, node.kind)
                          .set(CUDNN_ATTR_MATMUL_COMP_TYPE,
                               CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  shape.finalize();
  start(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR, node.kind)
      .set(CUDNN_ATTR_OPERATION_MATMUL_ADESC, input(node, 0))
      .set(CUDNN_ATTR_OPERATION_MATMUL_BDESC, input(node, 1))
      .set(CUDNN_ATTR_OPERATION_MATMUL_CDESC, output(node))
      .set(CUDNN_ATTR_OPERATION_MATMUL_DESC, shape)
      .finalize();
}

void GraphBuilder::addPointwise(const GraphNode &node) {
  bool adds = node.kind == NodeKind::Add,
       isGradient = node.kind == NodeKind::ReLUGradient;
  Descriptor &shape =
      detail(CUDNN_BACKEND_POINTWISE_DESCRIPTOR, node.kind)
          .set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE,
               adds         ? CUDNN_POINTWISE_ADD
               : isGradient ? CUDNN_POINTWISE_RELU_BWD
                            : CUDNN_POINTWISE_RELU_FWD)
          .set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE,
               CUDNN_DATA_FLOAT);
  shape.finalize();
  Descriptor &operation =
      start(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR, node.kind)
          .set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, shape);
  if (isGradient) // a ReLU's two sides have one sign: either is its X
    operation.set(CUDNN_ATTR_OPERATION_POINTWISE_DYDESC, input(node, 0))
        .set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, input(node, 1))
        .set(CUDNN_ATTR_OPERATION_POINTWISE_DXDESC, output(node));
  else
    operation.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, input(node, 0))
        .set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, output(node));
  if (adds)
    operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, input(node, 1));
  operation.finalize();
}

void GraphBuilder::addPool(const GraphNode &node) {
  auto fractions = [](const std::vector<int64_t> &numbers) {
    std::vector<cudnnFraction_t> result;
    for (int64_t number : numbers)
      result.push_back({number, 1});
    return result;
  };
  bool isMaximum =
      node.kind == NodeKind::MaxPool || node.kind == NodeKind::MaxPoolGradient;
  Descriptor &shape =
      detail(CUDNN_BACKEND_RESAMPLE_DESCRIPTOR, node.kind)
          .set(CUDNN_ATTR_RESAMPLE_MODE, CUDNN_TYPE_RESAMPLE_MODE,
               isMaximum ? CUDNN_RESAMPLE_MAXPOOL
                         : CUDNN_RESAMPLE_AVGPOOL_INCLUDE_PADDING)
          .set(CUDNN_ATTR_RESAMPLE_COMP_TYPE, CUDNN_TYPE_DATA_TYPE,
               CUDNN_DATA_FLOAT)
          .set(CUDNN_ATTR_RESAMPLE_NAN_PROPAGATION, CUDNN_TYPE_NAN_PROPOGATION,
               CUDNN_PROPAGATE_NAN)
          .set(CUDNN_ATTR_RESAMPLE_PADDING_MODE, CUDNN_TYPE_PADDING_MODE,
               isMaximum ? CUDNN_NEG_INF_PAD : CUDNN_ZERO_PAD)
          .set(CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS, CUDNN_TYPE_INT64, int64_t(2))
          .set(CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, CUDNN_TYPE_FRACTION,
               fractions(node.window))
          .set(CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, CUDNN_TYPE_FRACTION,
               fractions(node.padding))
          .set(CUDNN_ATTR_RESAMPLE_POST_PADDINGS, CUDNN_TYPE_FRACTION,
               fractions(node.padding))
          .set(CUDNN_ATTR_RESAMPLE_STRIDES, CUDNN_TYPE_FRACTION,
               fractions(node.stride));
  shape.finalize();
  if (node.kind == NodeKind::MaxPool || node.kind == NodeKind::AvgPool) {
    Descriptor &operation =
        start(CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR, node.kind)
            .set(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC, input(node, 0))
            .set(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC, output(node))
            .set(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC, shape);
    if (isMaximum)
      operation.set(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_IDXDESC, output(node, 1));
    operation.finalize();
    return;
  }
  Descriptor &operation =
      start(CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR, node.kind)
          .set(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DYDESC, input(node, 0))
          .set(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DXDESC, output(node))
          .set(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DESC, shape);
  if (isMaximum)
    operation.set(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_IDXDESC, input(node, 1));
  operation.finalize();
}

void GraphBuilder::addBatchNorm(const GraphNode &node) {
  const std::vector<int64_t> ones(4, 1);
  auto number = static_cast<size_t>(&node - graph.nodes.data());
  Descriptor &epsilon =
      detail(CUDNN_BACKEND_TENSOR_DESCRIPTOR, node.kind)
          .set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE,
               CUDNN_DATA_FLOAT)
          .set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, ones)
          .set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, ones)
          .set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64,
               epsilonId(graph, number))
          .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, int64_t(16))
          .set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, CUDNN_TYPE_BOOLEAN, true);
  epsilon.finalize();
  start(CUDNN_BACKEND_OPERATION_NORM_FORWARD_DESCRIPTOR, node.kind)
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_MODE, CUDNN_TYPE_NORM_MODE,
           CUDNN_BATCH_NORM)
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, CUDNN_TYPE_NORM_FWD_PHASE,
           CUDNN_NORM_FWD_TRAINING)
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_XDESC, input(node, 0))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC, input(node, 1))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC, input(node, 2))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC, epsilon)
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_YDESC, output(node, 0))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_MEAN_DESC, output(node, 1))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_INV_VARIANCE_DESC, output(node, 2))
      .finalize();
}

void GraphBuilder::addBatchNormGradient(const GraphNode &node) {
  start(CUDNN_BACKEND_OPERATION_NORM_BACKWARD_DESCRIPTOR, node.kind)
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_MODE, CUDNN_TYPE_NORM_MODE,
           CUDNN_BATCH_NORM)
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DYDESC, input(node, 0))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_XDESC, input(node, 1))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_SCALE_DESC, input(node, 2))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_MEAN_DESC, input(node, 3))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_INV_VARIANCE_DESC, input(node, 4))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DXDESC, output(node, 0))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DSCALE_DESC, output(node, 1))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DBIAS_DESC, output(node, 2))
      .finalize();
}

int64_t epsilonId(const GraphSpec &graph, size_t node) {
  return static_cast<int64_t>(graph.tensors.size() + node) + firstTensorId;
}

void GraphBuilder::addNode(const GraphNode &node) {
  switch (node.kind) {
  case NodeKind::Convolution:
  case NodeKind::ConvolutionData:
  case NodeKind::ConvolutionFilter:
    return addConvolution(node);
  case NodeKind::Matmul:
    return addMatmul(node);
  case NodeKind::Add:
  case NodeKind::ReLU:
  case NodeKind::ReLUGradient:
    return addPointwise(node);
  case NodeKind::MaxPool:
  case NodeKind::MaxPoolGradient:
  case NodeKind::AvgPool:
  case NodeKind::AvgPoolGradient:
    return addPool(node);
  case NodeKind::BatchNorm:
    return addBatchNorm(node);
  case NodeKind::BatchNormGradient:
    return addBatchNormGradient(node);
  }
}

Descriptor GraphBuilder::build(const PlanTarget &target) {
  // References into these are kept while they grow.
  tensors.reserve(graph.tensors.size());
  details.reserve(graph.nodes.size());
  operations.reserve(graph.nodes.size());
  for (size_t i = 0; i < graph.tensors.size(); ++i)
    addTensor(graph.tensors[i], i);
  for (const GraphNode &node : graph.nodes)
    addNode(node);
  std::vector<cudnnBackendDescriptor_t> raw;
  for (const Descriptor &operation : operations)
    raw.push_back(operation.get());
  Descriptor made(cudnn, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR, "a graph");
  made.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, raw);
  if (target.handle)
    made.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE,
             target.handle);
  made.finalize();
  return made;
}

PlanTarget describedDevice(const Cudnn &cudnn, const std::string &json) {
  Descriptor device(cudnn, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR,
                    "the device's description");
  device.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, json).finalize();
  return {nullptr, std::move(device)};
}

/// Whether a graph multiplies: what does not is the same on tensor cores, which
/// every engine that cuDNN compiles at run time says to use.
static bool hasProducts(const GraphSpec &graph) {
  return std::ranges::any_of(graph.nodes, [](const GraphNode &node) {
    return node.kind == NodeKind::Convolution ||
           node.kind == NodeKind::ConvolutionData ||
           node.kind == NodeKind::ConvolutionFilter ||
           node.kind == NodeKind::Matmul;
  });
}

/// The engine's name, or nothing where its numbers are not those asked for.
static std::optional<std::string> acceptEngine(const Cudnn &cudnn,
                                               const Descriptor &config,
                                               const GraphSpec &graph) {
  Descriptor engine(cudnn, CUDNN_BACKEND_ENGINE_DESCRIPTOR, "an engine");
  config.read(CUDNN_ATTR_ENGINECFG_ENGINE, engine);
  auto notes = engine.readList<cudnnBackendNumericalNote_t>(
      CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
      CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  auto has = [&](cudnnBackendNumericalNote_t note) {
    return std::ranges::find(notes, note) != notes.end();
  };
  bool tensorCores = has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
  if (has(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC) ||
      has(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS) ||
      has(CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION) ||
      (graph.precision == Precision::F32 && tensorCores && hasProducts(graph)))
    return std::nullopt;
  return fmt::format("eng{}{}", engine.readInt(CUDNN_ATTR_ENGINE_GLOBAL_INDEX),
                     tensorCores ? ":tc" : "");
}

static void setTarget(Descriptor &plan, const PlanTarget &target) {
  if (target.handle)
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE,
             target.handle);
  else
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *target.description);
}

/// The configurations that the heuristics propose, best first.
static std::vector<Descriptor> proposals(const Cudnn &cudnn,
                                         const Descriptor &graph,
                                         cudnnBackendHeurMode_t mode,
                                         const PlanTarget &target) {
  Descriptor heuristics(cudnn, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR,
                        "the heuristics");
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
      .set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
  if (!target.handle)
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *target.description);
  if (heuristics.tryFinalize() != CUDNN_STATUS_SUCCESS)
    return {};
  int64_t count = 0;
  if (cudnn.getAttribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                         CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count,
                         nullptr) != CUDNN_STATUS_SUCCESS)
    return {};
  std::vector<Descriptor> configs;
  std::vector<cudnnBackendDescriptor_t> raw;
  for (int64_t i = 0; i < count; ++i) {
    configs.emplace_back(cudnn, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                         "a configuration");
    raw.push_back(configs.back().get());
  }
  int64_t filled = 0;
  cudnn.check(cudnn.getAttribute(
                  heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                  CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &filled, raw.data()),
              "the heuristics' results");
  configs.erase(configs.begin() + filled, configs.end());
  return configs;
}

Plan planGraph(const Cudnn &cudnn, const GraphSpec &graph,
               const PlanTarget &target) {
  GraphBuilder builder(cudnn, graph);
  Descriptor operations = builder.build(target);
  for (cudnnBackendHeurMode_t mode :
       {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK})
    for (const Descriptor &config :
         proposals(cudnn, operations, mode, target)) {
      std::optional<std::string> engine = acceptEngine(cudnn, config, graph);
      if (!engine)
        continue;
      Descriptor plan(cudnn, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR, "a plan");
      setTarget(plan, target);
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config);
      if (plan.tryFinalize() != CUDNN_STATUS_SUCCESS)
        continue;
      int64_t workspace =
          plan.readInt(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
      if (workspace <= mostWorkspace)
        return {std::move(plan), std::move(*engine), workspace};
    }
  throw NoEngine(fmt::format("cuDNN has no deterministic engine in {} for `{}`",
                             toString(graph.precision), toText(graph)));
}

std::string serialize(const Plan &plan) {
  return plan.plan.readText(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION);
}

Plan loadPlan(const Cudnn &cudnn, const std::string &json,
              const PlanTarget &target) {
  Descriptor plan(cudnn, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR,
                  "a recorded plan");
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, json);
  setTarget(plan, target);
  plan.finalize();
  int64_t workspace = plan.readInt(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
  return {std::move(plan), "", workspace};
}

} // namespace netc::runtime::cuda
