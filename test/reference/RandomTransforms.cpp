// Random input transforms, example by example.
#include "test/reference/RandomTransforms.h"

#include "test/reference/Random.h"
#include "test/reference/Transforms.h"

#include <cmath>
#include <functional>

namespace netc::reference {

std::array<uint32_t, 4> Draws::block(int64_t row, uint32_t number) const {
  uint64_t key = seed ^ fnv1a64(path);
  return philox4x32(
      {samples[static_cast<size_t>(row)], number, epoch, 0},
      {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)});
}

static double uniform(uint32_t word) { return (word >> 8) * 0x1p-24; }

/// A whole number in [0, count).
static int64_t below(uint32_t word, int64_t count) {
  return static_cast<int64_t>((uint64_t{word} * static_cast<uint64_t>(count)) >>
                              32);
}

/// Python's round: halves to even.
static int64_t rounded(double x) { return std::lrint(x); }

/// The longer-side and other-side draws of one attempt.
struct Sides {
  int64_t first, second; // sqrt(area*aspect), sqrt(area/aspect)
};
static Sides drawSides(Pair picture, Range scale, Range ratio,
                       const std::array<uint32_t, 4> &words) {
  double area = static_cast<double>(picture[0] * picture[1]) *
                (scale[0] + (scale[1] - scale[0]) * uniform(words[0]));
  double low = std::log(ratio[0]), high = std::log(ratio[1]);
  double aspect = std::exp(low + (high - low) * uniform(words[1]));
  return {rounded(std::sqrt(area * aspect)), rounded(std::sqrt(area / aspect))};
}

Rectangle resizedCropWindow(Pair picture, Range scale, Range ratio,
                            const Draws &draws, int64_t row) {
  auto [height, width] = picture;
  for (uint32_t attempt = 1; attempt <= 10; ++attempt) {
    auto words = draws.block(row, attempt);
    auto [w, h] = drawSides(picture, scale, ratio, words);
    if (w > 0 && w <= width && h > 0 && h <= height)
      return {below(words[2], height - h + 1), below(words[3], width - w + 1),
              h, w};
  }
  double aspect = static_cast<double>(width) / static_cast<double>(height);
  int64_t w = width, h = height;
  if (aspect < ratio[0])
    h = rounded(static_cast<double>(w) / ratio[0]);
  else if (aspect > ratio[1])
    w = rounded(static_cast<double>(h) * ratio[1]);
  return {(height - h) / 2, (width - w) / 2, h, w};
}

Rectangle erasedRectangle(Pair picture, double rate, Range scale, Range ratio,
                          const Draws &draws, int64_t row) {
  if (uniform(draws.block(row, 0)[0]) >= rate)
    return {};
  for (uint32_t attempt = 1; attempt <= 10; ++attempt) {
    auto words = draws.block(row, attempt);
    auto [h, w] = drawSides(picture, scale, ratio, words);
    if (h < picture[0] && w < picture[1])
      return {below(words[2], picture[0] - h + 1),
              below(words[3], picture[1] - w + 1), h, w};
  }
  return {};
}

/// The picture of one row of a batch, and its place in another batch.
static Tensor example(const Tensor &input, int64_t row) {
  Tensor one({1, input.dim(1), input.dim(2), input.dim(3)});
  auto size = static_cast<ptrdiff_t>(one.size());
  std::copy_n(input.values.begin() + row * size, size, one.values.begin());
  return one;
}

/// Each example of the batch by itself, to pictures of `size`.
static Tensor
forEachExample(const Tensor &input, Pair size,
               const std::function<Tensor(const Tensor &, int64_t)> &apply) {
  Tensor output({input.dim(0), input.dim(1), size[0], size[1]});
  for (int64_t row = 0; row < input.dim(0); ++row) {
    Tensor one = apply(example(input, row), row);
    std::copy(one.values.begin(), one.values.end(),
              output.values.begin() + row * one.size());
  }
  return output;
}

Tensor randomCrop(const Tensor &input, Pair size, Pair padding,
                  const Draws &draws) {
  return forEachExample(input, size, [&](const Tensor &one, int64_t row) {
    auto words = draws.block(row, 0);
    Pair origin;
    for (size_t d : {0, 1})
      origin[d] =
          below(words[d], one.dim(2 + d) + 2 * padding[d] - size[d] + 1) -
          padding[d];
    return crop(one, origin, size);
  });
}

Tensor randomResizedCrop(const Tensor &input, Pair size, Range scale,
                         Range ratio, const Draws &draws) {
  return forEachExample(input, size, [&](const Tensor &one, int64_t row) {
    Rectangle window =
        resizedCropWindow({one.dim(2), one.dim(3)}, scale, ratio, draws, row);
    return resize(
        crop(one, {window.top, window.left}, {window.height, window.width}),
        size);
  });
}

Tensor randomHorizontalFlip(const Tensor &input, double rate,
                            const Draws &draws) {
  Pair size{input.dim(2), input.dim(3)};
  return forEachExample(input, size, [&](const Tensor &one, int64_t row) {
    if (uniform(draws.block(row, 0)[0]) >= rate)
      return one;
    Tensor mirrored = one;
    for (int64_t c = 0; c < one.dim(1); ++c)
      for (int64_t y = 0; y < size[0]; ++y)
        for (int64_t x = 0; x < size[1]; ++x)
          mirrored(0, c, y, x) = one(0, c, y, size[1] - 1 - x);
    return mirrored;
  });
}

Tensor randomErasing(const Tensor &input, double rate, Range scale, Range ratio,
                     const std::vector<double> &value, const Draws &draws) {
  Pair size{input.dim(2), input.dim(3)};
  return forEachExample(input, size, [&](const Tensor &one, int64_t row) {
    Tensor erased = one;
    Rectangle gone = erasedRectangle(size, rate, scale, ratio, draws, row);
    for (int64_t c = 0; c < one.dim(1); ++c)
      for (int64_t y = gone.top; y < gone.top + gone.height; ++y)
        for (int64_t x = gone.left; x < gone.left + gone.width; ++x)
          erased(0, c, y, x) =
              value[value.size() == 1 ? 0 : static_cast<size_t>(c)];
    return erased;
  });
}

} // namespace netc::reference
