// The names of expanded layers, and how far an expansion may go.
#include "dsl/Expander.h"

#include "dsl/Characters.h"

#include <algorithm>

namespace netc::dsl {

/// With what a layer's multiply-adds can be, their sum cannot overflow.
static constexpr size_t maxLayers = 1 << 14;

/// How deep layers and control flow may stand in one another, expanded; it
/// bounds recursion.
static constexpr unsigned maxNesting = 600;

/// What an expansion may cost, in evaluated expressions. A call costs as much
/// as some of them.
static constexpr uint64_t maxSteps = 1 << 23, callSteps = 16;

bool Expander::hasRoom(SourceRange range) {
  if (isStopped)
    return stop();
  if (network.layers.size() < maxLayers)
    return true;
  diagnostics.error(DiagnosticKind::TooManyLayers, range, maxLayers);
  return stop();
}

bool Expander::maySpend(SourceRange range) {
  if (isStopped)
    return false;
  steps += callSteps;
  // Where errors are only counted, repetition is no news.
  if (diagnostics.isFull() && (use != noUse || passes > 0))
    return stop();
  if (steps + evaluator.steps() <= maxSteps)
    return true;
  diagnostics.error(DiagnosticKind::ExpansionTooLarge, range,
                    network.layers.size());
  return stop();
}

bool Expander::enter(SourceRange range) {
  if (isStopped)
    return false;
  if (nesting == maxNesting) {
    diagnostics.error(DiagnosticKind::ExpansionTooDeep, range, maxNesting)
        .hint("a layer that uses itself needs an `if` that ends it");
    return stop();
  }
  ++nesting;
  return true;
}

/// Whether the label reads like a name without one: `conv2d_1`.
static bool isAutomatic(std::string_view label, const LayerTable &table) {
  size_t end = label.rfind('_');
  if (end == label.npos || end + 1 == label.size() ||
      !std::ranges::all_of(label.substr(end + 1), isDigit))
    return false;
  std::string_view base = label.substr(0, end);
  return base == "sum" || base == "concat" ||
         std::ranges::any_of(layerKinds(),
                             [&](const LayerKind &kind) {
                               return baseName(kind.signature.name) == base;
                             }) ||
         std::ranges::any_of(table, [&](const auto &entry) {
           return baseName(entry.first) == base;
         });
}

/// One label at two places is a slip, unless control flow parts them.
void Expander::checkLabel(const Name &label, NameLevel &level) {
  auto [entry, isNew] = level.labels.try_emplace(label.text);
  if (isNew && isAutomatic(label.text, table))
    diagnostics.error(DiagnosticKind::AutomaticLabel, label.range, label.text);
  for (const NameLevel::LabelPlace &place : entry->second) {
    bool isHere = place.range.file == label.range.file &&
                  place.range.offset == label.range.offset;
    if (isHere)
      return;
    if (place.control == control) {
      diagnostics
          .error(DiagnosticKind::DeclaredTwice, label.range,
                 fmt::format("label `{}`", label.text))
          .note(place.range, "the first one is here");
      return;
    }
  }
  entry->second.push_back({label.range, control});
}

std::string Expander::name(std::string_view kind, SourceRange range,
                           const std::optional<Name> &label, NameLevel &level) {
  std::string own;
  if (label) {
    int64_t count = ++level.counts[":" + label->text]; // apart from the kinds'
    own = count == 1 ? label->text : fmt::format("{}_{}", label->text, count);
  } else {
    std::string base = baseName(kind);
    own = fmt::format("{}_{}", base, ++level.counts[base]);
  }
  SourceRange place = label ? label->range : range;
  auto [first, isFree] = level.taken.try_emplace(own, place);
  bool isReported = level.labels.contains(own) && isAutomatic(own, table);
  if (!isFree && !isReported && !isDry)
    diagnostics
        .error(DiagnosticKind::DeclaredTwice, place,
               fmt::format("name `{}{}`", level.prefix, own))
        .note(first->second, "the first one is here");
  return level.prefix + own;
}

} // namespace netc::dsl
