// Calls of layers, of the language's and of the text's own.
#include "dsl/Expander.h"

#include "dsl/Names.h"
#include "dsl/Vocabulary.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace netc::dsl {

std::span<const std::string_view> combinatorNames() {
  static constexpr std::string_view names[] = {"Sequential", "Sum", "Concat"};
  return names;
}

bool isCombinator(std::string_view name) {
  return std::ranges::find(combinatorNames(), name) != combinatorNames().end();
}

void Expander::reportUnknown(const Name &callee) {
  Diagnostic &error = diagnostics.error(DiagnosticKind::UnknownLayer,
                                        callee.range, callee.text);
  if (!diagnostics.isKept(error))
    return;
  std::span<const std::string_view> combinators = combinatorNames();
  std::vector<std::string_view> known(combinators.begin(), combinators.end());
  for (const LayerKind &kind : layerKinds())
    known.push_back(kind.signature.name);
  for (const auto &[name, layer] : table)
    known.push_back(name);
  std::string hint = hintForName(NameContext::Layer, callee.text, known);
  if (!hint.empty())
    error.hint(hint);
}

void Expander::expandUnknown(const Call &call) {
  flow.shape.reset();
  if (table.isComplete)
    reportUnknown(call.callee);
  if (call.arguments)
    evaluateAll(*call.arguments, evaluator);
  if (call.block) { // for the errors in it
    NameLevel inner;
    expandSequence(*call.block, inner);
    flow.shape.reset();
  }
}

void Expander::expandCall(const Call &call, const std::optional<Name> &label,
                          NameLevel &level) {
  if (isStopped || !maySpend(call.callee.range) || !enter(call.callee.range))
    return;
  if (label)
    checkLabel(*label, level);
  const std::string &callee = call.callee.text;
  if (isCombinator(callee)) {
    expandCombinator(call, label, level);
  } else {
    const LayerKind *kind = findLayerKind(callee);
    auto user = table.find(callee);
    bool isKnown = kind || user != table.end();
    if (isKnown && call.block)
      diagnostics.error(DiagnosticKind::NoBlock, call.block->open, callee);
    if (kind)
      expandLayer(call, *kind, label, level);
    else if (isKnown)
      expandUserLayer(call, user->second, label, level);
    else
      expandUnknown(call);
  }
  --nesting;
}

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

Expander::Scales Expander::scaled(const BoundArguments &arguments) {
  Scales result = scales;
  auto multiply = [&](std::string_view name, double &scale) {
    const BoundArguments::Entry *entry = arguments.find(name);
    if (!entry)
      return;
    double factor = std::get<double>(entry->value);
    double product = scale * factor;
    if (factor < 0)
      diagnostics.error(DiagnosticKind::ValueRange, entry->range,
                        fmt::format("`{}`", name), "at least 0",
                        toText(Value{factor}));
    else if (auto single = static_cast<float>(product);
             !std::isfinite(single) || (single == 0 && product != 0))
      diagnostics.error(DiagnosticKind::ValueRange, entry->range,
                        scale == 1 ? fmt::format("`{}`", name)
                                   : fmt::format("`{}`, times that of the "
                                                 "layers around,",
                                                 name),
                        singleExpectation(product), toText(Value{product}));
    else
      scale = product;
  };
  multiply("lr_scale", result.learningRate);
  multiply("decay_scale", result.decay);
  return result;
}

//===----------------------------------------------------------------------===//
// Layers of the language
//===----------------------------------------------------------------------===//

void Expander::expandCombinator(const Call &call,
                                const std::optional<Name> &label,
                                NameLevel &level) {
  const std::string &kind = call.callee.text;
  bool isSequence = kind == "Sequential";
  const Signature signature{kind, {}};
  std::optional<BoundArguments> arguments = bindLayer(
      signature, call.callee, call.arguments ? &*call.arguments : nullptr,
      evaluator, diagnostics);
  if (!call.block) {
    if (arguments) // else layers are where their braces should be
      diagnostics
          .error(DiagnosticKind::BlockMissing, call.callee.range, kind,
                 isSequence ? "layers" : "branches")
          .hint(fmt::format("`{} {{ ... }}`", kind));
    flow.shape.reset();
    return;
  }
  Scales outer = scales;
  if (arguments)
    scales = scaled(*arguments);
  else
    flow.shape.reset();
  if (checkBlock(*call.block, kind)) {
    NameLevel named;
    std::string own;
    if (!isSequence)
      own = name(kind, call.callee.range, label, level);
    if (label)
      named.prefix =
          (isSequence ? name(kind, call.callee.range, label, level) : own) +
          ".";
    NameLevel &inner = label ? named : level;
    if (isSequence)
      expandSequence(*call.block, inner);
    else
      expandBranches(call, std::move(own), inner);
  }
  scales = outer;
}

