// Graphs, a tensor and a node at a time.
#include "compiler/targets/cuda/GraphWriter.h"

#include "compiler/select/Layouts.h"

using namespace mlir;
using namespace netc;
using namespace netc::cuda;

std::string cuda::channelsLast(Type type) {
  auto ranked = cast<RankedTensorType>(type);
  if (ranked.getRank() != 4 && ranked.getRank() != 5)
    return "";
  runtime::TensorType tensor = select::toRuntime(net::withLayout(ranked, ""));
  tensor.layout = ranked.getRank() == 4 ? "acdb" : "abdec";
  return runtime::canonicalLayout(tensor);
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

Form cuda::picture(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value), s = shape.take_back(3);
  int64_t first = shape.size() == 5 ? shape[0] * shape[1] : shape[0];
  return {{first, s[0], s[1], s[2]},
          {s[0] * s[1] * s[2], 1, s[2] * s[0], s[0]}};
}

Form cuda::pixels(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  return {{shape[0], shape[1], 1, 1}, {shape[1], 1, shape[1], shape[1]}};
}

Form cuda::pictureOrPixels(Value value) {
  return shapeOf(value).size() == 4 ? picture(value) : pixels(value);
}

Form cuda::matrix(Value value, bool transposed) {
  ArrayRef<int64_t> shape = shapeOf(value);
  int64_t all = shape[0] * shape[1];
  if (transposed)
    return {{1, shape[1], shape[0]}, {all, 1, shape[1]}};
  return {{1, shape[0], shape[1]}, {all, shape[1], 1}};
}

Form cuda::perChannel(Value value) {
  int64_t channels = shapeOf(value)[0];
  return {{1, channels, 1, 1}, {channels, 1, channels, channels}};
}

size_t GraphWriter::add(const Named &tensor) {
  graph.spec.tensors.push_back(
      {tensor.name, select::toRuntime(tensor.value.getType()).element,
       tensor.form.sizes, tensor.form.strides, false});
  return graph.spec.tensors.size() - 1;
}

size_t GraphWriter::input(const Named &tensor) {
  graph.inputs.push_back(tensor.value);
  return add(tensor);
}

size_t GraphWriter::output(const Named &tensor) {
  graph.outputs.push_back(tensor.value);
  return add(tensor);
}

size_t GraphWriter::between(const char *name, const Form &form) {
  graph.spec.tensors.push_back({name, runtime::ElementType::F32, form.sizes,
                                form.strides, /*isVirtual=*/true});
  return graph.spec.tensors.size() - 1;
}

GraphNode &GraphWriter::node(NodeKind kind, std::vector<size_t> inputs,
                             std::vector<size_t> outputs) {
  graph.spec.nodes.push_back(
      {kind, std::move(inputs), std::move(outputs), {}, {}, {}, {}, 0});
  return graph.spec.nodes.back();
}

void GraphWriter::product(NodeKind kind, std::vector<size_t> operands,
                          const Named &bias, bool relu, const Named &result,
                          Complete complete) {
  bool hasBias = bias.value != nullptr;
  size_t biasTensor = hasBias ? input(bias) : 0;
  size_t made = 0, sum = 0;
  if (hasBias || relu)
    made = between("product", result.form);
  if (hasBias && relu)
    sum = between("sum", result.form);
  size_t y = output(result);
  complete(node(kind, std::move(operands), {hasBias || relu ? made : y}));
  if (hasBias)
    node(NodeKind::Add, {made, biasTensor}, {relu ? sum : y});
  if (relu)
    node(NodeKind::ReLU, {hasBias ? sum : made}, {y});
}

void GraphWriter::gradient(NodeKind kind, std::vector<size_t> operands,
                           Value activated, const Named &result,
                           Complete complete) {
  size_t relu = 0, made = 0;
  if (activated) {
    relu = input({"activated", activated, result.form});
    made = between("product", result.form);
  }
  size_t y = output(result);
  complete(node(kind, std::move(operands), {activated ? made : y}));
  if (activated)
    node(NodeKind::ReLUGradient, {made, relu}, {y});
}
