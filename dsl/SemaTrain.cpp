// `train { ... }`: how the network is trained unless the command line says
// otherwise.
#include "dsl/Sema.h"

#include "dsl/Names.h"
#include "dsl/Signature.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace netc::dsl {

static constexpr std::string_view trainKeys[] = {"loss", "optimizer", "init",
                                                 "batch", "epochs"};

namespace {
class TrainResolver {
public:
  TrainResolver(Evaluator &evaluator, Diagnostics &diagnostics,
                Network &network)
      : evaluator(evaluator), diagnostics(diagnostics), network(network) {}

  void run(const TrainDecl &decl);

private:
  /// `SGD(lr=0.1)`, or `SGD` alone or by a parameter.
  struct Choice {
    Name name;
    const Arguments *arguments = nullptr;
  };
  std::optional<Choice> chosen(const TrainEntry &entry);
  /// The arguments of the choice, which must be of the one known kind.
  std::optional<BoundArguments> resolveChoice(const TrainEntry &entry,
                                              const Signature &known,
                                              DiagnosticKind unknown,
                                              NameContext context);
  void resolve(const TrainEntry &entry);
  void resolveOptimizer(const TrainEntry &entry);
  void resolveCount(const TrainEntry &entry, int64_t &count);
  bool checkNumber(const BoundArguments &arguments, std::string_view name,
                   double value, double end, std::string_view expectation);

  Evaluator &evaluator;
  Diagnostics &diagnostics;
  Network &network;
  bool isLossKnown = true;
};
} // namespace

std::optional<TrainResolver::Choice>
TrainResolver::chosen(const TrainEntry &entry) {
  const Expr &expr = *entry.value;
  if (const auto *call = std::get_if<CallExpr>(&expr.node))
    return Choice{call->callee, &call->arguments};
  if (const auto *name = std::get_if<NameExpr>(&expr.node);
      name && !evaluator.find(name->name))
    return Choice{{name->name, expr.range}, nullptr};
  if (std::holds_alternative<MemberExpr>(expr.node)) // `optim.SGD`
    return Choice{{std::string(text(expr.range)), expr.range}, nullptr};
  Value value = evaluator.evaluate(expr);
  if (const auto *named = value.as<NamedValue>())
    return Choice{{named->name, expr.range}, nullptr};
  if (!value.isError())
    diagnostics.error(DiagnosticKind::ValueKind, expr.range,
                      fmt::format("`{}`", entry.key.text), "a name",
                      describe(value));
  return std::nullopt;
}

std::optional<BoundArguments>
TrainResolver::resolveChoice(const TrainEntry &entry, const Signature &known,
                             DiagnosticKind unknown, NameContext context) {
  std::optional<Choice> choice = chosen(entry);
  if (!choice)
    return std::nullopt;
  if (choice->name.text == known.name)
    return bind(known, choice->name, choice->arguments, evaluator, diagnostics);
  std::string_view names[] = {known.name};
  diagnostics.error(unknown, choice->name.range, choice->name.text)
      .hint(hintForName(context, choice->name.text, names));
  if (choice->arguments)
    evaluateAll(*choice->arguments, evaluator);
  return std::nullopt;
}

/// 0 <= value < end.
bool TrainResolver::checkNumber(const BoundArguments &arguments,
                                std::string_view name, double value, double end,
                                std::string_view expectation) {
  if (value >= 0 && value < end)
    return true;
  diagnostics.error(DiagnosticKind::ValueRange, arguments.find(name)->range,
                    fmt::format("`{}`", name), expectation,
                    describe(Value{value}));
  return false;
}

void TrainResolver::resolveOptimizer(const TrainEntry &entry) {
  network.train.optimizerRange = entry.value->range;
  using enum ArgumentKind;
  static const Signature signature{
      "SGD",
      {{"lr", Number, true}, {"momentum", Number}, {"weight_decay", Number}}};
  std::optional<BoundArguments> arguments =
      resolveChoice(entry, signature, DiagnosticKind::UnknownOptimizer,
                    NameContext::Optimizer);
  if (!arguments)
    return;
  Sgd &sgd = network.train.optimizer;
  sgd.learningRate = arguments->get<double>("lr");
  sgd.momentum = arguments->get("momentum", sgd.momentum);
  sgd.weightDecay = arguments->get("weight_decay", sgd.weightDecay);
  auto checkAtLeastZero = [&](std::string_view name, double value) {
    if (checkNumber(*arguments, name, value, HUGE_VAL, "at least 0"))
      checkNumber(*arguments, name, value, std::numeric_limits<float>::max(),
                  "below 3.4e38, a number of single precision");
  };
  checkAtLeastZero("lr", sgd.learningRate);
  checkNumber(*arguments, "momentum", sgd.momentum, 1,
              "at least 0 and below 1");
  checkAtLeastZero("weight_decay", sgd.weightDecay);
}

