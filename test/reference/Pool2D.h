// Pooling and its gradients. Output sizes round down.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

struct Pool2D {
  Pair window{}, stride{}, padding{0, 0};
};

/// The first maximum of each window in scan order wins, and padding never
/// does; so do PyTorch and oneDNN.
struct MaxPool2DResult {
  Tensor output;  // [N, C, H', W']
  Tensor indices; // [N, C, H', W'], y*W + x of each winner in its plane
};
MaxPool2DResult maxPool2D(const Tensor &input, const Pool2D &pool);

/// A winner of several windows gets the sum of their gradients.
Tensor maxPool2DGradient(const Tensor &outputGradient, const Tensor &indices,
                         const Shape &inputShape);

/// The mean of each window, its padding counted as zeros.
Tensor avgPool2D(const Tensor &input, const Pool2D &pool);
Tensor avgPool2DGradient(const Tensor &outputGradient, const Shape &inputShape,
                         const Pool2D &pool);

/// [N, C, H, W] -> [N, C, 1, 1].
Tensor globalAvgPool2D(const Tensor &input);
Tensor globalAvgPool2DGradient(const Tensor &outputGradient,
                               const Shape &inputShape);

} // namespace netc::reference
