// The walk over a network's body: layers are expanded, named and given their
// shapes in one pass.
#include "dsl/Sema.h"

#include "dsl/Layers.h"
#include "dsl/Names.h"
#include "dsl/Vocabulary.h"

namespace netc::dsl {

/// With what a layer's multiply-adds can be, their sum cannot overflow.
static constexpr size_t maxLayers = 1 << 14;

std::span<const std::string_view> combinatorNames() {
  static constexpr std::string_view names[] = {"Sequential"};
  return names;
}

namespace {
/// What reaches a layer.
struct Flow {
  std::optional<shape::Shape> shape; // nullopt after an error
  std::optional<size_t> producer;    // the last layer that could change it
};

/// A level of names: the network, or a labelled Sequential.
struct NameLevel {
  std::string prefix;
  std::map<std::string, int64_t> counts;
  std::map<std::string, SourceRange> labels;
};

class Expander {
public:
  Expander(Evaluator &evaluator, Diagnostics &diagnostics, Network &network)
      : evaluator(evaluator), diagnostics(diagnostics), network(network) {}

  Flow flow;

  void expandCall(const Call &call, const std::optional<Name> &label,
                  NameLevel &level);
  void checkOutput();

private:
  void expandSequential(const Call &call, const std::optional<Name> &label,
                        NameLevel &level);
  void expandLayer(const Call &call, const LayerKind &kind, std::string name);
  void reportUnknown(const Call &call);
  void checkLabel(const Name &label, NameLevel &level);
  std::string layerName(const LayerKind &kind, const std::optional<Name> &label,
                        NameLevel &level);
  void infer(Layer &layer, const BoundArguments &arguments);
  void inferBlindly(Layer &layer, const BoundArguments &arguments);
  void reportMisfit(const Layer &layer, const shape::ShapeError &error,
                    const BoundArguments &arguments);
  void noteProducer(Diagnostic &error);
  bool hintAtProducer(Diagnostic &error, const Layer &layer);

