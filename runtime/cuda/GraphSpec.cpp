// Writes and reads the text of a graph.
#include "runtime/cuda/GraphSpec.h"

#include "runtime/Error.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>

namespace netc::runtime::cuda {

namespace {
/// What the text of a node must have.
struct NodeForm {
  NodeKind kind;
  std::string_view name;
  size_t inputs, outputs;
  bool hasWindow, hasStride, hasDilation;
  bool hasEpsilon = false;
};
} // namespace

// The rows stand in the order of NodeKind.
static constexpr NodeForm forms[] = {
    {NodeKind::Convolution, "convolution", 2, 1, false, true, true},
    {NodeKind::ConvolutionData, "convolution_data", 2, 1, false, true, true},
    {NodeKind::ConvolutionFilter, "convolution_filter", 2, 1, false, true,
     true},
    {NodeKind::Matmul, "matmul", 2, 1, false, false, false},
    {NodeKind::Add, "add", 2, 1, false, false, false},
    {NodeKind::ReLU, "relu", 1, 1, false, false, false},
    {NodeKind::ReLUGradient, "relu_gradient", 2, 1, false, false, false},
    {NodeKind::MaxPool, "max_pool", 1, 2, true, true, false},
    {NodeKind::MaxPoolGradient, "max_pool_gradient", 2, 1, true, true, false},
    {NodeKind::AvgPool, "avg_pool", 1, 1, true, true, false},
    {NodeKind::AvgPoolGradient, "avg_pool_gradient", 1, 1, true, true, false},
    {NodeKind::BatchNorm, "batch_norm", 3, 3, false, false, false, true},
    {NodeKind::BatchNormGradient, "batch_norm_gradient", 5, 3, false, false,
     false}};

static const NodeForm &formOf(NodeKind kind) {
  return forms[static_cast<size_t>(kind)];
}

std::string_view toString(NodeKind kind) { return formOf(kind).name; }

std::string_view toString(Precision precision) {
  return precision == Precision::F32    ? "f32"
         : precision == Precision::TF32 ? "tf32"
                                        : "bf16";
}

std::optional<Precision> precisionOf(std::string_view word) {
  for (Precision precision : {Precision::F32, Precision::TF32, Precision::BF16})
    if (toString(precision) == word)
      return precision;
  return std::nullopt;
}

int64_t GraphTensor::bytes() const {
  int64_t last = 0;
  for (size_t i = 0; i < sizes.size(); ++i)
    last += (sizes[i] - 1) * strides[i];
  return (last + 1) * byteWidth(element);
}

bool GraphSpec::isResult(size_t tensor) const {
  return std::ranges::any_of(nodes, [&](const GraphNode &node) {
    return std::ranges::find(node.outputs, tensor) != node.outputs.end();
  });
}

static std::string_view elementName(ElementType element) {
  return element == ElementType::F32    ? "f32"
         : element == ElementType::BF16 ? "bf16"
         : element == ElementType::I32  ? "i32"
                                        : "i8";
}

std::string toText(const GraphSpec &graph) {
  std::string text = fmt::format("precision {}", toString(graph.precision));
  for (const GraphTensor &tensor : graph.tensors)
    text += fmt::format(
        "; tensor {} {} {} {}{}", tensor.name, elementName(tensor.element),
        fmt::join(tensor.sizes, "x"), fmt::join(tensor.strides, "x"),
        tensor.isVirtual ? " virtual" : "");
  for (const GraphNode &node : graph.nodes) {
    text += fmt::format("; node {}", toString(node.kind));
    for (size_t input : node.inputs)
      text += " " + graph.tensors[input].name;
    text += " ->";
    for (size_t output : node.outputs)
      text += " " + graph.tensors[output].name;
    for (auto [name, numbers] : {std::pair("window", &node.window),
                                 {"stride", &node.stride},
                                 {"padding", &node.padding},
                                 {"dilation", &node.dilation}})
      if (!numbers->empty())
        text += fmt::format(" {} {}", name, fmt::join(*numbers, "x"));
    if (formOf(node.kind).hasEpsilon)
      text += fmt::format(" epsilon {}", node.epsilon);
  }
  return text;
}

namespace {

constexpr int64_t largestNumber = int64_t(1) << 40;

class Reader {
public:
  explicit Reader(std::string_view text) : text(text) {}
  GraphSpec read();

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw Error("a graph's text: " + what);
  }
  /// The next word of the entry, empty at its end.
  std::string_view word();
  /// The next `;`-separated part; false at the end.
  bool nextEntry();
  std::vector<int64_t> numbers(size_t least, size_t most, int64_t smallest);
  double positive();
  size_t tensor(std::string_view name) const;
  void readTensor();
  void readNode();
  void checkNode(const GraphNode &node) const;

