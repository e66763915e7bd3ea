// Activations one element at a time.
#include "test/reference/Activation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace netc::reference {

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// (1 + erf(x/sqrt(2)))/2, told by the tail: nothing cancels on the left.
static double normal(double x) {
  return std::erfc(-x / std::numbers::sqrt2) / 2;
}

static double density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}

static double value(Activation kind, double x, Parameter parameter) {
  switch (kind) {
  case Activation::ReLU: {
    double y = x > 0 ? x : 0;
    return parameter ? std::min(y, *parameter) : y;
  }
  case Activation::Sigmoid:
    return sigmoid(x);
  case Activation::Tanh:
    return std::tanh(x);
  case Activation::LeakyReLU:
    return x > 0 ? x : parameter.value_or(0.01) * x;
  case Activation::GELU:
    return x * normal(x);
  case Activation::SiLU:
    return x * sigmoid(x);
  case Activation::ELU:
    return x > 0 ? x : parameter.value_or(1) * std::expm1(x);
  case Activation::Softplus:
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  case Activation::HardSwish:
    return x * std::clamp(x + 3, 0.0, 6.0) / 6;
  }
  assert(false && "unknown activation");
  return 0;
}

/// The slope at x.
static double slope(Activation kind, double x, Parameter parameter) {
  switch (kind) {
  case Activation::ReLU:
    return x > 0 && !(parameter && x >= *parameter) ? 1 : 0;
  case Activation::Sigmoid:
    return sigmoid(x) * sigmoid(-x);
  case Activation::Tanh:
    return 1 - std::tanh(x) * std::tanh(x);
  case Activation::LeakyReLU:
    return x > 0 ? 1 : parameter.value_or(0.01);
  case Activation::GELU:
    return normal(x) + x * density(x);
  case Activation::SiLU:
    return sigmoid(x) * (1 + x * sigmoid(-x));
  case Activation::ELU:
    return x > 0 ? 1 : parameter.value_or(1) * std::exp(x);
  case Activation::Softplus:
    return sigmoid(x);
  case Activation::HardSwish:
    return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
  }
  assert(false && "unknown activation");
  return 0;
}

/// The slope where the output is y.
static double slopeAtOutput(Activation kind, double y, Parameter parameter) {
  switch (kind) {
  case Activation::Sigmoid:
    return y * (1 - y);
  case Activation::Tanh:
    return 1 - y * y;
  default: // y has the sign of x, and is bounded where x is beyond the bound
    assert((kind == Activation::ReLU || kind == Activation::LeakyReLU) &&
           "the output does not tell the slope");
    return slope(kind, y, parameter);
  }
}

Tensor activation(Activation kind, const Tensor &input, Parameter parameter) {
  Tensor output = input;
  for (double &x : output.values)
    x = value(kind, x, parameter);
  return output;
}

Tensor activationGradientFromInput(Activation kind, const Tensor &input,
                                   const Tensor &outputGradient,
                                   Parameter parameter) {
  Tensor gradient = outputGradient;
  for (int64_t i = 0; i < gradient.size(); ++i)
    gradient.values[i] *= slope(kind, input.values[i], parameter);
  return gradient;
}

Tensor activationGradientFromOutput(Activation kind, const Tensor &output,
                                    const Tensor &outputGradient,
                                    Parameter parameter) {
  Tensor gradient = outputGradient;
  for (int64_t i = 0; i < gradient.size(); ++i)
    gradient.values[i] *= slopeAtOutput(kind, output.values[i], parameter);
  return gradient;
}

} // namespace netc::reference
