// Loops that the compiler makes vectors of, once for AVX2 and once for any
// x86-64.
#include "runtime/data/PixelRows.h"

#include <algorithm>

namespace netc::runtime::data {

/// What lrint() gives, as arithmetic. \pre 0 <= value < 2^22
static inline float nearest(float value) {
  constexpr float whole = 0x1.8p23F; // its neighbours are whole numbers
  return (value + whole) - whole;
}

// What is the same for 8 and 16 bits is compiled into each of the functions
// below, for each instruction set.
template <typename T>
[[gnu::always_inline]] static inline void
toFloatsOf(const T *__restrict values, size_t count, float *__restrict out) {
  for (size_t i = 0; i < count; ++i)
    out[i] = static_cast<float>(values[i]);
}

template <typename T>
[[gnu::always_inline]] static inline void
toWholeOf(const float *__restrict values, float factor, float most,
          size_t count, T *__restrict out) {
  for (size_t i = 0; i < count; ++i)
    out[i] = static_cast<T>(static_cast<int32_t>(
        nearest(std::min(std::max(factor * values[i], 0.0F), most))));
}

[[gnu::target_clones("avx2", "default")]] void
toFloats(const uint8_t *__restrict values, size_t count,
         float *__restrict out) {
  toFloatsOf(values, count, out);
}

[[gnu::target_clones("avx2", "default")]] void
toFloats(const uint16_t *__restrict values, size_t count,
         float *__restrict out) {
  toFloatsOf(values, count, out);
}

[[gnu::target_clones("avx2", "default")]] void
weigh(const float *__restrict values, float weight, size_t count,
      float *__restrict out) {
  for (size_t i = 0; i < count; ++i)
    out[i] = weight * values[i];
}

[[gnu::target_clones("avx2", "default")]] void
addWeighted(const float *__restrict values, float weight, size_t count,
            float *__restrict sums) {
  for (size_t i = 0; i < count; ++i)
    sums[i] += weight * values[i];
}

[[gnu::target_clones("avx2", "default")]] void
toWhole(const float *__restrict values, float factor, float most, size_t count,
        uint8_t *__restrict out) {
  toWholeOf(values, factor, most, count, out);
}

[[gnu::target_clones("avx2", "default")]] void
toWhole(const float *__restrict values, float factor, float most, size_t count,
        uint16_t *__restrict out) {
  toWholeOf(values, factor, most, count, out);
}

} // namespace netc::runtime::data
