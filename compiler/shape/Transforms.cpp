// Transforms that make the same of a picture every time.
#include "compiler/shape/Transforms.h"

#include "compiler/shape/Window.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace netc::shape {

static std::string_view nameOf(const Resize &) { return "Resize"; }
static std::string_view nameOf(const ToTensor &) { return "ToTensor"; }
static std::string_view nameOf(const Normalize &) { return "Normalize"; }
static std::string_view nameOf(const CenterCrop &) { return "CenterCrop"; }
static std::string_view nameOf(const RandomCrop &) { return "RandomCrop"; }
static std::string_view nameOf(const RandomResizedCrop &) {
  return "RandomResizedCrop";
}
static std::string_view nameOf(const RandomHorizontalFlip &) {
  return "RandomHorizontalFlip";
}
static std::string_view nameOf(const RandomErasing &) {
  return "RandomErasing";
}

static std::string_view nameOf(const RandomVerticalFlip &) {
  return "RandomVerticalFlip";
}
static std::string_view nameOf(const RandomRotation &) {
  return "RandomRotation";
}
static std::string_view nameOf(const RandomAffine &) { return "RandomAffine"; }
static std::string_view nameOf(const ColorJitter &) { return "ColorJitter"; }
static std::string_view nameOf(const RandomGrayscale &) {
  return "RandomGrayscale";
}
static std::string_view nameOf(const GaussianBlur &) { return "GaussianBlur"; }
static std::string_view nameOf(const RandAugment &) { return "RandAugment"; }

std::string_view kindName(const TransformSpec &transform) {
  return std::visit([](const auto &spec) { return nameOf(spec); }, transform);
}

InferResult infer(const TransformSpec &transform, const Shape &input) {
  return std::visit([&](const auto &spec) { return infer(spec, input); },
                    transform);
}

template <typename... Kinds>
static bool isOneOf(const TransformSpec &transform) {
  return (std::holds_alternative<Kinds>(transform) || ...);
}

bool isRandom(const TransformSpec &transform) {
  return !isOneOf<Resize, ToTensor, Normalize, CenterCrop>(transform);
}

bool movesPixels(const TransformSpec &transform) {
  return isOneOf<Resize, CenterCrop, RandomCrop, RandomResizedCrop,
                 RandomHorizontalFlip, RandomVerticalFlip, RandomRotation,
                 RandomAffine, RandAugment>(transform);
}

bool adjustsColors(const TransformSpec &transform) {
  return isOneOf<ColorJitter, RandomGrayscale, RandAugment>(transform);
}

const std::vector<double> *fillOf(const TransformSpec &transform) {
  return std::visit(
      [](const auto &spec) -> const std::vector<double> * {
        if constexpr (requires { spec.fill; })
          return &spec.fill;
        return nullptr;
      },
      transform);
}

Pair resizedSize(const Resize &resize, const Pair &input) {
  if (!resize.shortSide)
    return *resize.size;
  int64_t shorter = std::min(input[0], input[1]);
  int64_t longer = std::max(input[0], input[1]);
  int64_t other = *resize.shortSide * longer / shorter;
  return input[0] <= input[1] ? Pair{*resize.shortSide, other}
                              : Pair{other, *resize.shortSide};
}

InferResult infer(const Resize &resize, const Shape &input) {
  bool isSized = resize.size.has_value();
  if (isSized == resize.shortSide.has_value())
    return ShapeError{"`Resize` takes either `size` or `short`",
                      "`Resize(224)` makes 224x224, `Resize(short=256)` keeps "
                      "the aspect",
                      isSized ? "short" : ""};
  if (auto error = isSized ? checkArgument("size", *resize.size, 1)
                           : checkArgument("short", *resize.shortSide, 1))
    return *error;
  if (auto error = checkImage("Resize", input))
    return *error;
  if (!isSized && *resize.shortSide > maxArgument *
                                          std::min(input[1], input[2]) /
                                          std::max(input[1], input[2]))
    return ShapeError{
        fmt::format("`Resize(short={})` makes more than {} of the "
                    "longer side of {}",
                    *resize.shortSide, maxArgument, toString(input)),
        "", "short"};
  Pair size = resizedSize(resize, {input[1], input[2]});
  return boundedResult("Resize", {{input[0], size[0], size[1]}, ""});
}

/// Of a vector too, which arrays and tables have.
InferResult infer(const ToTensor &, const Shape &input) {
  if (auto error = checkInput("ToTensor", input))
    return *error;
  return Inferred{input, ""};
}

static constexpr std::string_view inSingle = " in single precision";

std::optional<ShapeError> checkChannels(std::string_view argument,
                                        const std::vector<double> &values,
                                        std::string_view transform,
                                        const Shape &input) {
  for (double value : values)
    if (!std::isfinite(static_cast<float>(value)))
      return ShapeError{fmt::format("`{}` must be finite{}, got {}", argument,
                                    std::isfinite(value) ? inSingle : "",
                                    value),
                        "", std::string(argument)};
  int64_t count = values.size();
  if (count != 1 && count != input[0])
    return ShapeError{fmt::format("`{}` of `{}` has {} values, its input "
                                  "{} has {} channels",
                                  argument, transform, count, toString(input),
                                  input[0]),
                      "", ""};
  return std::nullopt;
}

InferResult infer(const Normalize &normalize, const Shape &input) {
  if (auto error = checkInput("Normalize", input))
    return *error;
  if (input.size() != 3) // a vector has no channels
    for (const auto *values : {&normalize.mean, &normalize.deviation})
      if (values->size() != 1)
        return ShapeError{
            fmt::format("`Normalize` takes one number for a vector, got {} "
                        "for {}",
                        values->size(), toString(input)),
            "", values == &normalize.mean ? "mean" : "std"};
  if (auto error = checkChannels("mean", normalize.mean, "Normalize", input))
    return *error;
  if (auto error =
          checkChannels("std", normalize.deviation, "Normalize", input))
    return *error;
  for (double value : normalize.deviation)
    if (!(static_cast<float>(value) > 0))
      return ShapeError{fmt::format("`std` must be above 0{}, got {}",
                                    value > 0 ? inSingle : "", value),
                        "", "std"};
  return Inferred{input, ""};
}

int64_t centerCropOrigin(int64_t input, int64_t size) {
  int64_t difference = input - size;
  if (difference < 0) // (-difference)/2 zeros come first
    return -(-difference / 2);
  int64_t half = difference / 2;
  return half + (difference % 2 == 1 && half % 2 == 1);
}

InferResult infer(const CenterCrop &crop, const Shape &input) {
  if (auto error = checkArgument("size", crop.size, 1))
    return *error;
  if (auto error = checkImage("CenterCrop", input))
    return *error;
  return boundedResult("CenterCrop",
                       {{input[0], crop.size[0], crop.size[1]}, ""});
}

} // namespace netc::shape
