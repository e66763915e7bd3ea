// `train { ... }`: how the network is trained unless the command line says
// otherwise.
#include "dsl/Sema.h"

#include "dsl/Names.h"
#include "dsl/Vocabulary.h"

namespace netc::dsl {

static constexpr std::string_view trainKeys[] = {
    "loss", "optimizer", "init", "batch", "epochs", "schedule", "warmup"};

static std::vector<Signature> optimizerSignatures() {
  std::vector<Signature> signatures;
  for (const OptimizerKind &kind : optimizerKinds())
    signatures.push_back(makeSignature(kind.name, kind.settings));
  return signatures;
}

static std::vector<Signature> lossSignatures() {
  std::vector<Signature> signatures;
  for (const LossKind &kind : lossKinds()) {
    signatures.push_back(makeSignature(kind.name, kind.settings));
    signatures.back().arguments.push_back({"target", ArgumentKind::Word});
  }
  return signatures;
}

static std::vector<Signature> initSignatures() { return {{"Xavier", {}}}; }

static std::vector<Signature> scheduleSignatures() {
  std::vector<Signature> signatures;
  for (const ScheduleKind &kind : scheduleKinds())
    signatures.push_back(makeSignature(kind.name(), kind.specs()));
  return signatures;
}

std::span<const std::string_view> trainKeyNames() { return trainKeys; }

std::vector<Signature> trainSignatures() {
  std::vector<Signature> signatures;
  for (const std::vector<Signature> &known :
       {lossSignatures(), optimizerSignatures(), initSignatures(),
        scheduleSignatures()})
    signatures.insert(signatures.end(), known.begin(), known.end());
  return signatures;
}

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
  /// Which of the known signatures is chosen, and its arguments.
  struct Resolved {
    size_t kind;
    BoundArguments arguments;
  };
  std::optional<Resolved> resolveChoice(const TrainEntry &entry,
                                        const std::vector<Signature> &known,
                                        DiagnosticKind unknown,
                                        NameContext context,
                                        Evaluator &evaluator);
  void resolve(const TrainEntry &entry);
  void resolveLoss(const TrainEntry &entry);
  bool resolveTarget(const BoundArguments &arguments, Loss &loss);
  void resolveOptimizer(const TrainEntry &entry);
  void resolveSchedule(const TrainEntry &entry);
  void resolveWarmup(const TrainEntry &entry);
  void resolveCount(const TrainEntry &entry, int64_t &count);

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
      name && (!evaluator.find(name->name) || name->name == network.inputName))
    return Choice{{name->name, expr.range}, nullptr};
  if (std::holds_alternative<MemberExpr>(expr.node)) // `optim.SGD`
    return Choice{{std::string(text(expr.range)), expr.range}, nullptr};
  Value value = evaluator.evaluate(expr);
  if (const auto *named = value.as<NamedValue>())
    return Choice{{named->name, expr.range}, nullptr};
  if (!value.isError())
    diagnostics.error(DiagnosticKind::ValueKind, expr.range,
                      fmt::format("`{}`", entry.key.text), "a name",
                      toText(value));
  return std::nullopt;
}

std::optional<TrainResolver::Resolved> TrainResolver::resolveChoice(
    const TrainEntry &entry, const std::vector<Signature> &known,
    DiagnosticKind unknown, NameContext context, Evaluator &evaluator) {
  std::optional<Choice> choice = chosen(entry);
  if (!choice)
    return std::nullopt;
  std::vector<std::string_view> names;
  for (size_t kind = 0; kind < known.size(); ++kind) {
    names.push_back(known[kind].name);
    if (choice->name.text != known[kind].name)
      continue;
    std::optional<BoundArguments> arguments = bind(
        known[kind], choice->name, choice->arguments, evaluator, diagnostics);
    if (!arguments)
      return std::nullopt;
    return Resolved{kind, std::move(*arguments)};
  }
  diagnostics.error(unknown, choice->name.range, choice->name.text)
      .hint(hintForName(context, choice->name.text, names));
  if (choice->arguments)
    evaluateAll(*choice->arguments, evaluator);
  return std::nullopt;
}

void TrainResolver::resolveOptimizer(const TrainEntry &entry) {
  network.train.optimizerRange = entry.value->range;
  std::optional<Resolved> resolved = resolveChoice(
      entry, optimizerSignatures(), DiagnosticKind::UnknownOptimizer,
      NameContext::Optimizer, evaluator);
  if (!resolved)
    return;
  const OptimizerKind &kind = optimizerKinds()[resolved->kind];
  const BoundArguments &arguments = resolved->arguments;
  Settings settings(kind.settings);
  readSettings(arguments, diagnostics, settings);
  for (const OptimizerKind::Need &need : kind.needs)
    if (settings.get(need.setting) != 0 && settings.get(need.other) == 0) {
      const BoundArguments::Entry *written = arguments.find(need.setting);
      diagnostics.error(DiagnosticKind::SettingNeeds,
                        written ? written->range : entry.value->range,
                        need.setting, need.other);
    }
  network.train.optimizer = {&kind, settings};
}

