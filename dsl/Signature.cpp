// Binding the arguments of a call to its signature.
#include "dsl/Signature.h"

#include "dsl/Names.h"
#include "dsl/Vocabulary.h"

#include <algorithm>

namespace netc::dsl {

static std::string_view expectation(ArgumentKind kind) {
  switch (kind) {
  case ArgumentKind::Integer:
    return "an integer";
  case ArgumentKind::Pair:
    return "one integer or two (`3`, `3x5`, `[3, 5]`)";
  case ArgumentKind::Number:
    return "a number";
  case ArgumentKind::Boolean:
    return "`true` or `false`";
  case ArgumentKind::Activation:
    return "an activation (`relu`, `sigmoid`, `tanh`, `leaky_relu`, `gelu`, "
           "`silu`, `elu`, `softplus` or `hard_swish`)";
  case ArgumentKind::Numbers:
    return "a number or a list of numbers";
  case ArgumentKind::Interpolation:
    return "`nearest` or `bilinear`";
  case ArgumentKind::Sides:
    return "one integer, two (height, width: `1x2`) or four (`[top, bottom, "
           "left, right]`)";
  case ArgumentKind::Shape:
    return "one size, or three (`16x7x7`, `[16, n, n]`)";
  case ArgumentKind::Word:
    return "a name";
  case ArgumentKind::Any:
    return "a value";
  }
  return "";
}

static std::optional<double> toNumber(const Value &value) {
  if (const int64_t *integer = value.as<int64_t>())
    return double(*integer);
  if (const double *number = value.as<double>())
    return *number;
  return std::nullopt;
}

static std::optional<ArgumentValue> toPair(const Value &value) {
  if (const int64_t *integer = value.as<int64_t>())
    return shape::Pair{*integer, *integer};
  if (const auto *sizes = value.as<shape::Shape>(); sizes && sizes->size() == 2)
    return shape::Pair{(*sizes)[0], (*sizes)[1]};
  if (const auto *list = value.as<Value::List>(); list && list->size() == 2) {
    const int64_t *height = (*list)[0].as<int64_t>();
    const int64_t *width = (*list)[1].as<int64_t>();
    if (height && width)
      return shape::Pair{*height, *width};
  }
  return std::nullopt;
}

static std::optional<ArgumentValue> toActivation(const Value &value) {
  if (const auto *named = value.as<NamedValue>())
    for (shape::ActivationKind kind : shape::activationKinds())
      if (named->name == shape::toString(kind))
        return kind;
  return std::nullopt;
}

static std::optional<ArgumentValue> toInterpolation(const Value &value) {
  if (const auto *named = value.as<NamedValue>())
    for (auto mode :
         {shape::Interpolation::Nearest, shape::Interpolation::Bilinear})
      if (named->name == shape::toString(mode))
        return mode;
  return std::nullopt;
}

/// An integer, a shape or a list of integers.
static std::optional<shape::Shape> toSizes(const Value &value) {
  if (const int64_t *integer = value.as<int64_t>())
    return shape::Shape{*integer};
  if (const auto *sizes = value.as<shape::Shape>())
    return *sizes;
  const auto *list = value.as<Value::List>();
  if (!list)
    return std::nullopt;
  shape::Shape sizes;
  for (const Value &element : *list) {
    const int64_t *integer = element.as<int64_t>();
    if (!integer)
      return std::nullopt;
    sizes.push_back(*integer);
  }
  return sizes;
}

static std::optional<ArgumentValue> toSides(const Value &value) {
  std::optional<shape::Shape> sizes = toSizes(value);
  if (!sizes)
    return std::nullopt;
  const shape::Shape &s = *sizes;
  switch (s.size()) {
  case 1:
    return shape::Sides{s[0], s[0], s[0], s[0]};
  case 2:
    return shape::Sides{s[0], s[0], s[1], s[1]};
  case 4:
    return shape::Sides{s[0], s[1], s[2], s[3]};
  default:
    return std::nullopt;
  }
}

static std::optional<ArgumentValue> toNumbers(const Value &value) {
  if (std::optional<double> number = toNumber(value))
    return std::vector{*number};
  const auto *list = value.as<Value::List>();
  if (!list || list->empty())
    return std::nullopt;
  std::vector<double> numbers;
  for (const Value &element : *list) {
    std::optional<double> number = toNumber(element);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

static std::optional<ArgumentValue> convert(const Value &value,
                                            ArgumentKind kind) {
  switch (kind) {
  case ArgumentKind::Integer:
    if (const int64_t *integer = value.as<int64_t>())
      return *integer;
    return std::nullopt;
  case ArgumentKind::Pair:
    return toPair(value);
  case ArgumentKind::Number:
    if (std::optional<double> number = toNumber(value))
      return *number;
    return std::nullopt;
  case ArgumentKind::Boolean:
    if (const bool *boolean = value.as<bool>())
      return *boolean;
    return std::nullopt;
  case ArgumentKind::Activation:
    return toActivation(value);
  case ArgumentKind::Numbers:
    return toNumbers(value);
  case ArgumentKind::Interpolation:
    return toInterpolation(value);
  case ArgumentKind::Sides:
    return toSides(value);
  case ArgumentKind::Shape:
    if (std::optional<shape::Shape> sizes = toSizes(value);
        sizes && (sizes->size() == 1 || sizes->size() == 3))
      return *sizes;
    return std::nullopt;
  case ArgumentKind::Word:
    if (const auto *named = value.as<NamedValue>())
      return named->name;
    return std::nullopt;
  case ArgumentKind::Any:
    if (value.isError())
      return std::nullopt;
    return value;
  }
  return std::nullopt;
}

std::span<const ArgumentSpec> scaleArguments() {
  static constexpr ArgumentSpec specs[] = {
      {"lr_scale", ArgumentKind::Number},
      {"decay_scale", ArgumentKind::Number}};
  return specs;
}

namespace {
class Binder {
public:
  /// `common` are arguments that the signature does not say.
  Binder(const Signature &signature, std::span<const ArgumentSpec> common,
         Evaluator &evaluator, Diagnostics &diagnostics)
      : signature(signature), common(common), evaluator(evaluator),
        diagnostics(diagnostics) {}

  std::optional<BoundArguments> run(const Name &callee,
                                    const Arguments *arguments);

private:
  const ArgumentSpec *findSpec(const Arguments &arguments, size_t index);
  void bindOne(const Argument &argument, const ArgumentSpec &spec);
  void reportKind(const Argument &argument, const ArgumentSpec &spec,
                  const Value &value);

  const Signature &signature;
  std::span<const ArgumentSpec> common;
  Evaluator &evaluator;
  Diagnostics &diagnostics;
  BoundArguments bound;
  std::map<std::string_view, SourceRange> given;
  bool isFailed = false;
};
} // namespace

/// The argument of the signature that is given at `index`; null after an error.
const ArgumentSpec *Binder::findSpec(const Arguments &arguments, size_t index) {
  const Argument &argument = arguments.list[index];
  const std::vector<ArgumentSpec> &specs = signature.arguments;
  auto isMeant = [&](const ArgumentSpec &spec) {
    return argument.name && spec.name == argument.name->text;
  };
  if (auto spec = std::ranges::find_if(common, isMeant); spec != common.end())
    return &*spec;
  if (specs.empty()) {
    if (index > 0)
      return nullptr;
    Diagnostic &error = diagnostics.error(
        DiagnosticKind::NoArguments, argument.value->range, signature.name);
    if (std::ranges::find(combinatorNames(), signature.name) !=
        combinatorNames().end())
      error.hint(fmt::format(
          "what it combines stands in braces: `{} {{ ... }}`", signature.name));
    else if (std::string hint = argument.name
                                    ? hintForName(NameContext::Argument,
                                                  argument.name->text, {})
                                    : "";
             !hint.empty())
      error.hint(hint);
    return nullptr;
  }
  if (!argument.name) {
    if (index == 0)
      return &specs[0];
    Diagnostic &error =
        diagnostics.error(DiagnosticKind::SecondPositional,
                          argument.value->range, signature.name);
    if (index < specs.size())
      error.hint(fmt::format("`{}=` is the next one", specs[index].name));
    return nullptr;
  }
  auto spec = std::ranges::find_if(specs, isMeant);
  if (spec != specs.end())
    return &*spec;
  std::vector<std::string_view> known;
  for (const ArgumentSpec &other : specs)
    known.push_back(other.name);
  for (const ArgumentSpec &other : common)
    known.push_back(other.name);
  Diagnostic &error =
      diagnostics.error(DiagnosticKind::UnknownArgument, argument.name->range,
                        signature.name, argument.name->text);
  if (std::string hint =
          hintForName(NameContext::Argument, argument.name->text, known);
      !hint.empty())
    error.hint(hint);
  return nullptr;
}

void Binder::reportKind(const Argument &argument, const ArgumentSpec &spec,
                        const Value &value) {
  Diagnostic &error = diagnostics.error(
      DiagnosticKind::ValueKind, argument.value->range,
      fmt::format("`{}`", spec.name), expectation(spec.kind), toText(value));
  const auto *word = value.as<std::string>();
  if (!word)
    return;
  if (std::ranges::find(valueNames(), *word) != valueNames().end() &&
      (spec.kind == ArgumentKind::Activation ||
       spec.kind == ArgumentKind::Interpolation))
    error.hint(fmt::format("write `{}`, without quotes", *word));
  else if (std::string hint = hintForName(NameContext::Value, *word, {});
           !hint.empty())
    error.hint(hint);
}

void Binder::bindOne(const Argument &argument, const ArgumentSpec &spec) {
  SourceRange range =
      argument.name ? argument.name->range : argument.value->range;
  auto [first, isFirst] = given.try_emplace(spec.name, range);
  if (!isFirst) {
    diagnostics.error(DiagnosticKind::ArgumentGivenTwice, range, spec.name)
        .note(first->second, "the first one is here");
    isFailed = true;
    return;
  }
  // A word is a name that stands for itself, whatever else has that name.
  const auto *word = std::get_if<NameExpr>(&argument.value->node);
  Value value = spec.kind == ArgumentKind::Word && word
                    ? Value{NamedValue{word->name}}
                    : evaluator.evaluate(*argument.value);
  std::optional<ArgumentValue> converted = convert(value, spec.kind);
  if (converted)
    bound.add(spec.name, {*converted, range});
  else if (!value.isError())
    reportKind(argument, spec, value);
  isFailed |= !converted;
}

std::optional<BoundArguments> Binder::run(const Name &callee,
                                          const Arguments *arguments) {
  bool mayBeMeant = false; // what is missing, by an argument not understood
  if (arguments) {
    mayBeMeant = isFailed = arguments->isBroken;
    for (size_t i = 0; i < arguments->list.size(); ++i) {
      const Argument &argument = arguments->list[i];
      if (const ArgumentSpec *spec = findSpec(*arguments, i)) {
        bindOne(argument, *spec);
      } else {
        evaluator.evaluate(*argument.value);
        mayBeMeant = isFailed = true;
      }
    }
  }
  for (const ArgumentSpec &spec : signature.arguments) {
    if (!spec.isRequired || given.contains(spec.name))
      continue;
    if (!mayBeMeant)
      diagnostics.error(DiagnosticKind::ArgumentMissing, callee.range,
                        signature.name, spec.name);
    isFailed = true;
  }
  if (isFailed)
    return std::nullopt;
  return std::move(bound);
}

std::optional<BoundArguments>
bind(const Signature &signature, const Name &callee, const Arguments *arguments,
     Evaluator &evaluator, Diagnostics &diagnostics) {
  return Binder(signature, {}, evaluator, diagnostics).run(callee, arguments);
}

std::optional<BoundArguments> bindLayer(const Signature &signature,
                                        const Name &callee,
                                        const Arguments *arguments,
                                        Evaluator &evaluator,
                                        Diagnostics &diagnostics) {
  return Binder(signature, scaleArguments(), evaluator, diagnostics)
      .run(callee, arguments);
}

void evaluateAll(const Arguments &arguments, Evaluator &evaluator) {
  for (const Argument &argument : arguments.list)
    evaluator.evaluate(*argument.value);
}

namespace {
struct ArgumentPrinter {
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    return fmt::format("{}", value);
  }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const Value &value) const { return toText(value); }
  std::string operator()(const shape::Pair &pair) const {
    return pair[0] == pair[1] ? std::to_string(pair[0])
                              : fmt::format("{}x{}", pair[0], pair[1]);
  }
  std::string operator()(shape::ActivationKind kind) const {
    return std::string(shape::toString(kind));
  }
  std::string operator()(const std::vector<double> &numbers) const {
    if (numbers.size() == 1)
      return (*this)(numbers[0]);
    std::string text;
    for (double number : numbers)
      text += (text.empty() ? "[" : ", ") + (*this)(number);
    return text + "]";
  }
  std::string operator()(shape::Interpolation mode) const {
    return std::string(shape::toString(mode));
  }
  std::string operator()(const shape::Sides &sides) const {
    if (sides[0] == sides[1] && sides[2] == sides[3])
      return (*this)(shape::Pair{sides[0], sides[2]});
    return fmt::format("[{}, {}, {}, {}]", sides[0], sides[1], sides[2],
                       sides[3]);
  }
  std::string operator()(const shape::Shape &shape) const {
    return shape::toString(shape);
  }
  std::string operator()(const std::string &word) const { return word; }
};
} // namespace

std::vector<GivenArgument> givenArguments(const Signature &signature,
                                          const BoundArguments &arguments) {
  std::vector<GivenArgument> given;
  for (const ArgumentSpec &spec : signature.arguments)
    if (const BoundArguments::Entry *entry = arguments.find(spec.name))
      given.push_back({std::string(spec.name),
                       std::visit(ArgumentPrinter(), entry->value)});
  return given;
}

} // namespace netc::dsl
