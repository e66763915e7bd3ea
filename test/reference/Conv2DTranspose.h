// Transposed convolution and its gradients.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

struct Conv2DTranspose {
  Pair stride{1, 1}, padding{0, 0}, outputPadding{0, 0}, dilation{1, 1};
  int64_t groups = 1;
};

/// input [N, C, H, W], filter [C, O/groups, kh, kw], bias [O] or empty
/// -> [N, O, H', W'], H' = (H - 1)*stride - 2*padding + dilation*(kh - 1) +
/// outputPadding + 1.
Tensor conv2DTranspose(const Tensor &input, const Tensor &filter,
                       const Tensor &bias, const Conv2DTranspose &conv);

/// outputGradient [N, O, H', W'] -> [N, C, H, W].
Tensor conv2DTransposeInputGradient(const Tensor &outputGradient,
                                    const Tensor &filter,
                                    const Shape &inputShape,
                                    const Conv2DTranspose &conv);

/// -> [C, O/groups, kh, kw].
Tensor conv2DTransposeFilterGradient(const Tensor &input,
                                     const Tensor &outputGradient,
                                     const Shape &filterShape,
                                     const Conv2DTranspose &conv);

} // namespace netc::reference
