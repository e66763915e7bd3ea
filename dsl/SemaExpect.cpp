// `expect ...`: what a run must reach, and what the network must cost.
#include "dsl/Sema.h"

#include "dsl/Names.h"

#include <algorithm>

namespace netc::dsl {

using runtime::Comparison;

namespace {
enum class MetricKind { Accuracy, Loss, Cost };
struct Metric {
  std::string_view name;
  MetricKind kind;
  std::optional<runtime::Metric> measure{}; // of a run; costs are proved
};
} // namespace

static constexpr Metric metricOf(runtime::Metric measure, MetricKind kind) {
  return {runtime::spelling(measure), kind, measure};
}

static constexpr Metric metrics[] = {
    metricOf(runtime::Metric::TrainAccuracy, MetricKind::Accuracy),
    metricOf(runtime::Metric::TestAccuracy, MetricKind::Accuracy),
    metricOf(runtime::Metric::TrainLoss, MetricKind::Loss),
    metricOf(runtime::Metric::TestLoss, MetricKind::Loss),
    {"parameters", MetricKind::Cost},
    {"macs", MetricKind::Cost}};

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
  bool checkAccuracy(const ExpectDecl &decl, const Metric &metric);
  void prove(const ExpectDecl &decl, const Metric &metric);

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
                      toText(value));
    return std::nullopt;
  }
  double number = integer ? double(*integer) : *real;
  bool isShare = metric.kind == MetricKind::Accuracy;
  if (number < 0 || (isShare && number > 1)) {
    Diagnostic &error = diagnostics.error(
        DiagnosticKind::ValueRange, decl.value->range, what,
        isShare ? "at least 0 and at most 1" : "at least 0", toText(value));
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
  if (decl.dataset && !decl.dataset->text.empty())
    return true;
  diagnostics
      .error(DiagnosticKind::ExpectDataset,
             decl.dataset ? decl.dataset->range : decl.metric.range,
             metric.name)
      .hint("say on which one: `on \"fashion-mnist\"`");
  return false;
}

/// Not every loss predicts labels.
bool ExpectResolver::checkAccuracy(const ExpectDecl &decl,
                                   const Metric &metric) {
  const Loss &loss = network.train.loss;
  if (metric.kind != MetricKind::Accuracy || hasAccuracy(loss))
    return true;
  std::string name(loss.kind->name);
  if (loss.targetsInput)
    name += fmt::format("(target={})", network.inputName);
  diagnostics
      .error(DiagnosticKind::ExpectNoAccuracy, decl.metric.range, metric.name,
             name)
      .hint(fmt::format("expect `{}`",
                        *metric.measure == runtime::Metric::TrainAccuracy
                            ? "train_loss"
                            : "test_loss"));
  return false;
}

void ExpectResolver::prove(const ExpectDecl &decl, const Metric &metric) {
  shape::Cost total;
  for (const Layer &layer : network.layers) {
    shape::Cost cost = shape::cost(layer.spec, layer.input);
    total.parameters += cost.parameters;
    total.multiplyAdds += cost.multiplyAdds;
  }
  int64_t measured =
      metric.name == "parameters" ? total.parameters : total.multiplyAdds;
  // Integers that large are compared as integers.
  auto expected = *evaluator.evaluate(*decl.value).as<int64_t>();
  Comparison comparison = toComparison(decl.comparison);
  int sign = measured < expected ? -1 : measured > expected ? 1 : 0;
  if (runtime::holds(comparison, sign, 0))
    return;
  diagnostics.error(DiagnosticKind::ExpectationMissed, decl.metric.range,
                    metric.name, network.name, measured,
                    runtime::spelling(comparison), expected);
}

void ExpectResolver::resolve(const ExpectDecl &decl) {
  const Metric *metric = findMetric(decl.metric);
  if (!metric)
    return;
  std::optional<double> value = evaluateNumber(decl, *metric);
  if (!checkDataset(decl, *metric) || !checkAccuracy(decl, *metric) || !value)
    return;
  if (metric->kind == MetricKind::Cost) {
    if (isProving)
      prove(decl, *metric);
    return;
  }
  Expectation expectation{{*metric->measure, toComparison(decl.comparison),
                           *value, decl.dataset->text, 0},
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
  network.expectations.push_back(std::move(expectation));
}

void resolveExpects(const std::vector<ExpectDecl> &decls, bool isProving,
                    Evaluator &evaluator, Diagnostics &diagnostics,
                    Network &network) {
  ExpectResolver resolver(isProving, evaluator, diagnostics, network);
  for (const ExpectDecl &decl : decls)
    resolver.resolve(decl);
}

} // namespace netc::dsl
