// Elementwise activations and their gradients.
#pragma once

#include "test/reference/Tensor.h"

#include <optional>

namespace netc::reference {

enum class Activation {
  ReLU,
  Sigmoid,
  Tanh,
  LeakyReLU,
  GELU,
  SiLU,
  ELU,
  Softplus,
  HardSwish
};

/// The parameter is ReLU's maximum, LeakyReLU's slope, ELU's alpha; without it
/// they have none, 0.01 and 1.
using Parameter = std::optional<double>;

Tensor activation(Activation kind, const Tensor &input,
                  Parameter parameter = {});

/// The gradient of the input, told the input. At its kinks a function's slope
/// is the one that PyTorch gives it: the left one of ReLU at 0, LeakyReLU and
/// HardSwish at -3, the right one of a bounded ReLU and of HardSwish at 3.
Tensor activationGradientFromInput(Activation kind, const Tensor &input,
                                   const Tensor &outputGradient,
                                   Parameter parameter = {});
/// Told the output of ReLU, Sigmoid, Tanh or of a LeakyReLU with a slope of at
/// least 0.
Tensor activationGradientFromOutput(Activation kind, const Tensor &output,
                                    const Tensor &outputGradient,
                                    Parameter parameter = {});

} // namespace netc::reference
