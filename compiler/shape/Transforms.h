// Input transforms: what happens to a picture before the network reads it.
// Their definitions are torchvision's, but that nothing is antialiased.
#pragma once

#include "compiler/shape/Shape.h"

namespace netc::shape {

/// [C, h, w] -> [C, height, width], bilinear with half-pixel centres: to
/// `size`, or so that the shorter side is `shortSide` and the aspect is kept.
struct Resize {
  std::optional<Pair> size;
  std::optional<int64_t> shortSide;
};
struct ToTensor {}; // divides by 255; any shape
struct Normalize {  // (x - mean[c]) / deviation[c]; one value serves all
  std::vector<double> mean, deviation;
};
struct CenterCrop { // around it are zeros, where the picture is smaller
  Pair size{};
};
struct RandomCrop { // of the picture with `padding` zeros on each side
  Pair size{}, padding{0, 0};
};
/// A share `scale` of the area with an aspect (width/height) in `ratio`, each
/// two numbers, resized to `size`.
struct RandomResizedCrop {
  Pair size{};
  std::vector<double> scale{0.08, 1}, ratio{3 / 4.0, 4 / 3.0};
};
struct RandomHorizontalFlip {
  double rate = 0.5;
};
/// Sets a rectangle, chosen as RandomResizedCrop's (its ratio is
/// height/width), to `value` (one for all channels or one for each).
struct RandomErasing {
  double rate = 0.5;
  std::vector<double> scale{0.02, 0.33}, ratio{0.3, 3.3}, value{0};
};

using TransformSpec =
    std::variant<Resize, ToTensor, Normalize, CenterCrop, RandomCrop,
                 RandomResizedCrop, RandomHorizontalFlip, RandomErasing>;

InferResult infer(const Resize &, const Shape &input);
InferResult infer(const ToTensor &, const Shape &input);
InferResult infer(const Normalize &, const Shape &input);
InferResult infer(const CenterCrop &, const Shape &input);
InferResult infer(const RandomCrop &, const Shape &input);
InferResult infer(const RandomResizedCrop &, const Shape &input);
InferResult infer(const RandomHorizontalFlip &, const Shape &input);
InferResult infer(const RandomErasing &, const Shape &input);
InferResult infer(const TransformSpec &, const Shape &input);

/// The language's name: `Resize`.
std::string_view kindName(const TransformSpec &);

/// Whether each example gets something else each time.
bool isRandom(const TransformSpec &);

/// What `resize` makes of pictures of this height and width. \pre it fits.
Pair resizedSize(const Resize &resize, const Pair &input);

/// Where a central crop begins in a picture, along one dimension: rounded to
/// even, negative where the picture is smaller.
int64_t centerCropOrigin(int64_t input, int64_t size);

} // namespace netc::shape
