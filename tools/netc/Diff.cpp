// A table of totals and a list of changes.
#include "tools/netc/Diff.h"

#include "tools/netc/Align.h"
#include "tools/netc/Numbers.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace netc::tools {

namespace {
class DiffWriter {
public:
  DiffWriter(const DiffSide &before, const DiffSide &after)
      : before(before), after(after),
        pairs(alignLayers(before.network.layers, after.network.layers)) {}

  std::string write();

private:
  void compareLayers();
  void compareTransforms();
  void compareTraining();
  void compareExpectations();
  std::string header() const;
  std::string totals() const;
  void addChange(std::string_view name,
                 const std::vector<std::string> &changes);
  void addLayer(char sign, const dsl::Layer &layer);
  void endRun();
  std::vector<std::string> changesOf(size_t a, size_t b) const;
  bool isRewired(const dsl::Layer &from, const dsl::Layer &to) const;
  std::string readersOf(const dsl::Layer &layer,
                        const dsl::Network &network) const;

  const DiffSide &before, &after;
  std::vector<AlignedPair> pairs;
  std::map<int64_t, int64_t> counterpart; // of layers of `before`
  std::set<int64_t> isCounterpart;        // layers of `after`
  std::string text;                       // of the current section
  size_t same = 0;                        // layers in a row
  bool isFirst = true;
};
} // namespace

static constexpr size_t lineWidth = 80;

static std::string arrow(const std::string &from, const std::string &to) {
  return from + " -> " + to;
}

/// `Conv2D(channels=6, kernel=5x5)`.
static std::string callText(std::string_view kind,
                            const std::vector<dsl::GivenArgument> &arguments) {
  std::string list;
  for (const dsl::GivenArgument &argument : arguments)
    list += fmt::format("{}{}={}", list.empty() ? "" : ", ", argument.name,
                        argument.value);
  return list.empty() ? std::string(kind) : fmt::format("{}({})", kind, list);
}

/// What of the arguments differs: `kernel 5x5 -> 3x3`.
static void compareArguments(const std::vector<dsl::GivenArgument> &before,
                             const std::vector<dsl::GivenArgument> &after,
                             std::vector<std::string> &changes) {
  auto find = [](const auto &list, const std::string &name) {
    auto it = std::ranges::find(list, name, &dsl::GivenArgument::name);
    return it == list.end() ? "(default)" : it->value;
  };
  for (const dsl::GivenArgument &argument : before)
    if (std::string other = find(after, argument.name); other != argument.value)
      changes.push_back(argument.name + " " + arrow(argument.value, other));
  for (const dsl::GivenArgument &argument : after)
    if (find(before, argument.name) == "(default)")
      changes.push_back(argument.name + " " +
                        arrow("(default)", argument.value));
}

static int64_t parametersOf(const dsl::Network &network) {
  int64_t sum = 0;
  for (const dsl::Layer &layer : network.layers)
    sum += shape::cost(layer.spec, layer.input).parameters;
  return sum;
}

static int64_t multiplyAddsOf(const dsl::Network &network) {
  int64_t sum = 0;
  for (const dsl::Layer &layer : network.layers)
    sum += shape::cost(layer.spec, layer.input).multiplyAdds;
  return sum;
}

/// `+12.5%`, `x2252`.
static std::string changeText(int64_t from, int64_t to) {
  if (from == to)
    return "";
  if (from == 0)
    return "new";
  double ratio = static_cast<double>(to) / static_cast<double>(from);
  return ratio >= 10 ? fmt::format("x{:.0f}", ratio)
                     : fmt::format("{:+.1f}%", 100 * (ratio - 1));
}

/// A name, then what is said of it, wrapped.
void DiffWriter::addChange(std::string_view name,
                           const std::vector<std::string> &changes) {
  endRun();
  constexpr size_t indent = 22;
  std::string line = fmt::format("  ~ {:<17} ", name);
  bool isEmpty = true;
  for (size_t i = 0; i < changes.size(); ++i) {
    std::string part = changes[i] + (i + 1 < changes.size() ? ";" : "");
    if (!isEmpty && line.size() + 1 + part.size() > lineWidth) {
      text += line + '\n';
      line = std::string(indent, ' ');
      isEmpty = true;
    }
    line += (isEmpty ? "" : " ") + part;
    isEmpty = false;
  }
  text += line + '\n';
}

void DiffWriter::addLayer(char sign, const dsl::Layer &layer) {
  endRun();
  std::string call = callText(shape::kindName(layer.spec), layer.arguments);
  std::string shape = shape::toString(layer.output);
  std::string line = fmt::format("  {} {:<17} {}", sign, layer.name, call);
  constexpr size_t shapeWidth = 14;
  if (line.size() + 1 + std::max(shape.size(), shapeWidth) > lineWidth)
    text += line + '\n' + fmt::format("{:>{}}\n", shape, lineWidth);
  else
    text += line + fmt::format("{:>{}}\n", shape, lineWidth - line.size());
}

void DiffWriter::endRun() {
  if (same > 0)
    text += fmt::format("    ... {} as before\n",
                        same == 1 ? "1 layer" : fmt::format("{} layers", same));
  same = 0;
}

