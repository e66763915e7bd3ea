// The table of losses, and what they ask of a data set's labels.
#include "dsl/Losses.h"

#include "dsl/Network.h"

namespace netc::dsl {

std::span<const LossKind> lossKinds() {
  using enum SettingKind;
  static const std::vector<LossKind> kinds = {
      {.meaning = runtime::fb::Loss::SoftmaxCrossEntropy,
       .name = "SoftmaxCrossEntropy",
       .op = "softmax_cross_entropy",
       .settings = {{"label_smoothing", UpToOne}},
       .isOfClasses = true,
       .hasAccuracy = true,
       .classesOfOne = 1,
       .forOneOutput = "SigmoidBinaryCrossEntropy",
       .forInput = "MeanSquaredError"},
      {.meaning = runtime::fb::Loss::SigmoidBinaryCrossEntropy,
       .name = "SigmoidBinaryCrossEntropy",
       .op = "sigmoid_binary_cross_entropy",
       .takesInput = true,
       .hasAccuracy = true,
       .classesOfOne = 2},
      {.meaning = runtime::fb::Loss::MeanSquaredError,
       .name = "MeanSquaredError",
       .op = "mean_squared_error",
       .takesInput = true},
  };
  return kinds;
}

bool hasAccuracy(const Loss &loss) {
  return loss.kind->hasAccuracy && !loss.targetsInput;
}

int64_t classesOf(const Network &network) {
  const Loss &loss = network.train.loss;
  if (loss.targetsInput)
    return 0;
  int64_t outputs = network.output.front();
  return outputs > 1 ? outputs : loss.kind->classesOfOne;
}

std::optional<shape::Shape> labelShapeOf(const Network &network) {
  if (network.train.loss.targetsInput)
    return std::nullopt;
  return shape::Shape(network.output.begin() + 1, network.output.end());
}

std::optional<shape::Shape> numbersShapeOf(const Network &network) {
  const Loss &loss = network.train.loss;
  if (loss.targetsInput || !loss.kind->takesInput)
    return std::nullopt;
  return network.output;
}

} // namespace netc::dsl
