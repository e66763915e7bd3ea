// The shapes of layers while they are expanded, and what is said where they do
// not fit.
#include "dsl/Expander.h"

namespace netc::dsl {

void Expander::append(Layer layer, std::string how) {
  if (isDry)
    return;
  layer.use = use;
  auto index = static_cast<int64_t>(network.layers.size());
  flow.value = index;
  // Notes about a shape name the layer that made it.
  if (flow.shape && !shape::isElementwise(layer.spec))
    flow.producer = index;
  arithmetic.push_back(std::move(how));
  network.layers.push_back(std::move(layer));
}

void Expander::infer(Layer layer, const BoundArguments &arguments) {
  std::string how;
  layer.inputs = {flow.value};
  if (flow.shape) {
    layer.input = *flow.shape;
    shape::InferResult result = shape::infer(layer.spec, layer.input);
    if (auto *error = std::get_if<shape::ShapeError>(&result)) {
      reportMisfit(layer, *error, arguments);
      flow.shape.reset();
    } else {
      auto &inferred = std::get<shape::Inferred>(result);
      layer.output = inferred.shape;
      how = inferred.arithmetic;
      flow.shape = layer.output;
    }
  } else {
    inferBlindly(layer, arguments);
  }
  append(std::move(layer), std::move(how));
}

/// Where the input is not known: checks what does not depend on it, and goes on
/// from a Dense layer, whose output does not either.
void Expander::inferBlindly(Layer &layer, const BoundArguments &arguments) {
  shape::InferResult result = shape::infer(layer.spec, shape::Shape{1});
  const auto *error = std::get_if<shape::ShapeError>(&result);
  if (error && !error->argument.empty())
    reportMisfit(layer, *error, arguments);
  if (!error && !isDry && std::holds_alternative<shape::Dense>(layer.spec)) {
    layer.output = std::get<shape::Inferred>(result).shape;
    flow.shape = layer.output;
  }
}

void Expander::join(Layer layer, const std::vector<Flow> &branches) {
  std::vector<shape::Shape> shapes;
  for (const Flow &branch : branches) {
    layer.inputs.push_back(branch.value);
    if (branch.shape)
      shapes.push_back(*branch.shape);
  }
  std::string how;
  bool isKnown = shapes.size() == branches.size();
  flow.shape.reset();
  if (isKnown) {
    layer.input = shapes[0];
    shape::InferResult result = shape::infer(layer.spec, shapes);
    if (auto *error = std::get_if<shape::ShapeError>(&result)) {
      reportBranches(layer, *error, branches);
    } else {
      auto &inferred = std::get<shape::Inferred>(result);
      layer.output = inferred.shape;
      how = inferred.arithmetic;
      flow.shape = layer.output;
    }
  }
  append(std::move(layer), std::move(how));
}

Diagnostic &reportShapeError(const shape::ShapeError &error,
                             SourceRange layerRange, SourceRange argumentRange,
                             Diagnostics &diagnostics) {
  return diagnostics.error(DiagnosticKind::ShapeRule,
                           error.argument.empty() ? layerRange : argumentRange,
                           error.message);
}

void Expander::reportMisfit(const Layer &layer, const shape::ShapeError &error,
                            const BoundArguments &arguments) {
  const BoundArguments::Entry *argument = arguments.find(error.argument);
  Diagnostic &diagnostic =
      reportShapeError(error, layer.range,
                       argument ? argument->range : layer.range, diagnostics);
  bool isHinted = false;
  if (error.argument.empty()) {
    noteProducer(diagnostic, flow);
    isHinted = hintAtProducer(diagnostic, layer);
  }
  if (!isHinted && !error.hint.empty())
    diagnostic.hint(error.hint);
}

/// Branches that do not fit: each with its shape and where that comes from.
void Expander::reportBranches(const Layer &layer,
                              const shape::ShapeError &error,
                              const std::vector<Flow> &branches) {
  constexpr size_t many = 8;
  Diagnostic &diagnostic =
      reportShapeError(error, layer.range, layer.range, diagnostics);
  for (size_t i = 0; i < std::min(branches.size(), many); ++i)
    noteProducer(diagnostic, branches[i], fmt::format("branch {}: ", i + 1));
  if (!error.hint.empty())
    diagnostic.hint(error.hint);
}

/// Where the shape that flows comes from, and by which arithmetic.
void Expander::noteProducer(Diagnostic &error, const Flow &from,
                            std::string_view what) {
  std::string shape = shape::toString(*from.shape);
  if (from.producer == networkInput) {
    error.note(network.inputRange, fmt::format("{}{} is the input of `{}`",
                                               what, shape, network.name));
    return;
  }
  const Layer &producer = network.layers[from.producer];
  const std::string &how = arithmetic[from.producer];
  error.note(producer.range, fmt::format("{}{} comes from `{}` here{}{}", what,
                                         shape, shape::kindName(producer.spec),
                                         how.empty() ? "" : ": ", how));
}

/// The layer with the padding that keeps the size of its input; nullopt if no
/// padding does.
static std::optional<shape::Conv2D> keepingSize(const shape::LayerSpec &spec) {
  const auto *conv = std::get_if<shape::Conv2D>(&spec);
  if (!conv || conv->stride != shape::Pair{1, 1})
    return std::nullopt;
  shape::Conv2D padded = *conv;
  for (int i : {0, 1}) {
    if (conv->kernel[i] % 2 == 0)
      return std::nullopt;
    padded.padding[i] = conv->dilation[i] * (conv->kernel[i] - 1) / 2;
  }
  if (padded.padding == conv->padding)
    return std::nullopt;
  return padded;
}

/// If the producer would leave enough with more padding, says so.
bool Expander::hintAtProducer(Diagnostic &error, const Layer &layer) {
  if (flow.producer == networkInput)
    return false;
  const Layer &producer = network.layers[flow.producer];
  std::optional<shape::Conv2D> padded = keepingSize(producer.spec);
  if (!padded)
    return false;
  shape::InferResult kept = shape::infer(*padded, producer.input);
  const auto *inferred = std::get_if<shape::Inferred>(&kept);
  if (!inferred || !std::holds_alternative<shape::Inferred>(
                       shape::infer(layer.spec, inferred->shape)))
    return false;
  auto [height, width] = padded->padding;
  std::string padding = height == width ? fmt::format("{}", height)
                                        : fmt::format("{}x{}", height, width);
  error.hint(producer.range, fmt::format("`padding={}` keeps {}", padding,
                                         shape::toString(inferred->shape)));
  return true;
}

void Expander::checkOutput() {
  if (!flow.shape || *flow.shape == network.output)
    return;
  Diagnostic &error = diagnostics.error(
      DiagnosticKind::OutputMismatch, network.outputRange, network.name,
      shape::toString(network.output), shape::toString(*flow.shape));
  noteProducer(error, flow);
  if (flow.producer == networkInput)
    return;
  const Layer &producer = network.layers[flow.producer];
  if (std::holds_alternative<shape::Dense>(producer.spec) &&
      network.output.size() == 1)
    error.hint(producer.range,
               fmt::format("`Dense({0})` gives {0}", network.output[0]));
  else if (network.output.size() == 1 &&
           shape::elementCount(*flow.shape) == network.output[0])
    error.hint(network.layers.back().range,
               fmt::format("`Flatten` after it makes {} of {}",
                           network.output[0], shape::toString(*flow.shape)));
}

} // namespace netc::dsl
