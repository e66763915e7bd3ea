// The evaluator. Integers never wrap and never become fractions silently.
#include "dsl/Evaluate.h"

#include "dsl/Names.h"
#include "dsl/Vocabulary.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace netc::dsl {

std::span<const std::string_view> memberNames() {
  static constexpr std::string_view names[] = {"channels", "height", "width",
                                               "size"};
  return names;
}

std::span<const std::string_view> valueNames() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for (shape::ActivationKind kind : shape::activationKinds())
      list.push_back(shape::toString(kind));
    for (auto mode :
         {shape::Interpolation::Nearest, shape::Interpolation::Bilinear})
      list.push_back(shape::toString(mode));
    return list;
  }();
  return names;
}

const Value *Evaluator::find(std::string_view name) const {
  auto lookUp = [&](const Scope &scope) {
    auto it = scope.find(name);
    return it == scope.end() ? nullptr : &it->second;
  };
  const Value *value =
      lookUp(layers.empty() ? networkLoops : layers.back().scope);
  bool seesNetwork = layers.empty() || layers.back().seesNetwork;
  return value || !seesNetwork ? value : lookUp(network);
}

std::vector<std::string_view> Evaluator::knownNames() const {
  std::vector<std::string_view> known(valueNames().begin(), valueNames().end());
  auto add = [&](const Scope &scope) {
    for (const auto &[name, value] : scope)
      known.push_back(name);
  };
  add(layers.empty() ? networkLoops : layers.back().scope);
  if (layers.empty() || layers.back().seesNetwork)
    add(network);
  return known;
}

Evaluator::Binding::Binding(Evaluator &evaluator, std::string name, Value value)
    : scope(evaluator.layers.empty() ? evaluator.networkLoops
                                     : evaluator.layers.back().scope),
      name(std::move(name)) {
  if (auto it = scope.find(this->name); it != scope.end())
    shadowed = std::exchange(it->second, std::move(value));
  else
    scope.emplace(this->name, std::move(value));
}

Evaluator::Binding::~Binding() {
  if (shadowed)
    scope.find(name)->second = std::move(*shadowed);
  else
    scope.erase(name);
}

static bool isNumber(const Value &value) {
  return value.as<int64_t>() || value.as<double>();
}

static double toDouble(const Value &value) {
  const int64_t *integer = value.as<int64_t>();
  return integer ? double(*integer) : *value.as<double>();
}

/// Whether two values are equal; nullopt if they are of different kinds.
static std::optional<bool> areEqual(const Value &a, const Value &b) {
  if (isNumber(a) && isNumber(b)) {
    if (a.as<int64_t>() && b.as<int64_t>())
      return *a.as<int64_t>() == *b.as<int64_t>();
    return toDouble(a) == toDouble(b);
  }
  if (a.content.index() != b.content.index())
    return std::nullopt;
  const auto *list = a.as<Value::List>();
  if (!list)
    return std::visit(
        [&](const auto &content) {
          if constexpr (std::is_same_v<decltype(content), const Value::List &>)
            return false;
          else
            return content ==
                   std::get<std::decay_t<decltype(content)>>(b.content);
        },
        a.content);
  const auto &other = *b.as<Value::List>();
  if (list->size() != other.size())
    return false;
  for (size_t i = 0; i < list->size(); ++i) {
    std::optional<bool> equal = areEqual((*list)[i], other[i]);
    if (!equal || !*equal)
      return equal;
  }
  return true;
}

/// What a value adds to the size of a list.
static size_t weightOf(const Value &value) {
  constexpr size_t charactersAsElement = 64;
  if (const auto *text = value.as<std::string>())
    return 1 + text->size() / charactersAsElement;
  if (const auto *shape = value.as<shape::Shape>())
    return shape->size();
  return value.size;
}

struct Evaluator::Visitor {
  Evaluator &evaluator;
  const Expr &expr;

  Diagnostic &error(DiagnosticKind kind, SourceRange range,
                    const auto &...args) {
    return evaluator.diagnostics.error(kind, range, args...);
  }
  Value failed(DiagnosticKind kind, SourceRange range, const auto &...args) {
    error(kind, range, args...);
    return {};
  }

  Value operator()(const ErrorExpr &) { return {}; }
  Value operator()(const IntegerExpr &node) { return {node.value}; }
  Value operator()(const FloatExpr &node) { return {node.value}; }
  Value operator()(const BooleanExpr &node) { return {node.value}; }
  Value operator()(const StringExpr &node) { return {node.value}; }
  Value operator()(const ShapeExpr &node) { return {node.value}; }
  Value operator()(const NameExpr &node);
  Value operator()(const CallExpr &node);
  Value operator()(const ListExpr &node);
  Value operator()(const IndexExpr &node);
  Value operator()(const MemberExpr &node);
  Value operator()(const UnaryExpr &node);
  Value operator()(const BinaryExpr &node);

  Value evaluateLogical(const BinaryExpr &node);
  Value compare(const BinaryExpr &node, const Value &a, const Value &b);
  Value compute(const BinaryExpr &node, int64_t a, int64_t b);
  Value compute(const BinaryExpr &node, double a, double b);
};

