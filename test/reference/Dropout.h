// Dropout.
#pragma once

#include "test/reference/Tensor.h"

#include <string_view>

namespace netc::reference {

/// Element i, counted in row-major order over the whole batch, is kept and
/// scaled by 1/(1 - rate) if uniform(seed, path, i, step) >= rate, else zero.
/// The gradient is the same function of the output's gradient.
Tensor dropout(const Tensor &input, double rate, uint64_t seed, uint64_t step,
               std::string_view path);

} // namespace netc::reference
