// Transforms that turn pictures, adjust their colours or blur them: what their
// arguments may be. Each keeps the picture's shape.
#include "compiler/shape/Transforms.h"
#include "compiler/shape/Window.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace netc::shape {

/// Beyond it an angle has no digits left that mean anything.
static constexpr double mostDegrees = 1e6;

static bool isFinite(double value) {
  return std::isfinite(static_cast<float>(value));
}

/// One number at least 0, or pairs of two, the smaller first; `counts` says how
/// many there may be.
static std::optional<ShapeError> checkAngles(std::string_view argument,
                                             const std::vector<double> &values,
                                             std::vector<size_t> counts) {
  std::string name(argument);
  if (std::ranges::find(counts, values.size()) == counts.end())
    return ShapeError{
        fmt::format("`{}` must be a number or a range{}, got {} numbers", name,
                    counts.back() == 4 ? ", or a range along x and one along y"
                                       : "",
                    values.size()),
        fmt::format("`{0}=30` is `{0}=[-30, 30]`", name), name};
  for (double value : values)
    if (!(std::abs(value) <= mostDegrees))
      return ShapeError{
          fmt::format("`{}` must be degrees from -1000000 to 1000000, got {}",
                      name, value),
          "", name};
  if (values.size() == 1 && values[0] < 0)
    return ShapeError{
        fmt::format("`{}` must be at least 0 where it is one number, got {}",
                    name, values[0]),
        fmt::format("`{0}={1}` is `{0}=[-{1}, {1}]`", name, -values[0]), name};
  for (size_t i = 0; i + 1 < values.size(); i += 2)
    if (values[i] > values[i + 1])
      return ShapeError{
          fmt::format("`{}` must have the smaller number first, got [{}, {}]",
                      name, values[i], values[i + 1]),
          "", name};
  return std::nullopt;
}

/// [x, y], or nothing.
static std::optional<ShapeError>
checkCenter(const std::vector<double> &center) {
  bool fits = center.empty() ||
              (center.size() == 2 && std::ranges::all_of(center, isFinite));
  if (fits)
    return std::nullopt;
  return ShapeError{"`center` must be two finite numbers, [x, y] in pixels",
                    "leave it out for the middle of the picture", "center"};
}

std::vector<double> symmetricRange(const std::vector<double> &values) {
  if (values.size() != 1)
    return values;
  return {-values[0], values[0]};
}

InferResult infer(const RandomRotation &rotation, const Shape &input) {
  if (auto error = checkAngles("degrees", rotation.degrees, {1, 2}))
    return *error;
  if (auto error = checkCenter(rotation.center))
    return *error;
  if (auto error = checkImage("RandomRotation", input))
    return *error;
  if (auto error =
          checkChannels("fill", rotation.fill, "RandomRotation", input))
    return *error;
  return Inferred{input, ""};
}

/// The shares by which a picture is shifted, and the range of its scale.
static std::optional<ShapeError>
checkShiftAndScale(const RandomAffine &affine) {
  auto isShare = [](double x) { return x >= 0 && x <= 1; };
  const std::vector<double> &translate = affine.translate;
  if (!translate.empty() &&
      (translate.size() != 2 || !std::ranges::all_of(translate, isShare)))
    return ShapeError{
        "`translate` must be two shares from 0 to 1, of the width and of the "
        "height",
        "`translate=[0.1, 0.1]` shifts by at most a tenth", "translate"};
  const std::vector<double> &scale = affine.scale;
  auto isFactor = [](double x) {
    return static_cast<float>(x) > 0 && isFinite(x);
  };
  if (!scale.empty() &&
      (scale.size() != 2 || !std::ranges::all_of(scale, isFactor) ||
       scale[0] > scale[1]))
    return ShapeError{
        "`scale` must be two numbers above 0, the smaller first",
        "`scale=[0.9, 1.1]` makes at most a tenth smaller or larger", "scale"};
  return std::nullopt;
}

InferResult infer(const RandomAffine &affine, const Shape &input) {
  if (auto error = checkAngles("degrees", affine.degrees, {1, 2}))
    return *error;
  if (auto error = checkShiftAndScale(affine))
    return *error;
  if (!affine.shear.empty())
    if (auto error = checkAngles("shear", affine.shear, {1, 2, 4}))
      return *error;
  if (auto error = checkCenter(affine.center))
    return *error;
  if (auto error = checkImage("RandomAffine", input))
    return *error;
  if (auto error = checkChannels("fill", affine.fill, "RandomAffine", input))
    return *error;
  return Inferred{input, ""};
}

/// An error unless the picture is grey or has three colours.
static std::optional<ShapeError> checkColors(std::string_view transform,
                                             const Shape &input) {
  if (auto error = checkImage(transform, input))
    return error;
  if (input[0] == 1 || input[0] == 3)
    return std::nullopt;
  return ShapeError{
      fmt::format("`{}` takes pictures of 1 or 3 channels, got {}", transform,
                  toString(input)),
      "", ""};
}

