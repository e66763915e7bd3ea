// Warnings about what is allowed and hardly meant.
#include "dsl/Sema.h"

#include <cmath>

namespace netc::dsl {

namespace {
class Linter {
public:
  Linter(const Network &network, Diagnostics &diagnostics)
      : network(network), diagnostics(diagnostics),
        readers(network.layers.size()) {
    for (const Layer &layer : network.layers)
      for (int64_t input : layer.inputs)
        if (input != networkInput)
          ++readers[input];
  }

  void run();

private:
  const Layer *producerOf(const Layer &layer) const {
    int64_t input = layer.inputs[0];
    return input == networkInput ? nullptr : &network.layers[input];
  }
  /// The one layer that `layer` reads, if nothing else reads that.
  const Layer *privateProducerOf(const Layer &layer) const {
    const Layer *producer = producerOf(layer);
    return producer && readers[producer - network.layers.data()] == 1 ? producer
                                                                      : nullptr;
  }
  void checkOutput();
  void checkLinearDense(const Layer &layer);
  void checkStride(const Layer &layer);
  void checkNorm(const Layer &layer);
  void checkLearningRate();
  void checkSchedule();

  const Network &network;
  Diagnostics &diagnostics;
  std::vector<int> readers; // of each layer
};
} // namespace

template <typename Spec> static bool is(const Layer &layer) {
  return std::holds_alternative<Spec>(layer.spec);
}

/// Whether the layer is linear in its input, by weights.
static bool multiplies(const Layer &layer) {
  return shape::cost(layer.spec, layer.input).multiplyAdds > 0;
}

static bool isPlainDense(const Layer &layer) {
  return is<shape::Dense>(layer) && !layer.activation;
}

void Linter::checkOutput() {
  if (network.layers.empty() || network.output.size() != 1 ||
      !network.train.loss.kind->isOfClasses)
    return;
  const Layer &last = network.layers.back();
  std::string_view activation;
  if (is<shape::Dense>(last) && last.activation)
    activation = shape::toString(*last.activation);
  else if (const Layer *producer = producerOf(last);
           is<shape::Activation>(last) && producer && isPlainDense(*producer))
    activation = shape::kindName(last.spec);
  if (activation.empty())
    return;
  diagnostics
      .warning(LintKind::OutputActivation, last.range, activation,
               network.train.loss.kind->name)
      .hint("leave it out");
}

void Linter::checkLinearDense(const Layer &layer) {
  const Layer *producer = privateProducerOf(layer);
  while (producer && shape::isNoise(producer->spec))
    producer = privateProducerOf(*producer);
  if (is<shape::Dense>(layer) && producer && isPlainDense(*producer))
    diagnostics.warning(LintKind::LinearDense, layer.range)
        .note(producer->range, fmt::format("`{}` is here", producer->name))
        .hint(producer->range, "`activation=relu` makes two of them");
}

/// Where one window is all there is, the stride does nothing.
void Linter::checkStride(const Layer &layer) {
  std::optional<shape::SlidingWindow> window = shape::slidingWindow(layer.spec);
  if (!window)
    return;
  // A projection leaves out on purpose.
  if (multiplies(layer) && window->size == shape::Pair{1, 1})
    return;
  for (int i : {0, 1}) {
    if (window->stride[i] <= window->size[i] || layer.output[i + 1] == 1)
      continue;
    diagnostics.warning(LintKind::StrideBeyondWindow, layer.range,
                        window->stride[i], shape::kindName(layer.spec),
                        window->size[i]);
    return;
  }
}

void Linter::checkNorm(const Layer &layer) {
  const auto *norm = std::get_if<shape::BatchNorm>(&layer.spec);
  if (!norm)
    return;
  // Keras has it the other way round, 0.99 for what is 0.01 here.
  if (norm->momentum > 0.5 && norm->momentum < 1)
    diagnostics.warning(LintKind::NormMomentum, layer.range, norm->momentum)
        .hint(fmt::format("Keras's {0} is `momentum={1:.6g}` here",
                          norm->momentum, 1 - norm->momentum));
  const Layer *producer = privateProducerOf(layer);
  if (!producer)
    return;
  if (shape::isNoise(producer->spec))
    diagnostics
        .warning(LintKind::NoiseBeforeNorm, producer->range,
                 shape::kindName(producer->spec))
        .note(layer.range, "`BatchNorm` is here")
        .hint("drop behind it");
  bool hasBias = false;
  for (const shape::ParameterShape &parameter :
       shape::parameters(producer->spec, producer->input))
    hasBias |= parameter.name == "bias";
  // A norm's own bias is another matter.
  if (multiplies(*producer) && hasBias && !producer->activation)
    diagnostics
        .warning(LintKind::BiasBeforeNorm, producer->range,
                 shape::kindName(producer->spec))
        .note(layer.range, "`BatchNorm` is here")
        .hint("write `use_bias=false`");
}

/// With momentum a gradient is used again and again: 1/(1 - momentum) times.
void Linter::checkLearningRate() {
  constexpr double most = 10;
  double rate = network.train.optimizer.learningRate();
  const Settings &settings = network.train.optimizer.settings;
  double momentum = settings.get("momentum");
  double decayed = rate * settings.get("weight_decay");
  SourceRange range = network.train.optimizerRange;
  double effective = rate / (1 - momentum);
  if (!network.train.declared || !range.file)
    return;
  if (rate == 0)
    diagnostics.warning(LintKind::LearningRate, range,
                        "a learning rate of 0 trains nothing");
  else if (decayed >= 1)
    diagnostics.warning(
        LintKind::LearningRate, range,
        fmt::format("lr*weight_decay = {:.3g}: a step takes all of the weights "
                    "away",
                    decayed));
  else if (effective > most)
    diagnostics.warning(
        LintKind::LearningRate, range,
        momentum == 0
            ? fmt::format("a learning rate of {:.3g} is far too large",
                          effective)
            : fmt::format("lr/(1 - momentum) = {:.3g} is far too large a "
                          "learning rate",
                          effective));
}

/// What the schedule makes of the rate.
void Linter::checkSchedule() {
  constexpr double least = 1e-6; // of the rate at the beginning
  const Schedule &schedule = network.train.schedule;
  double rate = network.train.optimizer.learningRate();
  auto epochs = static_cast<double>(network.train.epochs);
  SourceRange range = network.train.scheduleRange;
  // One epoch is what a file has that leaves it to the command line.
  if (rate == 0 || network.train.epochs == 1)
    return;
  // The numbers of other schedules change nothing here.
  double fall =
      std::pow(schedule.factor, std::floor((epochs - 1) / schedule.every));
  if (schedule.warmup >= epochs && schedule.warmup > 0)
    diagnostics.warning(LintKind::LearningRate, network.train.warmupRange,
                        fmt::format("a warmup of {:.6g} epochs never ends in "
                                    "{}: the learning rate is not reached",
                                    schedule.warmup, network.train.epochs));
  else if (fall < least)
    diagnostics.warning(
        LintKind::LearningRate, range,
        fmt::format("the schedule leaves {:.3g} of the learning rate in the "
                    "last of {} epochs",
                    fall, network.train.epochs));
  else if (schedule.least > rate)
    diagnostics.warning(
        LintKind::LearningRate, range,
        fmt::format("the schedule raises the learning rate to {:.3g}",
                    schedule.least));
}

void Linter::run() {
  checkOutput();
  for (const Layer &layer : network.layers) {
    checkLinearDense(layer);
    checkStride(layer);
    checkNorm(layer);
  }
  checkLearningRate();
  checkSchedule();
}

void lint(const Network &network, Diagnostics &diagnostics) {
  Linter(network, diagnostics).run();
}

} // namespace netc::dsl
