// What the losses ask of a data set's labels.
#include "dsl/Network.h"

namespace netc::dsl {

std::string_view toString(LossKind kind) {
  switch (kind) {
  case LossKind::SoftmaxCrossEntropy:
    return "SoftmaxCrossEntropy";
  case LossKind::SigmoidBinaryCrossEntropy:
    return "SigmoidBinaryCrossEntropy";
  case LossKind::MeanSquaredError:
    return "MeanSquaredError";
  }
  return "";
}

bool hasAccuracy(const Loss &loss) {
  return loss.kind != LossKind::MeanSquaredError && !loss.targetsInput;
}

int64_t classesOf(const Network &network) {
  const Loss &loss = network.train.loss;
  if (loss.targetsInput)
    return 0;
  int64_t outputs = network.output.front();
  if (outputs > 1)
    return outputs;
  // One output: a class's logit, or a number that is the label itself.
  switch (loss.kind) {
  case LossKind::SoftmaxCrossEntropy:
    return 1;
  case LossKind::SigmoidBinaryCrossEntropy:
    return 2;
  case LossKind::MeanSquaredError:
    return 0;
  }
  return 0;
}

std::optional<shape::Shape> labelShapeOf(const Network &network) {
  if (network.train.loss.targetsInput)
    return std::nullopt;
  return shape::Shape(network.output.begin() + 1, network.output.end());
}

} // namespace netc::dsl
