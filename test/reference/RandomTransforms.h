// Input transforms that draw for each example: torchvision's definitions, with
// draws of Philox in the place of its generator's.
#pragma once

#include "test/reference/Tensor.h"

#include <string>

namespace netc::reference {

/// Whose draws: of the examples `samples` of the training set, one for each row
/// of a batch, in an epoch of a run, by the transform with this path.
struct Draws {
  uint64_t seed = 0;
  uint32_t epoch = 0;
  std::string path;
  std::vector<uint32_t> samples;

  /// The words of a row's block number `number`.
  std::array<uint32_t, 4> block(int64_t row, uint32_t number) const;
};

/// Two numbers, the smaller first.
using Range = std::array<double, 2>;

struct Rectangle {
  int64_t top = 0, left = 0, height = 0, width = 0;
};

/// What RandomResizedCrop takes of a picture (height, width) for a row.
Rectangle resizedCropWindow(Pair picture, Range scale, Range ratio,
                            const Draws &draws, int64_t row);
/// What RandomErasing erases; empty where it erases nothing.
Rectangle erasedRectangle(Pair picture, double rate, Range scale, Range ratio,
                          const Draws &draws, int64_t row);

// All of [N, C, H, W].
Tensor randomCrop(const Tensor &input, Pair size, Pair padding,
                  const Draws &draws);
Tensor randomResizedCrop(const Tensor &input, Pair size, Range scale,
                         Range ratio, const Draws &draws);
Tensor randomHorizontalFlip(const Tensor &input, double rate,
                            const Draws &draws);
Tensor randomErasing(const Tensor &input, double rate, Range scale, Range ratio,
                     const std::vector<double> &value, const Draws &draws);

} // namespace netc::reference
