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

struct RandomVerticalFlip {
  double rate = 0.5;
};
/// Turns the picture anticlockwise by an angle in [-d, d] or in a range. The
/// centre is [x, y] in pixels, the picture's own where there is none.
struct RandomRotation {
  std::vector<double> degrees;
  Interpolation interpolation = Interpolation::Nearest;
  std::vector<double> center, fill{0};
};
/// The same clockwise, then shifted by whole pixels, at most the shares
/// `translate` of width and height, and scaled and sheared by degrees along x,
/// or along x and y ([x0, x1, y0, y1]). What is empty is not done.
struct RandomAffine {
  std::vector<double> degrees, translate, scale, shear;
  Interpolation interpolation = Interpolation::Nearest;
  std::vector<double> center, fill{0};
};
/// Each a number b, for factors from 1 - b to 1 + b (of the hue: turns from -b
/// to b), or the range itself, in an order that is drawn.
struct ColorJitter {
  std::vector<double> brightness{0}, contrast{0}, saturation{0}, hue{0};
};
struct RandomGrayscale {
  double rate = 0.1;
};
struct GaussianBlur { // a number or a range of deviations in pixels
  Pair kernel{};
  std::vector<double> sigma{0.1, 2};
};
/// So many of fourteen adjustments, as strong as `magnitude` of `bins` steps.
struct RandAugment {
  int64_t count = 2, magnitude = 9, bins = 31;
  Interpolation interpolation = Interpolation::Nearest;
  std::vector<double> fill; // nothing: 0
};

using TransformSpec =
    std::variant<Resize, ToTensor, Normalize, CenterCrop, RandomCrop,
                 RandomResizedCrop, RandomHorizontalFlip, RandomErasing,
                 RandomVerticalFlip, RandomRotation, RandomAffine, ColorJitter,
                 RandomGrayscale, GaussianBlur, RandAugment>;

/// What may be done to a picture of each example, by numbers that programs
/// hold: those of RandAugment in its order, and what only ColorJitter does.
enum class Adjustment {
  Identity,
  ShearX,
  ShearY,
  TranslateX,
  TranslateY,
  Rotate,
  Brightness,
  Color,
  Contrast,
  Sharpness,
  Posterize,
  Solarize,
  AutoContrast,
  Equalize,
  Hue
};
constexpr size_t randAugmentKinds = 14;

/// The highest level of a picture's whole numbers.
constexpr int64_t highestLevel = 255;
/// What a pixel's label becomes where a transform leads outside the picture.
constexpr int64_t outsideLabel = 0;

InferResult infer(const Resize &, const Shape &input);
InferResult infer(const ToTensor &, const Shape &input);
InferResult infer(const Normalize &, const Shape &input);
InferResult infer(const CenterCrop &, const Shape &input);
InferResult infer(const RandomCrop &, const Shape &input);
InferResult infer(const RandomResizedCrop &, const Shape &input);
InferResult infer(const RandomHorizontalFlip &, const Shape &input);
InferResult infer(const RandomErasing &, const Shape &input);
InferResult infer(const RandomVerticalFlip &, const Shape &input);
InferResult infer(const RandomRotation &, const Shape &input);
InferResult infer(const RandomAffine &, const Shape &input);
InferResult infer(const ColorJitter &, const Shape &input);
InferResult infer(const RandomGrayscale &, const Shape &input);
InferResult infer(const GaussianBlur &, const Shape &input);
InferResult infer(const RandAugment &, const Shape &input);
InferResult infer(const TransformSpec &, const Shape &input);

/// The language's name: `Resize`.
std::string_view kindName(const TransformSpec &);

/// Whether each example gets something else each time.
bool isRandom(const TransformSpec &);

/// Whether pixels come from other places, so that labels of pixels must follow.
bool movesPixels(const TransformSpec &);
/// Whether colours are adjusted, which must be those of pictures.
bool adjustsColors(const TransformSpec &);
/// What it sets where there is no picture; null if nothing.
const std::vector<double> *fillOf(const TransformSpec &);

/// [-b, b] of one number b, a range as it is.
std::vector<double> symmetricRange(const std::vector<double> &values);
/// The factors of a jitter of brightness, contrast or saturation (around 1) or
/// turns of the hue (around 0); empty where they change nothing.
std::vector<double> jitterRange(const std::vector<double> &values,
                                double centre);
/// How strong each kind of RandAugment's is: tangents of the shears, pixels of
/// the shifts, degrees, parts of 1 of the colours, bits that stay, the level
/// from which a picture is inverted. \pre the transform has been checked.
std::vector<double> strengthsOf(const RandAugment &, const Pair &picture);

/// What `resize` makes of pictures of this height and width. \pre it fits.
Pair resizedSize(const Resize &resize, const Pair &input);

/// Where a central crop begins in a picture, along one dimension: rounded to
/// even, negative where the picture is smaller.
int64_t centerCropOrigin(int64_t input, int64_t size);

} // namespace netc::shape
