// `if`, `repeat` and `for`, in sequences and among branches. Without values
// (isDry) every block is passed through once.
#include "dsl/Expander.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace netc::dsl {

/// The most passes of a loop: more layers than that are too many.
static constexpr int64_t maxPasses = 1 << 14;

bool Expander::checkBlock(const Block &block, std::string_view owner) {
  if (block.isBroken) {
    flow.shape.reset();
  } else if (block.items.empty()) {
    diagnostics.error(DiagnosticKind::BlockEmpty, block.open, owner)
        .hint("what changes nothing is written `Identity`");
    return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

void Expander::pass(const Block &block, const ExpandBlock &expand) {
  if (!enter(block.open))
    return;
  const Block *outer = std::exchange(control, &block);
  expand(block);
  control = outer;
  --nesting;
}

/// The first arm whose condition holds.
bool Expander::forEachPass(const IfItem &item, const ExpandBlock &expand) {
  bool isKnown = true, isTaken = false;
  for (const IfItem::Arm &arm : item.arms) {
    bool isGood = checkBlock(arm.block, "if");
    if (isTaken)
      continue;
    Value condition = evaluator.evaluate(*arm.condition);
    const bool *holds = condition.as<bool>();
    if (!holds && !condition.isError())
      diagnostics.error(DiagnosticKind::OperandKind, arm.condition->range, "if",
                        "`true` or `false`", toText(condition));
    isKnown &= holds != nullptr;
    isTaken = isKnown && *holds && !isDry;
    if (isGood && (isTaken || isDry))
      pass(arm.block, expand);
  }
  if (item.otherwise && checkBlock(*item.otherwise, "else") &&
      (isDry || (isKnown && !isTaken)))
    pass(*item.otherwise, expand);
  return isKnown;
}

std::optional<int64_t> Expander::evaluateCount(const Expr &expr,
                                               std::string_view what) {
  Value value = evaluator.evaluate(expr);
  const int64_t *count = value.as<int64_t>();
  if (count && *count >= 0 && *count <= maxPasses)
    return *count;
  if (count)
    diagnostics.error(DiagnosticKind::ValueRange, expr.range, what,
                      *count < 0 ? "at least 0"
                                 : fmt::format("at most {}", maxPasses),
                      *count);
  else if (!value.isError())
    diagnostics.error(DiagnosticKind::ValueKind, expr.range, what, "an integer",
                      toText(value));
  return std::nullopt;
}

bool Expander::forEachPass(const RepeatItem &item, const ExpandBlock &expand) {
  bool isGood = checkBlock(item.block, "repeat");
  std::optional<int64_t> count =
      evaluateCount(*item.count, "the count of `repeat`");
  if (isDry)
    count = 1;
  if (!count || !isGood)
    return false;
  ++passes;
  for (int64_t i = 0; i < *count && maySpend(item.keyword); ++i) {
    Diagnostics::Pass once(diagnostics);
    pass(item.block, expand);
  }
  --passes;
  return true;
}

/// Names of values and `input` stay what they are; in `[a, a]` one is a slip.
bool Expander::checkNames(const ForItem &item) {
  bool isGood = true;
  for (size_t i = 0; i < item.names.size(); ++i) {
    const Name &name = item.names[i];
    isGood &= checkParameterName(name, diagnostics);
    auto first = std::ranges::find(item.names, name.text, &Name::text);
    if (first == item.names.begin() + static_cast<std::ptrdiff_t>(i))
      continue;
    diagnostics
        .error(DiagnosticKind::DeclaredTwice, name.range,
               fmt::format("`{}`", name.text))
        .note(first->range, "the first one is here");
    isGood = false;
  }
  return isGood;
}

/// One pass, with the names bound to an element or to its parts.
bool Expander::passWith(const ForItem &item, const Value &element,
                        const ExpandBlock &expand) {
  Diagnostics::Pass once(diagnostics);
  const auto *parts = element.as<Value::List>();
  bool isKnown =
      !item.destructures || (parts && parts->size() == item.names.size());
  if (!isKnown && !element.isError())
    diagnostics.error(
        DiagnosticKind::ValueKind, item.list->range, "each element",
        fmt::format("a list of {}", item.names.size()), toText(element));
  if (!isKnown && !isDry)
    return false;
  std::deque<Evaluator::Binding> bindings;
  for (size_t i = 0; i < item.names.size(); ++i) {
    Value value;
    if (isKnown)
      value = item.destructures ? (*parts)[i] : element;
    bindings.emplace_back(evaluator, item.names[i].text, std::move(value));
  }
  pass(item.block, expand);
  while (!bindings.empty()) // what a later one shadows comes back first
    bindings.pop_back();
  return true;
}

bool Expander::forEachElement(const ForItem &item, const Value &list,
                              const ExpandBlock &expand) {
  const auto *elements = list.as<Value::List>();
  if (!elements) {
    diagnostics.error(DiagnosticKind::OperandKind, item.list->range, "for",
                      "a list or a range", toText(list));
    return false;
  }
  if (elements->size() > maxPasses) {
    diagnostics.error(
        DiagnosticKind::ValueRange, item.list->range, "the list of `for`",
        fmt::format("of at most {} elements", maxPasses), elements->size());
    return false;
  }
  bool isKnown = true;
  for (const Value &element : *elements) {
    if (!maySpend(item.keyword))
      break;
    isKnown &= passWith(item, element, expand);
  }
  return isKnown;
}

bool Expander::forEachNumber(const ForItem &item, const Value &begin,
                             const ExpandBlock &expand) {
  Value end = evaluator.evaluate(*item.end);
  for (auto [value, expr] : {std::pair(&begin, &item.list), {&end, &item.end}})
    if (!value->as<int64_t>()) {
      if (!value->isError())
        diagnostics.error(DiagnosticKind::ValueKind, (*expr)->range,
                          "a bound of `..`", "an integer", toText(*value));
      return false;
    }
  int64_t first = *begin.as<int64_t>(), last = *end.as<int64_t>();
  int64_t count = 0;
  bool isAbsurd = __builtin_sub_overflow(last, first, &count) || count < 0 ||
                  count > maxPasses;
  if (isAbsurd) {
    diagnostics.error(
        DiagnosticKind::ValueRange, item.end->range, "the end of `..`",
        last < first ? fmt::format("at least {}", first)
                     : fmt::format("at most {} more than {}", maxPasses, first),
        last);
    return false;
  }
  bool isKnown = true;
  for (int64_t i = first; i < last && maySpend(item.keyword); ++i)
    isKnown &= passWith(item, Value{i}, expand);
  return isKnown;
}

bool Expander::forEachPass(const ForItem &item, const ExpandBlock &expand) {
  bool isGood = checkBlock(item.block, "for") & checkNames(item);
  Value list = evaluator.evaluate(*item.list);
  if (isDry) {
    if (item.end)
      evaluator.evaluate(*item.end);
    if (isGood)
      passWith(item, Value{}, expand);
    return false;
  }
  if (!isGood)
    return false;
  ++passes;
  bool isKnown = item.end         ? forEachNumber(item, list, expand)
                 : list.isError() ? false
                                  : forEachElement(item, list, expand);
  --passes;
  return isKnown;
}

//===----------------------------------------------------------------------===//
// Sequences and branches
//===----------------------------------------------------------------------===//

void Expander::expandSequence(const Block &block, NameLevel &level) {
  ExpandBlock expandInner = [&](const Block &inner) {
    expandSequence(inner, level);
  };
  for (const Item &item : block.items) {
    if (isStopped)
      return;
    if (const auto *call = std::get_if<Call>(&item.node)) {
      expandCall(*call, item.label, level);
      continue;
    }
    bool isKnown = std::visit(
        [&](const auto &node) {
          if constexpr (std::is_same_v<decltype(node), const Call &>)
            return true;
          else
            return forEachPass(node, expandInner);
        },
        item.node);
    if (!isKnown)
      flow.shape.reset();
  }
}

void Expander::expandBranches(const Call &call, std::string name,
                              NameLevel &level) {
  Flow entry = flow;
  std::vector<Flow> branches;
  ExpandBlock branchOf = [&](const Block &block) {
    flow = entry;
    expandSequence(block, level);
    branches.push_back(flow);
  };
  bool isKnown = true;
  for (const Item &item : call.block->items) {
    if (const auto *single = std::get_if<Call>(&item.node)) {
      flow = entry;
      expandCall(*single, item.label, level);
      branches.push_back(flow);
      continue;
    }
    flow = entry;
    isKnown &= std::visit(
        [&](const auto &node) {
          if constexpr (std::is_same_v<decltype(node), const Call &>)
            return true;
          else
            return forEachPass(node, branchOf);
        },
        item.node);
  }
  flow = std::move(entry);
  if (!hasRoom(call.callee.range))
    return;
  if (branches.empty() || !isKnown || call.block->isBroken) {
    if (branches.empty() && isKnown && !call.block->isBroken)
      diagnostics
          .error(DiagnosticKind::NoBranches, call.callee.range,
                 call.callee.text)
          .hint("the input itself as a branch is written `Identity`");
    flow.shape.reset();
    return;
  }
  constexpr size_t maxBranches = 1024;
  if (branches.size() > maxBranches) {
    diagnostics.error(DiagnosticKind::ValueRange, call.callee.range,
                      fmt::format("`{}`", call.callee.text),
                      fmt::format("of at most {} branches", maxBranches),
                      branches.size());
    flow.shape.reset();
    return;
  }
  Layer layer;
  layer.name = std::move(name);
  layer.range = call.callee.range;
  if (call.callee.text == "Sum")
    layer.spec = shape::Sum();
  else
    layer.spec = shape::Concat();
  join(std::move(layer), branches);
}

} // namespace netc::dsl
