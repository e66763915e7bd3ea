// Fully connected layers and their gradients.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

/// input [N, in], weight [out, in], bias [out] or empty -> [N, out].
Tensor dense(const Tensor &input, const Tensor &weight, const Tensor &bias);

/// outputGradient [N, out] -> [N, in].
Tensor denseInputGradient(const Tensor &outputGradient, const Tensor &weight);

/// -> [out, in].
Tensor denseWeightGradient(const Tensor &input, const Tensor &outputGradient);

/// -> [out].
Tensor denseBiasGradient(const Tensor &outputGradient);

} // namespace netc::reference