/// What a layer reads, where that is not simply the layer before it.
std::string DiffWriter::readersOf(const dsl::Layer &layer,
                                  const dsl::Network &network) const {
  std::string names;
  for (int64_t input : layer.inputs)
    names += (names.empty() ? "" : ", ") +
             (input == dsl::networkInput ? network.inputName
                                         : network.layers[size_t(input)].name);
  return names;
}

/// Layers that came or went between a layer and the one that it reads are told
/// already; on a branch, those that came are told of its end too.
bool DiffWriter::isRewired(const dsl::Layer &from, const dsl::Layer &to) const {
  if (from.inputs.size() != to.inputs.size())
    return true;
  bool isBranching = from.inputs.size() > 1;
  auto passOver = [&](int64_t layer, const dsl::Network &network,
                      const auto &paired) {
    while (!paired.contains(layer) &&
           network.layers[size_t(layer)].inputs.size() == 1)
      layer = network.layers[size_t(layer)].inputs[0];
    return layer;
  };
  for (size_t k = 0; k < from.inputs.size(); ++k) {
    int64_t then = from.inputs[k], now = to.inputs[k];
    bool isKept = counterpart.contains(then);
    if (!isBranching || !isKept) {
      then = passOver(then, before.network, counterpart);
      now = passOver(now, after.network, isCounterpart);
    }
    auto old = counterpart.find(then);
    if (old != counterpart.end() && old->second != now &&
        ((isBranching && isKept) || isCounterpart.contains(now)))
      return true;
  }
  return false;
}

std::vector<std::string> DiffWriter::changesOf(size_t a, size_t b) const {
  const dsl::Layer &from = before.network.layers[a];
  const dsl::Layer &to = after.network.layers[b];
  std::vector<std::string> changes;
  if (from.name != to.name)
    changes.push_back("called " + to.name);
  if (!sameSpec(from, to))
    compareArguments(from.arguments, to.arguments, changes);
  if (from.input != to.input)
    changes.push_back("input " + arrow(shape::toString(from.input),
                                       shape::toString(to.input)));
  if (from.output != to.output)
    changes.push_back("output " + arrow(shape::toString(from.output),
                                        shape::toString(to.output)));
  shape::Cost old = shape::cost(from.spec, from.input);
  shape::Cost now = shape::cost(to.spec, to.input);
  if (old.parameters != now.parameters)
    changes.push_back("parameters " +
                      arrow(grouped(old.parameters), grouped(now.parameters)));
  if (from.learningRateScale != to.learningRateScale)
    changes.push_back("lr_scale " + arrow(plain(from.learningRateScale),
                                          plain(to.learningRateScale)));
  if (from.decayScale != to.decayScale)
    changes.push_back("decay_scale " +
                      arrow(plain(from.decayScale), plain(to.decayScale)));
  if (isRewired(from, to))
    changes.push_back("reads " + arrow(readersOf(from, before.network),
                                       readersOf(to, after.network)));
  return changes;
}

void DiffWriter::compareLayers() {
  counterpart[dsl::networkInput] = dsl::networkInput;
  for (const AlignedPair &pair : pairs)
    if (pair.before && pair.after)
      counterpart[int64_t(*pair.before)] = int64_t(*pair.after);
  for (const auto &[layer, other] : counterpart)
    isCounterpart.insert(other);
  // A run of layers the same is one line, and none where all are.
  bool isChanged = false;
  for (const AlignedPair &pair : pairs) {
    if (!pair.after) {
      addLayer('-', before.network.layers[*pair.before]);
    } else if (!pair.before) {
      addLayer('+', after.network.layers[*pair.after]);
    } else if (auto changes = changesOf(*pair.before, *pair.after);
               !changes.empty()) {
      addChange(before.network.layers[*pair.before].name, changes);
    } else {
      ++same;
      continue;
    }
    isChanged = true;
  }
  if (isChanged)
    endRun();
  same = 0;
}

/// Transforms in their order, each as the text would write it.
static std::vector<std::string> transformsOf(const dsl::Network &network) {
  std::vector<std::string> list;
  for (const dsl::Transform &transform : network.transforms) {
    std::string call =
        callText(shape::kindName(transform.spec), transform.arguments);
    if (transform.phase != dsl::Phase::Both)
      call = fmt::format(
          "{} {{ {} }}",
          transform.phase == dsl::Phase::Train ? "train" : "test", call);
    list.push_back(std::move(call));
  }
  return list;
}

static std::string joined(const std::vector<std::string> &list) {
  std::string result;
  for (const std::string &part : list)
    result += (result.empty() ? "" : "  ") + part;
  return result;
}

void DiffWriter::compareTransforms() {
  std::string from = joined(transformsOf(before.network));
  std::string to = joined(transformsOf(after.network));
  if (from != to)
    text += fmt::format("  - {}\n  + {}\n", from, to);
}