/// A number at least 0, or a range in `lowest` .. `highest`.
static std::optional<ShapeError> checkJitter(std::string_view argument,
                                             const std::vector<double> &values,
                                             double lowest, double highest) {
  bool fits = values.size() == 1 || values.size() == 2;
  if (values.size() == 1)
    fits = values[0] >= 0 && values[0] <= highest;
  if (values.size() == 2)
    fits =
        values[0] >= lowest && values[0] <= values[1] && values[1] <= highest;
  if (fits && std::ranges::all_of(values, isFinite))
    return std::nullopt;
  std::string name(argument);
  std::string message =
      std::isfinite(highest)
          ? fmt::format("`{}` must be a number from 0 to {}, or two from {} to "
                        "{}, the smaller first",
                        name, highest, lowest, highest)
          : fmt::format("`{}` must be a number at least 0, or two, the smaller "
                        "first",
                        name);
  return ShapeError{message, "", name};
}

std::vector<double> jitterRange(const std::vector<double> &values,
                                double centre) {
  std::vector<double> range = values;
  if (values.size() == 1) {
    range = {centre - values[0], centre + values[0]};
    if (centre > 0) // a factor; a turn may go back
      range[0] = std::max(range[0], 0.0);
  }
  if (range[0] == centre && range[1] == centre)
    range.clear();
  return range;
}

InferResult infer(const ColorJitter &jitter, const Shape &input) {
  constexpr double endless = HUGE_VAL;
  if (auto error = checkJitter("brightness", jitter.brightness, 0, endless))
    return *error;
  if (auto error = checkJitter("contrast", jitter.contrast, 0, endless))
    return *error;
  if (auto error = checkJitter("saturation", jitter.saturation, 0, endless))
    return *error;
  if (auto error = checkJitter("hue", jitter.hue, -0.5, 0.5))
    return *error;
  if (auto error = checkColors("ColorJitter", input))
    return *error;
  return Inferred{input, ""};
}

InferResult infer(const RandomGrayscale &grayscale, const Shape &input) {
  if (!(grayscale.rate >= 0 && grayscale.rate <= 1))
    return ShapeError{
        fmt::format("`rate` must be from 0 to 1, got {}", grayscale.rate), "",
        "rate"};
  if (auto error = checkColors("RandomGrayscale", input))
    return *error;
  return Inferred{input, ""};
}

InferResult infer(const GaussianBlur &blur, const Shape &input) {
  if (auto error = checkArgument("kernel", blur.kernel, 1))
    return *error;
  for (int64_t size : blur.kernel)
    if (size % 2 == 0)
      return ShapeError{
          fmt::format("`kernel` must be odd, got {}", toString(blur.kernel)),
          fmt::format("`kernel={}` has a middle", size + 1), "kernel"};
  const std::vector<double> &sigma = blur.sigma;
  auto isWidth = [](double x) {
    return static_cast<float>(x) > 0 && isFinite(x);
  };
  if (sigma.empty() || sigma.size() > 2 ||
      !std::ranges::all_of(sigma, isWidth) || sigma[0] > sigma.back())
    return ShapeError{
        "`sigma` must be a number above 0, or two, the smaller first", "",
        "sigma"};
  if (auto error = checkImage("GaussianBlur", input))
    return *error;
  for (int i : {0, 1})
    if (blur.kernel[i] / 2 >= input[1 + i])
      return ShapeError{
          fmt::format("`kernel` of {} is too large for {}",
                      toString(blur.kernel), toString(input)),
          fmt::format("the picture is mirrored once: at most `kernel={}`",
                      2 * std::min(input[1], input[2]) - 1),
          "kernel"};
  return Inferred{input, ""};
}

InferResult infer(const RandAugment &augment, const Shape &input) {
  auto check = [](std::string_view argument, int64_t value, int64_t least,
                  int64_t most) -> std::optional<ShapeError> {
    if (value >= least && value <= most)
      return std::nullopt;
    return ShapeError{fmt::format("`{}` must be from {} to {}, got {}",
                                  argument, least, most, value),
                      "", std::string(argument)};
  };
  if (auto error = check("num_ops", augment.count, 1, 16))
    return *error;
  if (auto error = check("bins", augment.bins, 2, 1000))
    return *error;
  if (auto error = check("magnitude", augment.magnitude, 0, augment.bins - 1))
    return *error;
  if (auto error = checkColors("RandAugment", input))
    return *error;
  if (!augment.fill.empty())
    if (auto error = checkChannels("fill", augment.fill, "RandAugment", input))
      return *error;
  return Inferred{input, ""};
}

/// The step `index` of `count` from `first` to `last`, as torch.linspace gives
/// it.
static double linearStep(float first, float last, int64_t count,
                         int64_t index) {
  float step = (last - first) / static_cast<float>(count - 1);
  return index < count / 2
             ? first + step * static_cast<float>(index)
             : last - step * static_cast<float>(count - 1 - index);
}

std::vector<double> strengthsOf(const RandAugment &augment,
                                const Pair &picture) {
  auto upTo = [&](double most) {
    return linearStep(0, static_cast<float>(most), augment.bins,
                      augment.magnitude);
  };
  auto shift = [&](int64_t side) {
    return upTo(150.0 / 331.0 * static_cast<double>(side));
  };
  float bins = static_cast<float>(augment.magnitude) /
               static_cast<float>(static_cast<double>(augment.bins - 1) / 4);
  double bits = 8 - std::nearbyint(bins);
  double threshold =
      linearStep(highestLevel, 0, augment.bins, augment.magnitude);
  double shear = upTo(0.3), color = upTo(0.9);
  return {0,
          shear,
          shear,
          shift(picture[1]),
          shift(picture[0]),
          upTo(30),
          color,
          color,
          color,
          color,
          bits,
          threshold,
          0,
          0};
}

} // namespace netc::shape
