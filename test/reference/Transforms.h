// Input transforms.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

/// [N, C, h, w] -> [N, C, size]: bilinear with half-pixel centres, clamped at
/// the edges, without antialiasing (PyTorch's `interpolate`, mode bilinear,
/// align_corners=False).
Tensor resize(const Tensor &input, Pair size);

/// The window of `size` that begins at `origin`, zeros where it lies outside.
Tensor crop(const Tensor &input, Pair origin, Pair size);

/// The middle of [N, C, h, w] as torchvision's center_crop takes it: half the
/// difference, rounded to even; where the picture is smaller, zeros around it,
/// the smaller half of them first.
Tensor centerCrop(const Tensor &input, Pair size);

/// Pixels from 0..255 to 0..1.
Tensor toTensor(const Tensor &pixels);

/// (x - mean[c])/deviation[c] for [N, C, H, W]; one value serves all channels.
Tensor normalize(const Tensor &input, const std::vector<double> &mean,
                 const std::vector<double> &deviation);

} // namespace netc::reference