Value Evaluator::evaluate(const Expr &expr) {
  ++stepCount;
  return std::visit(Visitor{*this, expr}, expr.node);
}

Value Evaluator::Visitor::operator()(const NameExpr &node) {
  if (const Value *value = evaluator.find(node.name)) {
    if (!value->as<Value::List>()) // whose copies are free
      evaluator.stepCount += weightOf(*value);
    return *value;
  }
  if (std::ranges::find(valueNames(), node.name) != valueNames().end())
    return {NamedValue{node.name}};
  Diagnostic &diagnostic =
      error(DiagnosticKind::UnknownName, expr.range, node.name);
  if (!evaluator.diagnostics.isKept(diagnostic))
    return {};
  std::string hint =
      hintForName(NameContext::Value, node.name, evaluator.knownNames());
  if (!hint.empty())
    diagnostic.hint(hint);
  return {};
}

Value Evaluator::Visitor::operator()(const CallExpr &node) {
  Diagnostic &diagnostic =
      error(DiagnosticKind::CallIsNoValue, expr.range, node.callee.text);
  std::string_view word = node.callee.text;
  word.remove_prefix(word.rfind('.') + 1);
  std::string_view nearest = nearestName(word, valueNames());
  if (!nearest.empty())
    diagnostic.hint(fmt::format("write `{}`", nearest));
  return {};
}

/// Parameters hold lists of lists: without a bound a short text would make one
/// of any depth and size.
Value Evaluator::Visitor::operator()(const ListExpr &node) {
  std::vector<Value> elements;
  bool isError = false;
  Value result;
  for (const ExprPtr &element : node.elements) {
    elements.push_back(evaluator.evaluate(*element));
    isError |= elements.back().isError();
    result.size += weightOf(elements.back());
    result.depth = std::max(result.depth, elements.back().depth + 1);
    if (result.depth > maxDepth)
      return failed(DiagnosticKind::NestedTooDeep, expr.range, maxDepth);
    if (result.size - 1 > maxListSize) // itself it is one of another's
      return failed(DiagnosticKind::ListTooLong, expr.range, maxListSize);
  }
  if (!isError)
    result.content = Value::List(std::move(elements));
  return result;
}

Value Evaluator::Visitor::operator()(const IndexExpr &node) {
  Value base = evaluator.evaluate(*node.base);
  Value index = evaluator.evaluate(*node.index);
  if (base.isError() || index.isError())
    return {};
  const auto *list = base.as<Value::List>();
  const auto *shape = base.as<shape::Shape>();
  if (!list && !shape)
    return failed(DiagnosticKind::OperandKind, node.base->range, "[...]",
                  "a list or a shape", toText(base));
  const int64_t *i = index.as<int64_t>();
  if (!i)
    return failed(DiagnosticKind::ValueKind, node.index->range, "an index",
                  "an integer", toText(index));
  int64_t count = list ? list->size() : shape->size();
  if (*i < 0 || *i >= count) {
    error(DiagnosticKind::IndexOutOfRange, node.index->range, *i, toText(base),
          count)
        .hint("the first element has index 0");
    return {};
  }
  return list ? (*list)[*i] : Value{(*shape)[*i]};
}

Value Evaluator::Visitor::operator()(const MemberExpr &node) {
  std::span<const std::string_view> members = memberNames();
  Value base = evaluator.evaluate(*node.base);
  if (base.isError())
    return {};
  const std::string &name = node.member.text;
  const auto *shape = base.as<shape::Shape>();
  if (!shape)
    return failed(DiagnosticKind::OperandKind, node.base->range, "." + name,
                  "a shape", toText(base));
  if (name == "channels")
    return {(*shape)[0]};
  bool isImage = shape->size() == 3;
  if (name == "height" && isImage)
    return {(*shape)[1]};
  if (name == "width" && isImage)
    return {(*shape)[2]};
  if (name == "size") {
    if (std::optional<int64_t> count = shape::elementCount(*shape))
      return {*count};
    return failed(DiagnosticKind::ShapeInvalid, node.base->range,
                  fmt::format("`.{}`", name), "at most 2^40", toText(base));
  }
  Diagnostic &diagnostic = error(DiagnosticKind::UnknownMember,
                                 node.member.range, toText(base), name);
  if (std::ranges::find(members, name) == members.end())
    diagnostic.hint(hintForName(NameContext::Member, name, members));
  return {};
}

Value Evaluator::Visitor::operator()(const UnaryExpr &node) {
  Value operand = evaluator.evaluate(*node.operand);
  if (operand.isError())
    return {};
  if (node.op == UnaryOperator::Not) {
    if (const bool *value = operand.as<bool>())
      return {!*value};
    return failed(DiagnosticKind::OperandKind, node.operand->range, "not",
                  "`true` or `false`", toText(operand));
  }
  if (const int64_t *integer = operand.as<int64_t>()) // at least -INT64_MAX
    return {-*integer};
  if (const double *number = operand.as<double>())
    return {-*number};
  return failed(DiagnosticKind::OperandKind, node.operand->range, "-",
                "a number", toText(operand));
}

