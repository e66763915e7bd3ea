// The analysis of a file: its declarations, the network's parameters and
// signature.
#include "dsl/Sema.h"

#include "dsl/Imports.h"
#include "dsl/Lexer.h"
#include "dsl/Names.h"
#include "dsl/Parser.h"

#include <algorithm>

namespace netc::dsl {

namespace {
class Analyzer {
public:
  Analyzer(const SourceFile &source,
           const std::map<std::string, std::string> &settings,
           Diagnostics &diagnostics)
      : source(source), settings(settings), diagnostics(diagnostics),
        evaluator(diagnostics) {}

  std::unique_ptr<Network> run();

private:
  template <typename Declarations>
  void checkOnce(const Declarations &declarations, std::string_view what,
                 auto &&rangeOf);
  void defineParameters(const NetworkDecl &decl);
  Value parameterValue(const NetworkDecl &decl, const Parameter &parameter);
  std::optional<shape::Shape> evaluateShape(const Expr &expr,
                                            std::string_view what);
  void defineInput(const NetworkDecl &decl, Value value);
  void defineInputOfConstants(const NetworkDecl &decl);

  const SourceFile &source;
  const std::map<std::string, std::string> &settings;
  Diagnostics &diagnostics;
  Evaluator evaluator;
};
} // namespace

template <typename Declarations>
void Analyzer::checkOnce(const Declarations &declarations,
                         std::string_view what, auto &&rangeOf) {
  for (size_t i = 1; i < declarations.size(); ++i)
    diagnostics
        .error(DiagnosticKind::DeclaredTwice, rangeOf(declarations[i]), what)
        .note(rangeOf(declarations[0]), "the first one is here");
}

//===----------------------------------------------------------------------===//
// Parameters and shapes
//===----------------------------------------------------------------------===//

Value Analyzer::parameterValue(const NetworkDecl &decl,
                               const Parameter &parameter) {
  const std::string &name = parameter.name.text;
  if (auto setting = settings.find(name); setting != settings.end()) {
    const SourceFile &text = diagnostics.keep(
        {fmt::format("--set {}", clipped(name)), setting->second});
    ExprPtr expr = parseExpression(text, diagnostics);
    return expr ? evaluator.evaluate(*expr) : Value{};
  }
  if (parameter.value)
    return evaluator.evaluate(*parameter.value);
  diagnostics
      .error(DiagnosticKind::ParameterWithoutValue, parameter.name.range, name,
             decl.name.text)
      .hint(fmt::format("give it a default, or set it: `--set {}=...`", name));
  return {};
}

/// An integer, a shape or a list of integers, as a shape.
static std::optional<shape::Shape> toShape(const Value &value) {
  if (const int64_t *integer = value.as<int64_t>())
    return shape::Shape{*integer};
  if (const auto *shape = value.as<shape::Shape>())
    return *shape;
  const auto *list = value.as<Value::List>();
  if (!list || list->empty())
    return std::nullopt;
  shape::Shape shape;
  for (const Value &element : *list) {
    const int64_t *integer = element.as<int64_t>();
    if (!integer)
      return std::nullopt;
    shape.push_back(*integer);
  }
  return shape;
}

/// Whether a network can have an input or output of these sizes.
static bool isInputShape(const shape::Shape &shape) {
  return (shape.size() == 1 || shape.size() == 3) &&
         std::ranges::all_of(shape, [](int64_t size) { return size >= 1; }) &&
         shape::elementCount(shape);
}

/// Under its own name too, unless that is the name of a value.
void Analyzer::defineInput(const NetworkDecl &decl, Value value) {
  if (namesInput(decl.inputName.text))
    evaluator.define(decl.inputName.text, value);
  evaluator.define("input", std::move(value));
}

/// Where the input's shape needs no parameter, their defaults may use it.
void Analyzer::defineInputOfConstants(const NetworkDecl &decl) {
  Diagnostics unsaid; // what is wrong is said where the shape is checked
  Value value = Evaluator(unsaid).evaluate(*decl.input);
  std::optional<shape::Shape> shape = toShape(value);
  if (shape && isInputShape(*shape))
    defineInput(decl, {*shape});
}

/// Goes in the order of the text: a default may use the parameters before it.
void Analyzer::defineParameters(const NetworkDecl &decl) {
  std::map<std::string_view, SourceRange> names;
  for (const Parameter &parameter : decl.parameters) {
    const Name &name = parameter.name;
    if (!checkParameterName(name, diagnostics))
      continue;
    if (name.text == decl.inputName.text) {
      diagnostics
          .error(DiagnosticKind::DeclaredTwice, name.range,
                 fmt::format("`{}`", name.text))
          .note(decl.inputName.range, "the input has this name");
      continue;
    }
    auto [first, isFirst] = names.try_emplace(name.text, name.range);
    if (isFirst)
      evaluator.define(name.text, parameterValue(decl, parameter));
    else
      diagnostics
          .error(DiagnosticKind::DeclaredTwice, name.range,
                 fmt::format("parameter `{}`", name.text))
          .note(first->second, "the first one is here");
  }
  std::vector<std::string_view> known;
  for (const auto &[name, range] : names)
    known.push_back(name);
  for (const auto &[name, value] : settings) {
    if (names.contains(name))
      continue;
    std::string_view nearest = nearestName(name, known);
    Diagnostic &error = diagnostics.error(
        DiagnosticKind::UnknownSetting, decl.name.range, decl.name.text, name);
    if (!nearest.empty())
      error.hint(fmt::format("did you mean `{}`?", nearest));
    else if (!known.empty())
      error.hint(fmt::format("its parameters: {}", listOfNames(known, ", ")));
  }
}

/// The shape of the network's input or output; nullopt after an error.
std::optional<shape::Shape> Analyzer::evaluateShape(const Expr &expr,
                                                    std::string_view what) {
  Value value = evaluator.evaluate(expr);
  if (value.isError())
    return std::nullopt;
  auto invalid = [&](DiagnosticKind kind, std::string_view expectation) {
    diagnostics.error(kind, expr.range, what, expectation, toText(value));
    return std::nullopt;
  };
  std::optional<shape::Shape> shape = toShape(value);
  if (!shape)
    return invalid(DiagnosticKind::ValueKind, "a shape");
  if (shape->size() != 1 && shape->size() != 3)
    return invalid(DiagnosticKind::ShapeInvalid,
                   "one size, or channels x height x width");
  if (std::ranges::any_of(*shape, [](int64_t size) { return size < 1; }))
    return invalid(DiagnosticKind::ShapeInvalid, "of sizes of at least 1");
  if (!shape::elementCount(*shape))
    return invalid(DiagnosticKind::ShapeInvalid, "at most 2^40 elements");
  return shape;
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

std::unique_ptr<Network> Analyzer::run() {
  File file = parse(source, diagnostics);
  checkOnce(file.networks, "the network",
            [](const auto &decl) { return decl.name.range; });
  checkOnce(file.data, "`data`", [](const auto &decl) { return decl.keyword; });
  checkOnce(file.trains, "`train`",
            [](const auto &decl) { return decl.keyword; });
  Imports imports(diagnostics);
  imports.load(file, source);
  LayerTable table = collectLayers(file, imports, diagnostics);
  if (file.networks.empty()) {
    if (!file.isBroken)
      diagnostics.error(DiagnosticKind::NoNetwork, {&source, 0, 0})
          .hint("`network Name(image: 1x28x28) -> 10 = Sequential { ... }`");
    checkLayers(nullptr, table, evaluator, diagnostics);
    return nullptr;
  }

  const NetworkDecl &decl = file.networks[0];
  auto network = std::make_unique<Network>();
  network->name = decl.name.text;
  network->inputName = decl.inputName.text;
  network->range = decl.name.range;
  network->inputRange = decl.input->range;
  network->outputRange = decl.output->range;
  defineInputOfConstants(decl);
  defineParameters(decl);
  std::optional<shape::Shape> input = evaluateShape(*decl.input, "the input");
  network->input = input.value_or(shape::Shape());
  defineInput(decl, input ? Value{*input} : Value{});
  network->output =
      evaluateShape(*decl.output, "the output").value_or(shape::Shape());

  for (const Imports::Imported &each : imports.all())
    network->imports.push_back(each.source);
  expandLayers(decl, table, input.has_value(), evaluator, diagnostics,
               *network);
  checkLayers(&decl, table, evaluator, diagnostics);
  if (file.data.empty())
    network->transforms = {{shape::ToTensor(), network->range, Phase::Both}};
  else if (input)
    resolveData(file.data[0], evaluator, diagnostics, *network);
  if (!file.trains.empty())
    resolveTrain(file.trains[0], evaluator, diagnostics, *network);
  checkLabelMaps(*network, diagnostics);
  // What a network costs is known when it is right; settings make another of
  // it.
  resolveExpects(file.expects, settings.empty() && !diagnostics.hasErrors(),
                 evaluator, diagnostics, *network);
  if (diagnostics.hasErrors())
    return nullptr;
  lint(*network, diagnostics);
  return network;
}

std::unique_ptr<Network>
analyze(const SourceFile &source,
        const std::map<std::string, std::string> &settings,
        Diagnostics &diagnostics) {
  return Analyzer(source, settings, diagnostics).run();
}

} // namespace netc::dsl
