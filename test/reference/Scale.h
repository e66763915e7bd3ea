// A factor and a bias for each channel.
#pragma once

#include "test/reference/BatchNorm.h"

namespace netc::reference {

/// input [N, C] or [N, C, H, W], weight [C], bias [C] or empty.
Tensor scale(const Tensor &input, const Tensor &weight, const Tensor &bias);

NormGradients scaleGradient(const Tensor &input, const Tensor &weight,
                            const Tensor &outputGradient);

} // namespace netc::reference
