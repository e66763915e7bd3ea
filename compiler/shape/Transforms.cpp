// Input transforms: what happens to a picture before the network reads it.
#include "compiler/shape/Rules.h"
#include "compiler/shape/Window.h"

#include <cmath>
#include <fmt/format.h>

namespace netc::shape {

std::string_view kindName(const Resize &) { return "Resize"; }
std::string_view kindName(const ToTensor &) { return "ToTensor"; }
std::string_view kindName(const Normalize &) { return "Normalize"; }

InferResult infer(const Resize &resize, const Shape &input) {
  if (auto error = checkArgument("size", resize.size, 1))
    return *error;
  if (auto error = checkImage("Resize", input))
    return *error;
  return boundedResult("Resize",
                       {{input[0], resize.size[0], resize.size[1]}, ""});
}

/// Of a vector too: what `--check` assumes where a network reads one.
InferResult infer(const ToTensor &, const Shape &input) {
  if (auto error = checkInput("ToTensor", input))
    return *error;
  return Inferred{input, ""};
}

/// One finite value for each channel, or one for all.
static std::optional<ShapeError>
checkChannels(std::string_view argument, const std::vector<double> &values,
              const Shape &input) {
  for (double value : values)
    if (!std::isfinite(value))
      return ShapeError{
          fmt::format("`{}` must be finite, got {}", argument, value), "",
          std::string(argument)};
  int64_t count = values.size();
  if (count != 1 && count != input[0])
    return ShapeError{
        fmt::format("`{}` of `Normalize` has {} values, its input "
                    "{} has {} channels",
                    argument, count, toString(input), input[0]),
        "", ""};
  return std::nullopt;
}

InferResult infer(const Normalize &normalize, const Shape &input) {
  if (auto error = checkImage("Normalize", input))
    return *error;
  if (auto error = checkChannels("mean", normalize.mean, input))
    return *error;
  if (auto error = checkChannels("std", normalize.deviation, input))
    return *error;
  for (double value : normalize.deviation)
    if (value <= 0)
      return ShapeError{fmt::format("`std` must be above 0, got {}", value), "",
                        "std"};
  return Inferred{input, ""};
}

} // namespace netc::shape