void TrainResolver::resolveCount(const TrainEntry &entry, int64_t &count) {
  Value value = evaluator.evaluate(*entry.value);
  if (value.isError())
    return;
  std::string key = fmt::format("`{}`", entry.key.text);
  const int64_t *integer = value.as<int64_t>();
  if (!integer)
    diagnostics.error(DiagnosticKind::ValueKind, entry.value->range, key,
                      "an integer", describe(value));
  else if (*integer < 1 || *integer > shape::maxArgument)
    diagnostics.error(DiagnosticKind::ValueRange, entry.value->range, key,
                      *integer < 1
                          ? "at least 1"
                          : fmt::format("at most {}", shape::maxArgument),
                      *integer);
  else
    count = *integer;
}

void TrainResolver::resolve(const TrainEntry &entry) {
  const std::string &key = entry.key.text;
  if (key == "loss") {
    network.train.lossRange = entry.value->range;
    static const Signature signature{"SoftmaxCrossEntropy", {}};
    isLossKnown &= resolveChoice(entry, signature, DiagnosticKind::UnknownLoss,
                                 NameContext::Loss)
                       .has_value();
  } else if (key == "optimizer") {
    resolveOptimizer(entry);
  } else if (key == "init") {
    static const Signature signature{"Xavier", {}};
    resolveChoice(entry, signature, DiagnosticKind::UnknownInit,
                  NameContext::Init);
  } else if (key == "batch") {
    network.train.batchRange = entry.value->range;
    resolveCount(entry, network.train.batch);
  } else if (key == "epochs") {
    resolveCount(entry, network.train.epochs);
  } else {
    Diagnostic &error = diagnostics.error(DiagnosticKind::UnknownTrainKey,
                                          entry.key.range, key);
    error.hint(hintForName(NameContext::TrainKey, key, trainKeys));
  }
}

static bool checkLoss(const Network &network, Diagnostics &diagnostics) {
  if (network.output.size() <= 1)
    return true;
  SourceRange range = network.train.lossRange;
  diagnostics
      .error(DiagnosticKind::LossInput, range.file ? range : network.range,
             "SoftmaxCrossEntropy", network.name,
             shape::toString(network.output))
      .note(network.outputRange,
            fmt::format("the output of `{}` is here", network.name));
  return false;
}

static bool checkParameters(const Network &network, Diagnostics &diagnostics) {
  for (const Layer &layer : network.layers)
    if (shape::cost(layer.spec, layer.input).parameters > 0)
      return true;
  diagnostics.error(DiagnosticKind::NothingToTrain, network.range,
                    network.name);
  return false;
}

/// A batch multiplies what every layer keeps.
static bool checkBatch(const Network &network, int64_t batch,
                       Diagnostics &diagnostics) {
  for (const Layer &layer : network.layers) {
    std::optional<int64_t> count = shape::elementCount(layer.output);
    if (!count || *count <= shape::maxElements / batch)
      continue;
    SourceRange range = network.train.batchRange;
    diagnostics
        .error(DiagnosticKind::BatchTooLarge,
               range.file ? range : network.range, batch,
               shape::toString(layer.output), layer.name)
        .note(layer.range, fmt::format("`{}` is here", layer.name));
    return false;
  }
  return true;
}

bool checkTraining(const Network &network, int64_t batch,
                   Diagnostics &diagnostics) {
  return checkLoss(network, diagnostics) &&
         checkParameters(network, diagnostics) &&
         checkBatch(network, batch, diagnostics);
}

void TrainResolver::run(const TrainDecl &decl) {
  network.train.declared = true;
  network.train.lossRange = network.train.batchRange = decl.keyword;
  std::map<std::string_view, SourceRange> keys;
  for (const TrainEntry &entry : decl.entries) {
    auto [first, isFirst] = keys.try_emplace(entry.key.text, entry.key.range);
    if (isFirst)
      resolve(entry);
    else
      diagnostics
          .error(DiagnosticKind::DeclaredTwice, entry.key.range,
                 fmt::format("`{}`", entry.key.text))
          .note(first->second, "the first one is here");
  }
  if (isLossKnown)
    checkLoss(network, diagnostics);
  checkBatch(network, network.train.batch, diagnostics);
}

void resolveTrain(const TrainDecl &decl, Evaluator &evaluator,
                  Diagnostics &diagnostics, Network &network) {
  TrainResolver(evaluator, diagnostics, network).run(decl);
}

} // namespace netc::dsl
