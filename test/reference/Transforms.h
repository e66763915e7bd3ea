// Input transforms.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

/// [N, C, h, w] -> [N, C, size]: bilinear with half-pixel centres, clamped at
/// the edges, without antialiasing (PyTorch's `interpolate`, mode bilinear,
/// align_corners=False).
Tensor resize(const Tensor &input, Pair size);

/// Pixels from 0..255 to 0..1.
Tensor toTensor(const Tensor &pixels);

/// (x - mean[c])/deviation[c] for [N, C, H, W]; one value serves all channels.
Tensor normalize(const Tensor &input, const std::vector<double> &mean,
                 const std::vector<double> &deviation);

} // namespace netc::reference