  std::string_view text, entry;
  bool begun = false;
  GraphSpec graph;
};

} // namespace

bool Reader::nextEntry() {
  if (begun && text.empty())
    return false;
  begun = true;
  size_t end = text.find(';');
  entry = text.substr(0, end);
  text = end == std::string_view::npos ? "" : text.substr(end + 1);
  return true;
}

std::string_view Reader::word() {
  size_t begin = entry.find_first_not_of(' ');
  if (begin == std::string_view::npos)
    return entry = "";
  size_t end = std::min(entry.find(' ', begin), entry.size());
  std::string_view found = entry.substr(begin, end - begin);
  entry = entry.substr(end);
  return found;
}

std::vector<int64_t> Reader::numbers(size_t least, size_t most,
                                     int64_t smallest) {
  std::string_view list = word();
  std::vector<int64_t> values;
  std::string_view rest = list;
  for (;;) {
    int64_t value = 0;
    auto [end, code] =
        std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (code != std::errc() || value < smallest || value > largestNumber)
      fail(fmt::format("expected numbers of at least {} with `x` between them, "
                       "got `{}`",
                       smallest, list));
    values.push_back(value);
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    if (rest.empty())
      break;
    if (rest.front() != 'x')
      fail(fmt::format("expected `x` between numbers, got `{}`", list));
    rest.remove_prefix(1);
  }
  if (values.size() < least || values.size() > most)
    fail(fmt::format("expected {} to {} numbers, got `{}`", least, most, list));
  return values;
}

double Reader::positive() {
  std::string_view number = word();
  double value = 0;
  auto [end, code] =
      std::from_chars(number.data(), number.data() + number.size(), value);
  if (code != std::errc() || end != number.data() + number.size() ||
      !(value > 0 && value <= std::numeric_limits<float>::max()))
    fail(fmt::format("expected a number above 0, got `{}`", number));
  return value;
}

size_t Reader::tensor(std::string_view name) const {
  auto found = std::ranges::find(graph.tensors, name, &GraphTensor::name);
  if (found == graph.tensors.end())
    fail(fmt::format("no tensor `{}`", name));
  return static_cast<size_t>(found - graph.tensors.begin());
}

void Reader::readTensor() {
  GraphTensor tensor;
  tensor.name = word();
  if (tensor.name.empty() || tensor.name == "->" ||
      std::ranges::find(graph.tensors, tensor.name, &GraphTensor::name) !=
          graph.tensors.end())
    fail(fmt::format("a tensor named `{}`", tensor.name));
  std::string_view element = word();
  if (element == "i32")
    tensor.element = ElementType::I32;
  else if (element == "bf16")
    tensor.element = ElementType::BF16;
  else if (element == "i8")
    tensor.element = ElementType::U8;
  else if (element != "f32")
    fail(fmt::format("expected f32, bf16, i32 or i8, got `{}`", element));
  tensor.sizes = numbers(1, 5, 1);
  tensor.strides = numbers(tensor.sizes.size(), tensor.sizes.size(), 1);
  double last = 1; // exact enough to refuse what overflows
  for (size_t i = 0; i < tensor.sizes.size(); ++i)
    last += static_cast<double>(tensor.sizes[i]) *
            static_cast<double>(tensor.strides[i]);
  if (last > static_cast<double>(largestNumber))
    fail(fmt::format("tensor `{}` is too large", tensor.name));
  std::string_view end = word();
  tensor.isVirtual = end == "virtual";
  if (!end.empty() && !tensor.isVirtual)
    fail(fmt::format("`{}` behind a tensor", end));
  graph.tensors.push_back(std::move(tensor));
}

