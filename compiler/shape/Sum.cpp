// Sum: branches of one shape, added element by element.
#include "compiler/shape/Window.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::shape {

/// The convolution that makes `wanted` of `given`, if a window of 1x1 can.
static std::string projection(const Shape &given, const Shape &wanted) {
  if (given.size() != 3 || wanted.size() != 3)
    return "";
  Pair stride{};
  for (int i : {0, 1}) {
    stride[i] = (given[i + 1] + wanted[i + 1] - 1) / wanted[i + 1];
    if ((given[i + 1] - 1) / stride[i] + 1 != wanted[i + 1])
      return "";
  }
  std::string strides =
      stride == Pair{1, 1} ? ""
      : stride[0] == stride[1]
          ? fmt::format(", stride={}", stride[0])
          : fmt::format(", stride={}x{}", stride[0], stride[1]);
  return fmt::format("`Conv2D({}, kernel=1{})` makes {} of {}", wanted[0],
                     strides, toString(wanted), toString(given));
}

InferResult infer(const Sum &, std::span<const Shape> inputs) {
  for (const Shape &input : inputs)
    if (auto error = checkInput(Sum::kindName, input))
      return *error;
  auto other = std::ranges::find_if(
      inputs, [&](const Shape &input) { return input != inputs[0]; });
  if (other == inputs.end())
    return Inferred{inputs[0], ""};
  std::string hint = projection(inputs[0], *other);
  if (hint.empty())
    hint = projection(*other, inputs[0]);
  return ShapeError{fmt::format("the branches of `Sum` have to be alike, got "
                                "{}",
                                listOfShapes(inputs)),
                    hint, ""};
}

} // namespace netc::shape
