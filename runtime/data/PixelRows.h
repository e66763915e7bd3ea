// Arithmetic on rows of pixels, for vectors of whatever length the machine has:
// a product is rounded before it is added, so that the length changes no bit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace netc::runtime::data {

/// \pre of all of these: `count` elements each, which do not overlap.
void toFloats(const uint8_t *values, size_t count, float *out);
void toFloats(const uint16_t *values, size_t count, float *out);

/// out = weight * values
void weigh(const float *values, float weight, size_t count, float *out);
/// sums += weight * values
void addWeighted(const float *values, float weight, size_t count, float *sums);

/// factor * values, bounded to 0 and `most`, then rounded to the nearest whole
/// number, to even. \pre most < 2^22
void toWhole(const float *values, float factor, float most, size_t count,
             uint8_t *out);
void toWhole(const float *values, float factor, float most, size_t count,
             uint16_t *out);

} // namespace netc::runtime::data