void Reader::readNode() {
  std::string_view name = word();
  auto form = std::ranges::find(forms, name, &NodeForm::name);
  if (form == std::end(forms))
    fail(fmt::format("no kind of node is called `{}`", name));
  GraphNode node;
  node.kind = form->kind;
  for (size_t i = 0; i < form->inputs; ++i)
    node.inputs.push_back(tensor(word()));
  if (word() != "->")
    fail(fmt::format("`{}` takes {} tensors", name, form->inputs));
  for (size_t i = 0; i < form->outputs; ++i)
    node.outputs.push_back(tensor(word()));
  for (std::string_view key = word(); !key.empty(); key = word()) {
    if (key == "epsilon" && form->hasEpsilon && node.epsilon == 0) {
      node.epsilon = positive();
      continue;
    }
    std::vector<int64_t> *place = key == "window"     ? &node.window
                                  : key == "stride"   ? &node.stride
                                  : key == "padding"  ? &node.padding
                                  : key == "dilation" ? &node.dilation
                                                      : nullptr;
    if (!place || !place->empty())
      fail(fmt::format("`{}` in a node", key));
    *place = numbers(2, 2, key == "padding" ? 0 : 1);
  }
  checkNode(node);
  graph.nodes.push_back(std::move(node));
}

void Reader::checkNode(const GraphNode &node) const {
  const NodeForm &form = formOf(node.kind);
  auto check = [&](const std::vector<int64_t> &numbers, bool wanted,
                   std::string_view what) {
    if (numbers.empty() == wanted)
      fail(fmt::format("`{}` {} {}", form.name, wanted ? "needs a" : "has no",
                       what));
  };
  check(node.window, form.hasWindow, "window");
  check(node.stride, form.hasStride, "stride");
  check(node.padding, form.hasStride, "padding");
  check(node.dilation, form.hasDilation, "dilation");
  if (form.hasEpsilon && node.epsilon == 0)
    fail(fmt::format("`{}` needs an epsilon", form.name));
  size_t rank = graph.tensors[node.outputs[0]].sizes.size();
  bool isNorm = node.kind == NodeKind::BatchNorm ||
                node.kind == NodeKind::BatchNormGradient;
  if ((form.hasStride || isNorm) && rank != 4)
    fail(fmt::format("`{}` is of four dimensions, got {}", form.name, rank));
  for (const std::vector<size_t> &side : {node.inputs, node.outputs})
    for (size_t index : side)
      if (graph.tensors[index].sizes.size() != rank)
        fail(
            fmt::format("the tensors of `{}` have different ranks", form.name));
}

GraphSpec Reader::read() {
  while (nextEntry()) {
    std::string_view kind = word();
    if (kind == "precision") {
      std::string_view name = word();
      std::optional<Precision> precision = precisionOf(name);
      if (!precision)
        fail(fmt::format("expected f32, tf32 or bf16, got `{}`", name));
      graph.precision = *precision;
      if (!word().empty())
        fail("words behind the precision");
    } else if (kind == "tensor") {
      readTensor();
    } else if (kind == "node") {
      readNode();
    } else {
      fail(fmt::format("expected precision, tensor or node, got `{}`", kind));
    }
  }
  if (graph.nodes.empty())
    fail("it has no nodes");
  for (size_t i = 0; i < graph.tensors.size(); ++i)
    if (graph.tensors[i].isVirtual && !graph.isResult(i))
      fail(fmt::format("nothing makes the virtual tensor `{}`",
                       graph.tensors[i].name));
  return std::move(graph);
}

GraphSpec parseGraph(std::string_view text) { return Reader(text).read(); }

} // namespace netc::runtime::cuda