Value Evaluator::Visitor::operator()(const BinaryExpr &node) {
  if (node.op == BinaryOperator::And || node.op == BinaryOperator::Or)
    return evaluateLogical(node);
  Value a = evaluator.evaluate(*node.left);
  Value b = evaluator.evaluate(*node.right);
  if (a.isError() || b.isError())
    return {};
  if (node.op == BinaryOperator::Equal || node.op == BinaryOperator::NotEqual) {
    evaluator.stepCount += weightOf(a);
    if (std::optional<bool> equal = areEqual(a, b))
      return {*equal == (node.op == BinaryOperator::Equal)};
    return failed(DiagnosticKind::OperandKind, node.opRange, spelling(node.op),
                  "two values of one kind",
                  fmt::format("{} and {}", toText(a), toText(b)));
  }
  for (auto [value, operand] :
       {std::pair(&a, &node.left), std::pair(&b, &node.right)})
    if (!isNumber(*value))
      return failed(DiagnosticKind::OperandKind, (*operand)->range,
                    spelling(node.op), "numbers", toText(*value));
  if (node.op < BinaryOperator::Add)
    return compare(node, a, b);
  if (a.as<int64_t>() && b.as<int64_t>())
    return compute(node, *a.as<int64_t>(), *b.as<int64_t>());
  return compute(node, toDouble(a), toDouble(b));
}

/// The right operand is evaluated only where it decides.
Value Evaluator::Visitor::evaluateLogical(const BinaryExpr &node) {
  for (const ExprPtr *operand : {&node.left, &node.right}) {
    Value value = evaluator.evaluate(**operand);
    if (value.isError())
      return {};
    const bool *boolean = value.as<bool>();
    if (!boolean)
      return failed(DiagnosticKind::OperandKind, (*operand)->range,
                    spelling(node.op), "`true` or `false`", toText(value));
    if (*boolean == (node.op == BinaryOperator::Or))
      return value;
  }
  return {node.op == BinaryOperator::And};
}

Value Evaluator::Visitor::compare(const BinaryExpr &node, const Value &a,
                                  const Value &b) {
  auto holds = [&](auto left, auto right) {
    switch (node.op) {
    case BinaryOperator::LessEqual:
      return left <= right;
    case BinaryOperator::GreaterEqual:
      return left >= right;
    case BinaryOperator::Less:
      return left < right;
    default:
      return left > right;
    }
  };
  if (a.as<int64_t>() && b.as<int64_t>())
    return {holds(*a.as<int64_t>(), *b.as<int64_t>())};
  return {holds(toDouble(a), toDouble(b))};
}

Value Evaluator::Visitor::compute(const BinaryExpr &node, int64_t a,
                                  int64_t b) {
  int64_t result = 0;
  bool overflows = false;
  switch (node.op) {
  case BinaryOperator::Add:
    overflows = __builtin_add_overflow(a, b, &result);
    break;
  case BinaryOperator::Subtract:
    overflows = __builtin_sub_overflow(a, b, &result);
    break;
  case BinaryOperator::Multiply:
    overflows = __builtin_mul_overflow(a, b, &result);
    break;
  default:
    if (b == 0)
      return failed(DiagnosticKind::DivisionByZero, node.opRange);
    if (b == -1) { // INT64_MIN / -1 traps
      overflows = __builtin_sub_overflow(int64_t(0), a, &result);
      if (node.op == BinaryOperator::Remainder)
        return {int64_t(0)};
      break;
    }
    if (node.op == BinaryOperator::Remainder)
      return {a % b != 0 && (a < 0) != (b < 0) ? a % b + b : a % b};
    if (a % b != 0) {
      error(DiagnosticKind::InexactDivision, expr.range, a, b)
          .hint("`(a - a % b)/b` rounds down");
      return {};
    }
    result = a / b;
  }
  // -INT64_MAX - 1 could not be negated.
  if (overflows || result == INT64_MIN)
    return failed(DiagnosticKind::ArithmeticOverflow, expr.range, a,
                  spelling(node.op), b);
  return {result};
}

Value Evaluator::Visitor::compute(const BinaryExpr &node, double a, double b) {
  double result = 0;
  switch (node.op) {
  case BinaryOperator::Add:
    result = a + b;
    break;
  case BinaryOperator::Subtract:
    result = a - b;
    break;
  case BinaryOperator::Multiply:
    result = a * b;
    break;
  default:
    if (b == 0)
      return failed(DiagnosticKind::DivisionByZero, node.opRange);
    result =
        node.op == BinaryOperator::Divide ? a / b : a - b * std::floor(a / b);
  }
  if (!std::isfinite(result))
    return failed(DiagnosticKind::ArithmeticOverflow, expr.range,
                  toText(Value{a}), spelling(node.op), toText(Value{b}));
  return {result};
}

} // namespace netc::dsl
