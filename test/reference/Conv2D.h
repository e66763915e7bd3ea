// Convolution and its gradients.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

struct Conv2D {
  Pair stride{1, 1}, padding{0, 0}, dilation{1, 1};
  int64_t groups = 1;
};

/// input [N, C, H, W], filter [O, C/groups, kh, kw], bias [O] or empty
/// -> [N, O, H', W'], H' = (H + 2*padding - dilation*(kh - 1) - 1)/stride + 1
/// rounded down.
Tensor conv2D(const Tensor &input, const Tensor &filter, const Tensor &bias,
              const Conv2D &conv);

/// outputGradient [N, O, H', W'] -> [N, C, H, W].
Tensor conv2DInputGradient(const Tensor &outputGradient, const Tensor &filter,
                           const Shape &inputShape, const Conv2D &conv);

/// -> [O, C/groups, kh, kw].
Tensor conv2DFilterGradient(const Tensor &input, const Tensor &outputGradient,
                            const Shape &filterShape, const Conv2D &conv);

/// -> [O].
Tensor conv2DBiasGradient(const Tensor &outputGradient);

} // namespace netc::reference
