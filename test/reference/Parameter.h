// How parameters start.
#pragma once

#include "test/reference/Tensor.h"

#include <string_view>

namespace netc::reference {

/// Uniform in +-sqrt(6/(fanIn + fanOut)) (Glorot, Bengio 2010); element i is
/// made of uniform(seed, name, i, 0), `name` being the parameter's.
Tensor xavierUniform(const Shape &shape, int64_t fanIn, int64_t fanOut,
                     uint64_t seed, std::string_view name);

} // namespace netc::reference
