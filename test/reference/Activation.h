// Elementwise activations and their gradients.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

enum class Activation { ReLU, Sigmoid, Tanh };

Tensor activation(Activation kind, const Tensor &input);

/// The gradient of the input, told the input or the output. At zero, where
/// ReLU has a kink, its slope is 0, as PyTorch has it.
Tensor activationGradientFromInput(Activation kind, const Tensor &input,
                                   const Tensor &outputGradient);
Tensor activationGradientFromOutput(Activation kind, const Tensor &output,
                                    const Tensor &outputGradient);

} // namespace netc::reference
