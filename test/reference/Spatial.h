// What places elements anew: upsampling, padding with zeros, cropping.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

/// [N, C, H, W] -> [N, C, H*scale, W*scale]. Bilinear has half-pixel centres,
/// clamped at the edges (PyTorch's `interpolate`, align_corners=False).
Tensor upsample2D(const Tensor &input, Pair scale, bool bilinear);
Tensor upsample2DGradient(const Tensor &outputGradient, Pair scale,
                          bool bilinear);

/// Top, bottom, left, right; below zero they are cut off.
using Sides = std::array<int64_t, 4>;
Tensor pad2D(const Tensor &input, const Sides &sides);
Tensor pad2DGradient(const Tensor &outputGradient, const Sides &sides);

} // namespace netc::reference
