// Transforms that draw for each example: what of them is fixed.
#include "compiler/shape/Transforms.h"
#include "compiler/shape/Window.h"

#include <cmath>
#include <fmt/format.h>

namespace netc::shape {

static std::optional<ShapeError> checkRate(double rate) {
  if (rate >= 0 && rate <= 1)
    return std::nullopt;
  return ShapeError{fmt::format("`rate` must be from 0 to 1, got {}", rate), "",
                    "rate"};
}

/// Two numbers, the smaller first, as shares of an area or as aspects.
static std::optional<ShapeError> checkRange(std::string_view argument,
                                            const std::vector<double> &range) {
  std::string name(argument);
  bool isShare = argument == "scale";
  if (range.size() != 2 || !(range[0] <= range[1]))
    return ShapeError{
        fmt::format("`{}` must be two numbers, the smaller first", argument),
        "", name};
  bool fits = isShare ? range[0] >= 0 && range[1] <= 1
                      : range[0] > 0 && std::isfinite(range[1]);
  if (fits)
    return std::nullopt;
  return ShapeError{
      fmt::format("`{}` must be {}, got [{}, {}]", argument,
                  isShare ? "shares from 0 to 1" : "finite and above 0",
                  range[0], range[1]),
      "", name};
}

InferResult infer(const RandomCrop &crop, const Shape &input) {
  if (auto error = checkArgument("size", crop.size, 1))
    return *error;
  if (auto error = checkArgument("padding", crop.padding, 0))
    return *error;
  if (auto error = checkImage("RandomCrop", input))
    return *error;
  for (int i : {0, 1}) {
    int64_t padded = input[1 + i] + 2 * crop.padding[i];
    if (crop.size[i] <= padded)
      continue;
    std::string padding =
        crop.padding == Pair{}
            ? std::string()
            : fmt::format(" with {} zeros around it", toString(crop.padding));
    return ShapeError{fmt::format("`RandomCrop` of {} does not fit {}{}",
                                  toString(crop.size), toString(input),
                                  padding),
                      fmt::format("`padding={}` makes it fit",
                                  (crop.size[i] - input[1 + i] + 1) / 2),
                      ""};
  }
  return boundedResult("RandomCrop",
                       {{input[0], crop.size[0], crop.size[1]}, ""});
}

InferResult infer(const RandomResizedCrop &crop, const Shape &input) {
  if (auto error = checkArgument("size", crop.size, 1))
    return *error;
  if (auto error = checkRange("scale", crop.scale))
    return *error;
  if (auto error = checkRange("ratio", crop.ratio))
    return *error;
  if (auto error = checkImage("RandomResizedCrop", input))
    return *error;
  return boundedResult("RandomResizedCrop",
                       {{input[0], crop.size[0], crop.size[1]}, ""});
}

InferResult infer(const RandomHorizontalFlip &flip, const Shape &input) {
  if (auto error = checkRate(flip.rate))
    return *error;
  if (auto error = checkImage("RandomHorizontalFlip", input))
    return *error;
  return Inferred{input, ""};
}

InferResult infer(const RandomVerticalFlip &flip, const Shape &input) {
  if (auto error = checkRate(flip.rate))
    return *error;
  if (auto error = checkImage("RandomVerticalFlip", input))
    return *error;
  return Inferred{input, ""};
}

InferResult infer(const RandomErasing &erasing, const Shape &input) {
  if (auto error = checkRate(erasing.rate))
    return *error;
  if (auto error = checkRange("scale", erasing.scale))
    return *error;
  if (auto error = checkRange("ratio", erasing.ratio))
    return *error;
  if (auto error = checkImage("RandomErasing", input))
    return *error;
  if (auto error =
          checkChannels("value", erasing.value, "RandomErasing", input))
    return *error;
  return Inferred{input, ""};
}

} // namespace netc::shape
