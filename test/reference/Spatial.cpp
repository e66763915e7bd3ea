// Each output element is a sum of weighted input elements, so one loop over
// these products serves an operation and its gradient.
#include "test/reference/Spatial.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace netc::reference {

/// The input rows that output row `i` takes from, with their weights.
using Sources = std::vector<std::pair<int64_t, double>>;

static Sources sourcesOf(int64_t i, int64_t size, int64_t scale,
                         bool bilinear) {
  if (!bilinear)
    return {{i / scale, 1}};
  double last = static_cast<double>(size - 1);
  double where = (static_cast<double>(i) + 0.5) / static_cast<double>(scale);
  where = std::clamp(where - 0.5, 0.0, last);
  double low = std::floor(where), weight = where - low;
  Sources sources{{static_cast<int64_t>(low), 1 - weight}};
  if (weight > 0)
    sources.emplace_back(static_cast<int64_t>(low) + 1, weight);
  return sources;
}

/// Calls visit(n, c, input y, input x, output y, output x, weight).
template <typename Visit>
static void forEachBlend(const Shape &input, Pair scale, bool bilinear,
                         Visit visit) {
  for (int64_t n = 0; n < input[0]; ++n)
    for (int64_t c = 0; c < input[1]; ++c)
      for (int64_t oy = 0; oy < input[2] * scale[0]; ++oy)
        for (int64_t ox = 0; ox < input[3] * scale[1]; ++ox)
          for (auto [y, down] : sourcesOf(oy, input[2], scale[0], bilinear))
            for (auto [x, across] : sourcesOf(ox, input[3], scale[1], bilinear))
              visit(n, c, y, x, oy, ox, down * across);
}

Tensor upsample2D(const Tensor &input, Pair scale, bool bilinear) {
  Tensor output({input.dim(0), input.dim(1), input.dim(2) * scale[0],
                 input.dim(3) * scale[1]});
  forEachBlend(input.shape, scale, bilinear,
               [&](int64_t n, int64_t c, int64_t y, int64_t x, int64_t oy,
                   int64_t ox, double weight) {
                 output(n, c, oy, ox) += weight * input(n, c, y, x);
               });
  return output;
}

Tensor upsample2DGradient(const Tensor &outputGradient, Pair scale,
                          bool bilinear) {
  Tensor gradient({outputGradient.dim(0), outputGradient.dim(1),
                   outputGradient.dim(2) / scale[0],
                   outputGradient.dim(3) / scale[1]});
  forEachBlend(gradient.shape, scale, bilinear,
               [&](int64_t n, int64_t c, int64_t y, int64_t x, int64_t oy,
                   int64_t ox, double weight) {
                 gradient(n, c, y, x) += weight * outputGradient(n, c, oy, ox);
               });
  return gradient;
}

Tensor pad2D(const Tensor &input, const Sides &sides) {
  Tensor output({input.dim(0), input.dim(1), input.dim(2) + sides[0] + sides[1],
                 input.dim(3) + sides[2] + sides[3]});
  for (int64_t n = 0; n < output.dim(0); ++n)
    for (int64_t c = 0; c < output.dim(1); ++c)
      for (int64_t oy = 0; oy < output.dim(2); ++oy)
        for (int64_t ox = 0; ox < output.dim(3); ++ox) {
          int64_t y = oy - sides[0], x = ox - sides[2];
          if (y >= 0 && y < input.dim(2) && x >= 0 && x < input.dim(3))
            output(n, c, oy, ox) = input(n, c, y, x);
        }
  return output;
}

Tensor pad2DGradient(const Tensor &outputGradient, const Sides &sides) {
  return pad2D(outputGradient, {-sides[0], -sides[1], -sides[2], -sides[3]});
}

} // namespace netc::reference
