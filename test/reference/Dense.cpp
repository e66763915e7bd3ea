// Matrix products by three loops.
#include "test/reference/Dense.h"

namespace netc::reference {

Tensor dense(const Tensor &input, const Tensor &weight, const Tensor &bias) {
  int64_t batch = input.dim(0), in = weight.dim(1), out = weight.dim(0);
  Tensor output({batch, out});
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < out; ++o) {
      double sum = bias.empty() ? 0 : bias(o);
      for (int64_t i = 0; i < in; ++i)
        sum += input(n, i) * weight(o, i);
      output(n, o) = sum;
    }
  return output;
}

Tensor denseInputGradient(const Tensor &outputGradient, const Tensor &weight) {
  int64_t batch = outputGradient.dim(0), in = weight.dim(1);
  Tensor gradient({batch, in});
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < weight.dim(0); ++o)
      for (int64_t i = 0; i < in; ++i)
        gradient(n, i) += outputGradient(n, o) * weight(o, i);
  return gradient;
}

Tensor denseWeightGradient(const Tensor &input, const Tensor &outputGradient) {
  int64_t batch = input.dim(0), in = input.dim(1), out = outputGradient.dim(1);
  Tensor gradient({out, in});
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < out; ++o)
      for (int64_t i = 0; i < in; ++i)
        gradient(o, i) += outputGradient(n, o) * input(n, i);
  return gradient;
}

Tensor denseBiasGradient(const Tensor &outputGradient) {
  Tensor gradient({outputGradient.dim(1)});
  for (int64_t n = 0; n < outputGradient.dim(0); ++n)
    for (int64_t o = 0; o < outputGradient.dim(1); ++o)
      gradient(o) += outputGradient(n, o);
  return gradient;
}

} // namespace netc::reference