/// The settings that are not as they would be without a word.
static std::vector<dsl::GivenArgument> saidOf(const dsl::Settings &settings) {
  std::vector<dsl::GivenArgument> said;
  for (const dsl::Setting &setting : settings)
    if (setting.isSaid())
      said.push_back({std::string(setting.spec->name),
                      setting.spec->kind == dsl::SettingKind::Flag
                          ? "true"
                          : plain(setting.value)});
  return said;
}

static std::string scheduleText(const dsl::Schedule &schedule) {
  for (const dsl::ScheduleKind &kind : dsl::scheduleKinds()) {
    if (kind.kind != schedule.kind)
      continue;
    std::vector<dsl::SettingSpec> specs = kind.specs();
    dsl::Settings settings(specs);
    for (const dsl::ScheduleNumber &number : kind.numbers)
      settings.set(number.spec.name, schedule.*number.number);
    return callText(kind.name(), saidOf(settings));
  }
  return "none";
}

/// The settings of the training, by their keys.
static std::vector<dsl::GivenArgument> settingsOf(const dsl::Network &network) {
  const dsl::Train &train = network.train;
  std::vector<dsl::GivenArgument> ofLoss = saidOf(train.loss.settings);
  if (train.loss.targetsInput)
    ofLoss.push_back({"target", network.inputName});
  return {{"schedule", scheduleText(train.schedule)},
          {"warmup", plain(train.schedule.warmup)},
          {"loss", callText(train.loss.kind->name, ofLoss)},
          {"optimizer", callText(train.optimizer.kind->name,
                                 saidOf(train.optimizer.settings))},
          {"batch", std::to_string(train.batch)},
          {"epochs", std::to_string(train.epochs)}};
}

void DiffWriter::compareTraining() {
  auto from = settingsOf(before.network), to = settingsOf(after.network);
  for (size_t i = 0; i < from.size(); ++i)
    if (from[i].value != to[i].value)
      addChange(from[i].name, {arrow(from[i].value, to[i].value)});
}

static std::vector<std::string> expectationsOf(const dsl::Network &network) {
  std::vector<std::string> list;
  for (const dsl::Expectation &each : network.expectations)
    list.push_back(runtime::toString(each));
  return list;
}

void DiffWriter::compareExpectations() {
  std::vector<std::string> from = expectationsOf(before.network);
  std::vector<std::string> to = expectationsOf(after.network);
  for (const std::string &each : from)
    if (std::ranges::find(to, each) == to.end())
      text += fmt::format("  - {}\n", each);
  for (const std::string &each : to)
    if (std::ranges::find(from, each) == from.end())
      text += fmt::format("  + {}\n", each);
}

std::string DiffWriter::header() const {
  return fmt::format("--- {}  {}\n+++ {}  {}\n\n", before.file,
                     before.network.name, after.file, after.network.name);
}

std::string DiffWriter::totals() const {
  std::string table;
  auto row = [&](std::string_view what, const std::string &from,
                 const std::string &to, const std::string &change) {
    table += fmt::format("{:<18}{:>18}{:>18}  {}", what, from, to, change);
    table.erase(table.find_last_not_of(' ') + 1);
    table += '\n';
  };
  const dsl::Network &a = before.network, &b = after.network;
  row("", "before", "after", "");
  row("input", shape::toString(a.input), shape::toString(b.input),
      a.input == b.input ? "" : "changed");
  row("output", shape::toString(a.output), shape::toString(b.output),
      a.output == b.output ? "" : "changed");
  row("layers", std::to_string(a.layers.size()),
      std::to_string(b.layers.size()),
      changeText(int64_t(a.layers.size()), int64_t(b.layers.size())));
  row("parameters", grouped(parametersOf(a)), grouped(parametersOf(b)),
      changeText(parametersOf(a), parametersOf(b)));
  row("mult-adds", scaled(multiplyAddsOf(a)), scaled(multiplyAddsOf(b)),
      changeText(multiplyAddsOf(a), multiplyAddsOf(b)));
  row("batch", std::to_string(before.batch), std::to_string(after.batch),
      changeText(before.batch, after.batch));
  auto memory = [](const DiffSide &side) {
    return side.trainingBytes > 0 ? scaled(side.trainingBytes, "B") : "none";
  };
  bool areTrained = before.trainingBytes > 0 && after.trainingBytes > 0;
  row("training memory", memory(before), memory(after),
      areTrained ? changeText(before.trainingBytes, after.trainingBytes) : "");
  return table;
}

std::string DiffWriter::write() {
  std::string sections;
  auto section = [&](std::string_view title, void (DiffWriter::*compare)()) {
    text.clear();
    (this->*compare)();
    if (!text.empty())
      sections += fmt::format("\n{}\n{}", title, text);
  };
  section("layers", &DiffWriter::compareLayers);
  section("data", &DiffWriter::compareTransforms);
  section("train", &DiffWriter::compareTraining);
  section("expect", &DiffWriter::compareExpectations);
  bool isSame = sections.empty() &&
                before.network.input == after.network.input &&
                before.network.output == after.network.output &&
                before.batch == after.batch;
  return isSame ? "" : header() + totals() + sections;
}

std::string diffText(const DiffSide &before, const DiffSide &after) {
  return DiffWriter(before, after).write();
}

} // namespace netc::tools