void Expander::expandLayer(const Call &call, const LayerKind &kind,
                           const std::optional<Name> &label, NameLevel &level) {
  std::optional<BoundArguments> arguments = bindLayer(
      kind.signature, call.callee, call.arguments ? &*call.arguments : nullptr,
      evaluator, diagnostics);
  if (!arguments) {
    flow.shape.reset();
    return;
  }
  Layer layer;
  layer.spec = kind.build(*arguments);
  Scales own = scaled(*arguments);
  if (std::holds_alternative<shape::Identity>(layer.spec))
    return;
  if (!hasRoom(call.callee.range))
    return;
  layer.name = name(kind.signature.name, call.callee.range, label, level);
  layer.range = call.callee.range;
  layer.learningRateScale = own.learningRate;
  layer.decayScale = own.decay;
  layer.arguments = givenArguments(kind.signature, *arguments);
  if (const auto *activation = arguments->find("activation"))
    layer.activation = std::get<shape::ActivationKind>(activation->value);
  infer(std::move(layer), *arguments);
}

//===----------------------------------------------------------------------===//
// Layers of the text's own
//===----------------------------------------------------------------------===//

void Expander::expandUserLayer(const Call &call, const UserLayer &layer,
                               const std::optional<Name> &label,
                               NameLevel &level) {
  if (layer.isBroken) {
    if (call.arguments)
      evaluateAll(*call.arguments, evaluator);
    flow.shape.reset();
    return;
  }
  std::optional<BoundArguments> arguments = bindLayer(
      layer.signature, call.callee, call.arguments ? &*call.arguments : nullptr,
      evaluator, diagnostics);
  if (!arguments) {
    flow.shape.reset();
    return;
  }
  Scales outer = scales;
  scales = scaled(*arguments);
  if (isDry) { // its body is checked on its own
    flow.shape.reset();
  } else {
    NameLevel inner;
    inner.prefix =
        name(layer.decl->name.text, call.callee.range, label, level) + ".";
    expandBody(call, layer, *arguments, inner);
  }
  scales = outer;
}

void Expander::expandBody(const Call &call, const UserLayer &layer,
                          const BoundArguments &arguments, NameLevel &level) {
  const std::string &own = layer.decl->name.text;
  Diagnostics::Pass pass(diagnostics, Diagnostics::Use{own, call.callee.range});
  Evaluator::LayerScope scope(evaluator, layer.seesNetwork);
  auto index = static_cast<int64_t>(network.uses.size());
  size_t layersBefore = network.layers.size();
  int64_t outerUse = std::exchange(use, index);
  const Block *outerControl = std::exchange(control, nullptr);
  network.uses.push_back({own, call.callee.range, outerUse,
                          level.prefix.substr(0, level.prefix.rfind('.')),
                          givenArguments(layer.signature, arguments)});
  evaluator.define("input", flow.shape ? Value{*flow.shape} : Value{});
  defineParameters(layer, arguments);
  expandCall(layer.decl->body, std::nullopt, level);
  control = outerControl;
  use = outerUse;
  if (network.layers.size() == layersBefore)
    network.uses.resize(index); // nobody refers to it
}

/// Goes in the order of the text: a default may use the parameters before it.
void Expander::defineParameters(const UserLayer &layer,
                                const BoundArguments &arguments) {
  for (const Parameter &parameter : layer.decl->parameters) {
    const std::string &own = parameter.name.text;
    Value value;
    if (const auto *entry = arguments.find(own))
      value = std::get<Value>(entry->value);
    else if (parameter.value)
      value = evaluator.evaluate(*parameter.value);
    evaluator.define(own, std::move(value));
  }
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

void Expander::expandNetwork(const Call &body,
                             std::optional<shape::Shape> input) {
  flow.shape = std::move(input);
  NameLevel top;
  expandCall(body, std::nullopt, top);
  if (!network.output.empty())
    checkOutput();
}

void Expander::checkNetwork(const NetworkDecl &decl) {
  isDry = true;
  Diagnostics::Pass pass(diagnostics);
  NameLevel top;
  expandCall(decl.body, std::nullopt, top);
}

void Expander::checkLayer(const UserLayer &layer) {
  isDry = true;
  Diagnostics::Pass pass(diagnostics);
  Evaluator::LayerScope scope(evaluator, layer.seesNetwork);
  NameLevel level;
  evaluator.define("input", Value{});
  for (const Parameter &parameter : layer.decl->parameters) {
    if (parameter.value)
      evaluator.evaluate(*parameter.value);
    evaluator.define(parameter.name.text, Value{});
  }
  expandCall(layer.decl->body, std::nullopt, level);
}

void expandLayers(const NetworkDecl &decl, const LayerTable &table,
                  bool isShapeKnown, Evaluator &evaluator,
                  Diagnostics &diagnostics, Network &network) {
  Expander expander(table, evaluator, diagnostics, network);
  std::optional<shape::Shape> input;
  if (isShapeKnown)
    input = network.input;
  expander.expandNetwork(decl.body, input);
}

void checkLayers(const NetworkDecl *decl, const LayerTable &table,
                 const Evaluator &evaluator, Diagnostics &diagnostics) {
  Network none;
  // An `if` may keep a value from where it would be wrong, so none is known.
  Evaluator unknown = evaluator;
  if (decl) {
    unknown.define("input", Value{});
    if (namesInput(decl->inputName.text))
      unknown.define(decl->inputName.text, Value{});
    for (const Parameter &parameter : decl->parameters)
      unknown.define(parameter.name.text, Value{});
    Expander(table, unknown, diagnostics, none).checkNetwork(*decl);
  }
  for (const auto &[name, layer] : table)
    Expander(table, unknown, diagnostics, none).checkLayer(layer);
}

} // namespace netc::dsl
