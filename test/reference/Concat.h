// Concatenation along the channels, the second dimension, and its gradients.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

/// [N, C1, ...], [N, C2, ...] ... -> [N, C1 + C2 + ..., ...].
Tensor concat(const std::vector<Tensor> &inputs);

/// The channels from `offset` on: the gradient of one input of a concatenation.
Tensor channelSlice(const Tensor &input, int64_t offset, int64_t channels);

/// Zero outside of the slice.
Tensor channelSliceGradient(const Tensor &outputGradient,
                            const Shape &inputShape, int64_t offset);

} // namespace netc::reference
