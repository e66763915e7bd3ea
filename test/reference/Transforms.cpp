// Input transforms, one pixel after another.
#include "test/reference/Transforms.h"

#include <algorithm>
#include <cmath>

namespace netc::reference {

/// Output pixel `i` of `outSize` lies between two of `inSize` input pixels.
struct Neighbours {
  int64_t first, second;
  double weight; // of the second
};
static Neighbours neighbours(int64_t i, int64_t inSize, int64_t outSize) {
  double scale = static_cast<double>(inSize) / static_cast<double>(outSize);
  double place = std::max(0.0, (static_cast<double>(i) + 0.5) * scale - 0.5);
  auto first = std::min(static_cast<int64_t>(place), inSize - 1);
  return {first, std::min(first + 1, inSize - 1),
          place - static_cast<double>(first)};
}

Tensor resize(const Tensor &input, Pair size) {
  Tensor output({input.dim(0), input.dim(1), size[0], size[1]});
  for (int64_t n = 0; n < output.dim(0); ++n)
    for (int64_t c = 0; c < output.dim(1); ++c)
      for (int64_t y = 0; y < size[0]; ++y)
        for (int64_t x = 0; x < size[1]; ++x) {
          Neighbours rows = neighbours(y, input.dim(2), size[0]);
          Neighbours columns = neighbours(x, input.dim(3), size[1]);
          auto alongRow = [&](int64_t row) {
            return input(n, c, row, columns.first) * (1 - columns.weight) +
                   input(n, c, row, columns.second) * columns.weight;
          };
          output(n, c, y, x) = alongRow(rows.first) * (1 - rows.weight) +
                               alongRow(rows.second) * rows.weight;
        }
  return output;
}

Tensor crop(const Tensor &input, Pair origin, Pair size) {
  Tensor output({input.dim(0), input.dim(1), size[0], size[1]});
  for (int64_t n = 0; n < output.dim(0); ++n)
    for (int64_t c = 0; c < output.dim(1); ++c)
      for (int64_t y = 0; y < size[0]; ++y)
        for (int64_t x = 0; x < size[1]; ++x) {
          int64_t row = y + origin[0], column = x + origin[1];
          if (row >= 0 && row < input.dim(2) && column >= 0 &&
              column < input.dim(3))
            output(n, c, y, x) = input(n, c, row, column);
        }
  return output;
}

Tensor centerCrop(const Tensor &input, Pair size) {
  Pair origin;
  for (size_t d : {0, 1}) {
    int64_t whole = input.dim(2 + d);
    origin[d] = size[d] > whole
                    ? -((size[d] - whole) / 2)
                    : std::lrint(static_cast<double>(whole - size[d]) / 2);
  }
  return crop(input, origin, size);
}

Tensor toTensor(const Tensor &pixels) {
  Tensor output = pixels;
  for (double &x : output.values)
    x /= 255;
  return output;
}

Tensor normalize(const Tensor &input, const std::vector<double> &mean,
                 const std::vector<double> &deviation) {
  Tensor output = input;
  int64_t channels = input.dim(1), plane = input.dim(2) * input.dim(3);
  for (int64_t i = 0; i < input.size(); ++i) {
    auto c = static_cast<size_t>(i / plane % channels);
    output.values[i] = (input.values[i] - mean[mean.size() == 1 ? 0 : c]) /
                       deviation[deviation.size() == 1 ? 0 : c];
  }
  return output;
}

} // namespace netc::reference