void TrainResolver::resolveSchedule(const TrainEntry &entry) {
  network.train.scheduleRange = entry.value->range;
  std::optional<Resolved> resolved = resolveChoice(
      entry, scheduleSignatures(), DiagnosticKind::UnknownSchedule,
      NameContext::Schedule, evaluator);
  if (!resolved)
    return;
  const ScheduleKind &kind = scheduleKinds()[resolved->kind];
  std::vector<SettingSpec> specs = kind.specs();
  Settings settings(specs);
  readSettings(resolved->arguments, diagnostics, settings);
  Schedule &schedule = network.train.schedule;
  schedule.kind = kind.kind;
  for (const ScheduleNumber &number : kind.numbers)
    schedule.*number.number = settings.get(number.spec.name);
}

void TrainResolver::resolveWarmup(const TrainEntry &entry) {
  Value value = evaluator.evaluate(*entry.value);
  if (value.isError())
    return;
  double epochs = -1;
  if (const int64_t *integer = value.as<int64_t>())
    epochs = static_cast<double>(*integer);
  else if (const double *number = value.as<double>())
    epochs = *number;
  else
    return void(diagnostics.error(DiagnosticKind::ValueKind, entry.value->range,
                                  "`warmup`", "a number", toText(value)));
  network.train.warmupRange = entry.value->range;
  if (epochs >= 0 && epochs <= static_cast<double>(shape::maxArgument))
    network.train.schedule.warmup = epochs;
  else
    diagnostics.error(
        DiagnosticKind::ValueRange, entry.value->range, "`warmup`",
        fmt::format("at least 0 and at most {}", shape::maxArgument),
        toText(value));
}

void TrainResolver::resolveCount(const TrainEntry &entry, int64_t &count) {
  Value value = evaluator.evaluate(*entry.value);
  if (value.isError())
    return;
  std::string key = fmt::format("`{}`", entry.key.text);
  const int64_t *integer = value.as<int64_t>();
  if (!integer)
    diagnostics.error(DiagnosticKind::ValueKind, entry.value->range, key,
                      "an integer", toText(value));
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
    resolveLoss(entry);
  } else if (key == "optimizer") {
    resolveOptimizer(entry);
  } else if (key == "init") {
    resolveChoice(entry, initSignatures(), DiagnosticKind::UnknownInit,
                  NameContext::Init, evaluator);
  } else if (key == "batch") {
    network.train.batchRange = entry.value->range;
    resolveCount(entry, network.train.batch);
  } else if (key == "epochs") {
    resolveCount(entry, network.train.epochs);
  } else if (key == "schedule") {
    resolveSchedule(entry);
  } else if (key == "warmup") {
    resolveWarmup(entry);
  } else {
    Diagnostic &error = diagnostics.error(DiagnosticKind::UnknownTrainKey,
                                          entry.key.range, key);
    error.hint(hintForName(NameContext::TrainKey, key, trainKeys));
  }
}

void TrainResolver::resolveLoss(const TrainEntry &entry) {
  network.train.lossRange = entry.value->range;
  isLossKnown = false; // until it is
  // What a target may be are names here, but for those that the file defines.
  Evaluator withTargets = evaluator;
  for (const std::string &name : {network.inputName, std::string("label")})
    if (!evaluator.find(name))
      withTargets.define(name, {NamedValue{name}});
  std::optional<Resolved> resolved =
      resolveChoice(entry, lossSignatures(), DiagnosticKind::UnknownLoss,
                    NameContext::Loss, withTargets);
  if (!resolved)
    return;
  const LossKind &kind = lossKinds()[resolved->kind];
  const BoundArguments &arguments = resolved->arguments;
  Loss loss{&kind, Settings(kind.settings)};
  bool isFine = readSettings(arguments, diagnostics, loss.settings);
  if (!resolveTarget(arguments, loss) || !isFine)
    return;
  network.train.loss = loss;
  isLossKnown = true;
}

/// `label`, or the name of the network's input where the loss can compare with
/// it.
bool TrainResolver::resolveTarget(const BoundArguments &arguments, Loss &loss) {
  const BoundArguments::Entry *target = arguments.find("target");
  if (!target || std::get<std::string>(target->value) == "label")
    return true;
  const std::string &name = std::get<std::string>(target->value);
  const LossKind &kind = *loss.kind;
  loss.targetsInput = name == network.inputName;
  if (loss.targetsInput && kind.takesInput)
    return true;
  Diagnostic &error = diagnostics.error(
      DiagnosticKind::LossTarget, target->range, kind.name,
      kind.takesInput ? fmt::format("`label` or `{}`", network.inputName)
                      : "`label`",
      fmt::format("`{}`", name));
  if (loss.targetsInput)
    error.hint(fmt::format("`{}(target={})` compares with the input",
                           kind.forInput, name));
  return false;
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
  // A loss that is written is meant; the one that is there without it matters
  // when the network is trained.
  if (keys.contains("loss") && isLossKnown)
    checkLoss(network, diagnostics);
  checkBatch(network, network.train.batch, diagnostics);
}

void resolveTrain(const TrainDecl &decl, Evaluator &evaluator,
                  Diagnostics &diagnostics, Network &network) {
  TrainResolver(evaluator, diagnostics, network).run(decl);
}

} // namespace netc::dsl
