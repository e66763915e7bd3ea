// Layer normalisation and its gradient.
#pragma once

#include "test/reference/BatchNorm.h"

namespace netc::reference {

/// Each example of [N, ...] by its own mean and variance; weight and bias in
/// the shape of an example, or empty.
Tensor layerNorm(const Tensor &input, const Tensor &weight, const Tensor &bias,
                 double epsilon);

NormGradients layerNormGradient(const Tensor &input, const Tensor &weight,
                                double epsilon, const Tensor &outputGradient);

} // namespace netc::reference
