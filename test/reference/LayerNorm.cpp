// An example of [N, ...] is a channel of [1, N, ...]: only the weight and the
// bias lie the other way.
#include "test/reference/LayerNorm.h"

namespace netc::reference {

static Tensor asChannels(const Tensor &input) {
  return input.reshaped({1, input.dim(0), input.size() / input.dim(0)});
}

/// The weight at each element; 1 where there is none.
static double at(const Tensor &weight, int64_t i) {
  return weight.empty() ? 1 : weight.values[i % weight.size()];
}

Tensor layerNorm(const Tensor &input, const Tensor &weight, const Tensor &bias,
                 double epsilon) {
  Tensor rows = asChannels(input);
  Tensor output =
      normalizeChannels(rows, channelMoments(rows), Tensor(), Tensor(), epsilon)
          .reshaped(input.shape);
  for (int64_t i = 0; i < output.size(); ++i)
    output.values[i] = output.values[i] * at(weight, i) +
                       (bias.empty() ? 0 : bias.values[i % bias.size()]);
  return output;
}

NormGradients layerNormGradient(const Tensor &input, const Tensor &weight,
                                double epsilon, const Tensor &outputGradient) {
  Tensor scaled = outputGradient;
  for (int64_t i = 0; i < scaled.size(); ++i)
    scaled.values[i] *= at(weight, i);
  Shape example(input.shape.begin() + 1, input.shape.end());
  NormGradients result{
      batchNormGradient(asChannels(input), Tensor(), epsilon, scaled)
          .input.reshaped(input.shape),
      Tensor(example), Tensor(example)};
  Tensor normalized = layerNorm(input, Tensor(), Tensor(), epsilon);
  int64_t size = result.bias.size();
  for (int64_t i = 0; i < input.size(); ++i) {
    result.weight.values[i % size] +=
        outputGradient.values[i] * normalized.values[i];
    result.bias.values[i % size] += outputGradient.values[i];
  }
  return result;
}

} // namespace netc::reference