  Evaluator &evaluator;
  Diagnostics &diagnostics;
  Network &network;
  std::vector<std::string> arithmetic; // of each layer, for notes
  bool isFull = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

void Expander::checkLabel(const Name &label, NameLevel &level) {
  if (isAutomaticName(label.text))
    diagnostics.error(DiagnosticKind::AutomaticLabel, label.range, label.text);
  auto [first, isFirst] = level.labels.try_emplace(label.text, label.range);
  if (!isFirst)
    diagnostics
        .error(DiagnosticKind::DeclaredTwice, label.range,
               fmt::format("label `{}`", label.text))
        .note(first->second, "the first one is here");
}

std::string Expander::layerName(const LayerKind &kind,
                                const std::optional<Name> &label,
                                NameLevel &level) {
  if (label)
    return level.prefix + label->text;
  std::string base = baseName(kind.signature.name);
  return fmt::format("{}{}_{}", level.prefix, base, ++level.counts[base]);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

void Expander::reportUnknown(const Call &call) {
  std::span<const std::string_view> combinators = combinatorNames();
  std::vector<std::string_view> known(combinators.begin(), combinators.end());
  for (const LayerKind &kind : layerKinds())
    known.push_back(kind.signature.name);
  Diagnostic &error = diagnostics.error(DiagnosticKind::UnknownLayer,
                                        call.callee.range, call.callee.text);
  std::string hint = hintForName(NameContext::Layer, call.callee.text, known);
  if (!hint.empty())
    error.hint(hint);
}

void Expander::expandCall(const Call &call, const std::optional<Name> &label,
                          NameLevel &level) {
  if (label)
    checkLabel(*label, level);
  if (call.callee.text == "Sequential")
    return expandSequential(call, label, level);
  if (const LayerKind *kind = findLayerKind(call.callee.text)) {
    if (call.block)
      diagnostics.error(DiagnosticKind::NoBlock, call.block->open,
                        call.callee.text);
    return expandLayer(call, *kind, layerName(*kind, label, level));
  }
  reportUnknown(call);
  flow.shape.reset();
  if (call.arguments)
    evaluateAll(*call.arguments, evaluator);
  if (call.block) { // for the errors in it
    NameLevel inner;
    for (const Item &item : call.block->items)
      expandCall(item.call, item.label, inner);
    flow.shape.reset();
  }
}

void Expander::expandSequential(const Call &call,
                                const std::optional<Name> &label,
                                NameLevel &level) {
  if (call.arguments && !call.arguments->list.empty()) {
    diagnostics
        .error(DiagnosticKind::NoArguments, call.arguments->range, "Sequential")
        .hint("its layers stand in braces: `Sequential { ... }`");
    flow.shape.reset();
  } else if (!call.block) {
    diagnostics.error(DiagnosticKind::BlockMissing, call.callee.range,
                      "Sequential");
    flow.shape.reset();
  }
  if (!call.block)
    return;
  if (call.block->isBroken)
    flow.shape.reset();
  else if (call.block->items.empty())
    diagnostics.error(DiagnosticKind::BlockEmpty, call.block->open,
                      "Sequential");
  NameLevel named;
  if (label)
    named.prefix = fmt::format("{}{}.", level.prefix, label->text);
  for (const Item &item : call.block->items)
    expandCall(item.call, item.label, label ? named : level);
}

void Expander::expandLayer(const Call &call, const LayerKind &kind,
                           std::string name) {
  std::optional<BoundArguments> arguments =
      bind(kind.signature, call.callee,
           call.arguments ? &*call.arguments : nullptr, evaluator, diagnostics);
  if (!arguments) {
    flow.shape.reset();
    return;
  }
  if (network.layers.size() == maxLayers) {
    if (!isFull)
      diagnostics.error(DiagnosticKind::TooManyLayers, call.callee.range,
                        maxLayers);
    isFull = true;
    flow.shape.reset();
    return;
  }
  Layer layer{std::move(name),  kind.build(*arguments), std::nullopt, {}, {},
              call.callee.range};
  layer.arguments = givenArguments(kind.signature, *arguments);
  if (const auto *activation = arguments->find("activation"))
    layer.activation = std::get<shape::ActivationKind>(activation->value);
  infer(layer, *arguments);
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

void Expander::infer(Layer &layer, const BoundArguments &arguments) {
  shape::Shape output;
  std::string how;
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
      if (!std::holds_alternative<shape::Dropout>(layer.spec) &&
          !std::holds_alternative<shape::Activation>(layer.spec))
        flow.producer = network.layers.size();
      flow.shape = layer.output;
    }
  } else {
    inferBlindly(layer, arguments);
  }
  arithmetic.push_back(std::move(how));
  network.layers.push_back(std::move(layer));
}

/// Where the input is not known: checks what does not depend on it, and goes on
/// from a Dense layer, whose output does not either.
void Expander::inferBlindly(Layer &layer, const BoundArguments &arguments) {
  shape::InferResult result = shape::infer(layer.spec, {1});
  const auto *error = std::get_if<shape::ShapeError>(&result);
  if (error && !error->argument.empty())
    reportMisfit(layer, *error, arguments);
  if (!error && std::holds_alternative<shape::Dense>(layer.spec)) {
    layer.output = std::get<shape::Inferred>(result).shape;
    flow = {layer.output, network.layers.size()};
  }
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
    noteProducer(diagnostic);
    isHinted = hintAtProducer(diagnostic, layer);
  }
  if (!isHinted && !error.hint.empty())
    diagnostic.hint(error.hint);
}

/// Where the shape that flows comes from, and by which arithmetic.
void Expander::noteProducer(Diagnostic &error) {
  std::string shape = shape::toString(*flow.shape);
  if (!flow.producer) {
    error.note(network.inputRange,
               fmt::format("{} is the input of `{}`", shape, network.name));
    return;
  }
  const Layer &producer = network.layers[*flow.producer];
  const std::string &how = arithmetic[*flow.producer];
  error.note(producer.range, fmt::format("{} comes from `{}` here{}{}", shape,
                                         shape::kindName(producer.spec),
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
  if (!flow.producer)
    return false;
  const Layer &producer = network.layers[*flow.producer];
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
  noteProducer(error);
  if (!flow.producer)
    return;
  const Layer &producer = network.layers[*flow.producer];
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

void expandLayers(const NetworkDecl &decl, bool isShapeKnown,
                  Evaluator &evaluator, Diagnostics &diagnostics,
                  Network &network) {
  Expander expander(evaluator, diagnostics, network);
  if (isShapeKnown)
    expander.flow.shape = network.input;
  NameLevel top;
  expander.expandCall(decl.body, std::nullopt, top);
  if (!network.output.empty())
    expander.checkOutput();
}

} // namespace netc::dsl
