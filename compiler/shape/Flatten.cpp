// Flatten and Reshape: the same elements, in the order channels, height, width.
#include "compiler/shape/Window.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::shape {

InferResult infer(const Flatten &, const Shape &input) {
  if (auto error = checkInput(Flatten::kindName, input))
    return *error;
  int64_t count = *elementCount(input);
  if (input.size() == 1)
    return Inferred{input, ""};
  return Inferred{{count},
                  fmt::format("{} = {}", fmt::join(input, "*"), count)};
}

InferResult infer(const Reshape &reshape, const Shape &input) {
  const Shape &shape = reshape.shape;
  if (shape.size() != 1 && shape.size() != 3)
    return ShapeError{fmt::format("`shape` must be one size, or channels x "
                                  "height x width, got {}",
                                  toString(shape)),
                      "", "shape"};
  for (int64_t size : shape)
    if (auto error = checkArgument("shape", size, 1))
      return *error;
  if (auto error = checkInput(Reshape::kindName, input))
    return *error;
  std::optional<int64_t> wanted = elementCount(shape);
  int64_t given = *elementCount(input);
  if (wanted != given)
    return ShapeError{
        fmt::format("`Reshape` cannot make {} of its input {}: {} elements of "
                    "{}",
                    toString(shape), toString(input),
                    wanted ? fmt::format("{}", *wanted) : "more than 2^40",
                    given),
        "", ""};
  return Inferred{shape,
                  input.size() == 1
                      ? ""
                      : fmt::format("{} = {}", fmt::join(input, "*"), given)};
}

} // namespace netc::shape
