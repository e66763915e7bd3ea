// Initial values of parameters.
#include "test/reference/Parameter.h"

#include "test/reference/Random.h"

#include <cmath>

namespace netc::reference {

Tensor xavierUniform(const Shape &shape, int64_t fanIn, int64_t fanOut,
                     uint64_t seed, std::string_view name) {
  Tensor result(shape);
  double bound = std::sqrt(6.0 / static_cast<double>(fanIn + fanOut));
  for (int64_t i = 0; i < result.size(); ++i)
    result.values[i] =
        (2 * uniform(seed, name, static_cast<uint64_t>(i), 0) - 1) * bound;
  return result;
}

} // namespace netc::reference
