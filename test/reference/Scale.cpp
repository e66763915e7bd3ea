// Products and sums of each channel.
#include "test/reference/Scale.h"

namespace netc::reference {

static int64_t channelOf(const Tensor &input, int64_t i) {
  int64_t plane = input.size() / (input.dim(0) * input.dim(1));
  return i / plane % input.dim(1);
}

Tensor scale(const Tensor &input, const Tensor &weight, const Tensor &bias) {
  Tensor output = input;
  for (int64_t i = 0; i < input.size(); ++i) {
    int64_t c = channelOf(input, i);
    output.values[i] =
        input.values[i] * weight(c) + (bias.empty() ? 0 : bias(c));
  }
  return output;
}

NormGradients scaleGradient(const Tensor &input, const Tensor &weight,
                            const Tensor &outputGradient) {
  NormGradients result{Tensor(input.shape), Tensor(weight.shape),
                       Tensor(weight.shape)};
  for (int64_t i = 0; i < input.size(); ++i) {
    int64_t c = channelOf(input, i);
    double dy = outputGradient.values[i];
    result.input.values[i] = dy * weight(c);
    result.weight(c) += dy * input.values[i];
    result.bias(c) += dy;
  }
  return result;
}

} // namespace netc::reference
