// `expect ...`: what a run must reach, and what the network must cost.
#include "dsl/Sema.h"

#include "dsl/Names.h"

#include <algorithm>

namespace netc::dsl {

namespace {
enum class MetricKind { Accuracy, Loss, Cost };
struct Metric {
  std::string_view name;
  MetricKind kind;
};
} // namespace

static constexpr Metric metrics[] = {{"train_accuracy", MetricKind::Accuracy},
                                     {"test_accuracy", MetricKind::Accuracy},
                                     {"train_loss", MetricKind::Loss},
                                     {"test_loss", MetricKind::Loss},
                                     {"parameters", MetricKind::Cost},
                                     {"macs", MetricKind::Cost}};

std::string_view spelling(Comparison comparison) {
  static constexpr std::string_view spellings[] = {
      "==", "!=", "<=", ">=", "<", ">"};
  return spellings[static_cast<size_t>(comparison)];
}

bool Expectation::holds(double measured) const {
  switch (comparison) {
  case Comparison::Equal:
    return measured == value;
  case Comparison::NotEqual:
    return measured != value;
  case Comparison::LessEqual:
    return measured <= value;
  case Comparison::GreaterEqual:
    return measured >= value;
  case Comparison::Less:
    return measured < value;
  case Comparison::Greater:
    return measured > value;
  }
  return false;
}

static Comparison toComparison(BinaryOperator op) {
  return static_cast<Comparison>(static_cast<int>(op) -
                                 static_cast<int>(BinaryOperator::Equal));
}

namespace {
class ExpectResolver {
public:
  ExpectResolver(bool isProving, Evaluator &evaluator, Diagnostics &diagnostics,
                 Network &network)
      : isProving(isProving), evaluator(evaluator), diagnostics(diagnostics),
        network(network) {}

  void resolve(const ExpectDecl &decl);

private:
  const Metric *findMetric(const Name &name);
  std::optional<double> evaluateNumber(const ExpectDecl &decl,
                                       const Metric &metric);
  bool checkDataset(const ExpectDecl &decl, const Metric &metric);
  void prove(const ExpectDecl &decl, const Expectation &expectation);

  bool isProving;
  Evaluator &evaluator;
  Diagnostics &diagnostics;
  Network &network;
};
} // namespace

const Metric *ExpectResolver::findMetric(const Name &name) {
  const auto *metric = std::ranges::find(metrics, name.text, &Metric::name);
  if (metric != std::end(metrics))
    return metric;
  std::vector<std::string_view> known;
  for (const Metric &each : metrics)
    known.push_back(each.name);
  diagnostics.error(DiagnosticKind::UnknownMetric, name.range, name.text)
      .hint(hintForName(NameContext::Metric, name.text, known));
  return nullptr;
}

std::optional<double> ExpectResolver::evaluateNumber(const ExpectDecl &decl,
                                                     const Metric &metric) {
  Value value = evaluator.evaluate(*decl.value);
  if (value.isError())
    return std::nullopt;
  std::string what = fmt::format("`{}`", metric.name);
  const int64_t *integer = value.as<int64_t>();
  const double *real = value.as<double>();
  if (!integer && (!real || metric.kind == MetricKind::Cost)) {
    diagnostics.error(DiagnosticKind::ValueKind, decl.value->range, what,
                      metric.kind == MetricKind::Cost ? "an integer"
                                                      : "a number",
                      describe(value));
    return std::nullopt;
  }
  double number = integer ? double(*integer) : *real;
  bool isShare = metric.kind == MetricKind::Accuracy;
  if (number < 0 || (isShare && number > 1)) {
    Diagnostic &error = diagnostics.error(
        DiagnosticKind::ValueRange, decl.value->range, what,
        isShare ? "at least 0 and at most 1" : "at least 0", describe(value));
    if (isShare && number > 1 && number <= 100)
      error.hint(fmt::format("write `{}`", number / 100));
    return std::nullopt;
  }
  return number;
}

/// Runs are on a data set, costs are not.
bool ExpectResolver::checkDataset(const ExpectDecl &decl,
                                  const Metric &metric) {
  if (metric.kind == MetricKind::Cost) {
    if (!decl.dataset && !decl.epochs)
      return true;
    diagnostics.error(DiagnosticKind::ExpectNoDataset,
                      decl.dataset ? decl.dataset->range : decl.epochs->range,
                      metric.name);
    return false;
  }
  if (decl.dataset)
    return true;
  diagnostics
      .error(DiagnosticKind::ExpectDataset, decl.metric.range, metric.name)
      .hint("say on which one: `on \"fashion-mnist\"`");
  return false;
}

void ExpectResolver::prove(const ExpectDecl &decl,
                           const Expectation &expectation) {
  shape::Cost total;
  for (const Layer &layer : network.layers) {
    shape::Cost cost = shape::cost(layer.spec, layer.input);
    total.parameters += cost.parameters;
    total.multiplyAdds += cost.multiplyAdds;
  }
  int64_t measured = expectation.metric == "parameters" ? total.parameters
                                                        : total.multiplyAdds;
  // Integers that large are compared as integers.
  auto expected = *evaluator.evaluate(*decl.value).as<int64_t>();
  Expectation difference = expectation;
  difference.value = 0;
  if (difference.holds(measured < expected ? -1 : measured > expected ? 1 : 0))
    return;
  diagnostics.error(DiagnosticKind::ExpectationMissed, decl.metric.range,
                    expectation.metric, network.name, measured,
                    spelling(expectation.comparison), expected);
}

void ExpectResolver::resolve(const ExpectDecl &decl) {
  const Metric *metric = findMetric(decl.metric);
  if (!metric)
    return;
  std::optional<double> value = evaluateNumber(decl, *metric);
  if (!checkDataset(decl, *metric) || !value)
    return;
  Expectation expectation{decl.metric.text,
                          toComparison(decl.comparison),
                          *value,
                          decl.dataset ? decl.dataset->text : "",
                          0,
                          decl.metric.range};
  if (decl.epochs) {
    Value epochs = evaluator.evaluate(*decl.epochs);
    const int64_t *count = epochs.as<int64_t>();
    if (count && (*count < 1 || *count > shape::maxArgument)) {
      diagnostics.error(DiagnosticKind::ValueRange, decl.epochs->range,
                        "the number of epochs", "at least 1 and below 2^31",
                        *count);
      return;
    }
    if (count)
      expectation.epochs = *count;
  }
  if (metric->kind != MetricKind::Cost)
    network.expectations.push_back(std::move(expectation));
  else if (isProving)
    prove(decl, expectation);
}

void resolveExpects(const std::vector<ExpectDecl> &decls, bool isProving,
                    Evaluator &evaluator, Diagnostics &diagnostics,
                    Network &network) {
  ExpectResolver resolver(isProving, evaluator, diagnostics, network);
  for (const ExpectDecl &decl : decls)
    resolver.resolve(decl);
}

} // namespace netc::dsl
