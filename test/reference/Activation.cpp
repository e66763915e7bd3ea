// Activations one element at a time.
#include "test/reference/Activation.h"

#include <cmath>

namespace netc::reference {

static double value(Activation kind, double x) {
  switch (kind) {
  case Activation::ReLU:
    return x > 0 ? x : 0;
  case Activation::Sigmoid:
    return 1 / (1 + std::exp(-x));
  case Activation::Tanh:
    return std::tanh(x);
  }
  assert(false && "unknown activation");
  return 0;
}

/// The slope where the output is y.
static double slope(Activation kind, double y) {
  switch (kind) {
  case Activation::ReLU:
    return y > 0 ? 1 : 0;
  case Activation::Sigmoid:
    return y * (1 - y);
  case Activation::Tanh:
    return 1 - y * y;
  }
  assert(false && "unknown activation");
  return 0;
}

Tensor activation(Activation kind, const Tensor &input) {
  Tensor output = input;
  for (double &x : output.values)
    x = value(kind, x);
  return output;
}

Tensor activationGradientFromInput(Activation kind, const Tensor &input,
                                   const Tensor &outputGradient) {
  return activationGradientFromOutput(kind, activation(kind, input),
                                      outputGradient);
}

Tensor activationGradientFromOutput(Activation kind, const Tensor &output,
                                    const Tensor &outputGradient) {
  Tensor gradient = outputGradient;
  for (int64_t i = 0; i < gradient.size(); ++i)
    gradient.values[i] *= slope(kind, output.values[i]);
  return gradient;
}

} // namespace netc::reference
