// Dropout by a random number for each element.
#include "test/reference/Dropout.h"

#include "test/reference/Random.h"

namespace netc::reference {

Tensor dropout(const Tensor &input, double rate, uint64_t seed, uint64_t step,
               std::string_view path) {
  Tensor output = input;
  for (int64_t i = 0; i < output.size(); ++i) {
    bool kept = uniform(seed, path, static_cast<uint64_t>(i), step) >= rate;
    output.values[i] = kept ? input.values[i] / (1 - rate) : 0;
  }
  return output;
}

} // namespace netc::reference
