// The walk over a network's body: calls and the names of layers.
#include "dsl/Expander.h"

#include "dsl/Names.h"
#include "dsl/Vocabulary.h"

#include <algorithm>

namespace netc::dsl {

std::span<const std::string_view> combinatorNames() {
  static constexpr std::string_view names[] = {"Sequential", "Sum", "Concat"};
  return names;
}

static bool isCombinator(std::string_view name) {
  return std::ranges::find(combinatorNames(), name) != combinatorNames().end();
}

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

std::string Expander::layerName(std::string_view kind,
                                const std::optional<Name> &label,
                                NameLevel &level) {
  if (label)
    return level.prefix + label->text;
  std::string base = baseName(kind);
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
  if (isCombinator(call.callee.text))
    return expandCombinator(call, label, level);
  if (const LayerKind *kind = findLayerKind(call.callee.text)) {
    if (call.block)
      diagnostics.error(DiagnosticKind::NoBlock, call.block->open,
                        call.callee.text);
    return expandLayer(call, *kind, label, level);
  }
  reportUnknown(call);
  flow.shape.reset();
  if (call.arguments)
    evaluateAll(*call.arguments, evaluator);
  if (call.block) { // for the errors in it
    NameLevel inner;
    expandSequence(*call.block, inner);
    flow.shape.reset();
  }
}

void Expander::expandCombinator(const Call &call,
                                const std::optional<Name> &label,
                                NameLevel &level) {
  const std::string &kind = call.callee.text;
  bool isSequence = kind == "Sequential";
  if (call.arguments && !call.arguments->list.empty()) {
    diagnostics
        .error(DiagnosticKind::NoArguments, call.arguments->range, kind)
        .hint(fmt::format("its {} stand in braces: `{} {{ ... }}`",
                          isSequence ? "layers" : "branches", kind));
    flow.shape.reset();
  } else if (!call.block) {
    diagnostics.error(DiagnosticKind::BlockMissing, call.callee.range, kind,
                      isSequence ? "layers" : "branches");
    flow.shape.reset();
  }
  if (!call.block)
    return;
  if (call.block->isBroken) {
    flow.shape.reset();
  } else if (call.block->items.empty()) {
    diagnostics
        .error(DiagnosticKind::BlockEmpty, call.block->open, kind)
        .hint("what changes nothing is written `Identity`");
    return;
  }
  NameLevel named;
  if (label)
    named.prefix = fmt::format("{}{}.", level.prefix, label->text);
  if (isSequence)
    return expandSequence(*call.block, label ? named : level);
  expandBranches(call, layerName(kind, label, level), label ? named : level);
}

void Expander::expandSequence(const Block &block, NameLevel &level) {
  for (const Item &item : block.items)
    expandCall(item.call, item.label, level);
}

void Expander::expandBranches(const Call &call, std::string name,
                              NameLevel &level) {
  Flow entry = flow;
  std::vector<Flow> branches;
  for (const Item &item : call.block->items) {
    flow = entry;
    expandCall(item.call, item.label, level);
    branches.push_back(std::move(flow));
  }
  flow = std::move(entry);
  if (!hasRoom(call.callee.range))
    return;
  Layer layer;
  layer.name = std::move(name);
  layer.range = call.callee.range;
  if (call.callee.text == "Sum")
    layer.spec = shape::Sum();
  else
    layer.spec = shape::Concat();
  join(layer, branches);
}

void Expander::expandLayer(const Call &call, const LayerKind &kind,
                           const std::optional<Name> &label, NameLevel &level) {
  std::optional<BoundArguments> arguments =
      bind(kind.signature, call.callee,
           call.arguments ? &*call.arguments : nullptr, evaluator, diagnostics);
  if (!arguments) {
    flow.shape.reset();
    return;
  }
  Layer layer;
  layer.spec = kind.build(*arguments);
  if (std::holds_alternative<shape::Identity>(layer.spec))
    return;
  if (!hasRoom(call.callee.range))
    return;
  layer.name = layerName(kind.signature.name, label, level);
  layer.range = call.callee.range;
  layer.arguments = givenArguments(kind.signature, *arguments);
  if (const auto *activation = arguments->find("activation"))
    layer.activation = std::get<shape::ActivationKind>(activation->value);
  infer(layer, *arguments);
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
