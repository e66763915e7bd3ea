// Concat: branches behind one another along their first dimension.
#include "compiler/shape/Window.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::shape {

InferResult infer(const Concat &, std::span<const Shape> inputs) {
  Shape output = inputs[0];
  std::string arithmetic;
  output[0] = 0;
  for (const Shape &input : inputs) {
    if (auto error = checkInput(Concat::kindName, input))
      return *error;
    if (!std::ranges::equal(input.begin() + 1, input.end(), output.begin() + 1,
                            output.end()))
      return ShapeError{
          fmt::format("the branches of `Concat` have to be alike but for "
                      "their channels, got {}",
                      listOfShapes(inputs)),
          "", ""};
    output[0] += input[0]; // at most 2^40 each: far from an overflow
    arithmetic +=
        fmt::format("{}{}", arithmetic.empty() ? "" : " + ", input[0]);
    if (auto result = boundedResult(Concat::kindName, {output, ""});
        std::holds_alternative<ShapeError>(result))
      return result;
  }
  constexpr size_t many = 16;
  if (inputs.size() == 1 || inputs.size() > many)
    return Inferred{output, ""};
  return Inferred{output, fmt::format("{} = {}", arithmetic, output[0])};
}

} // namespace netc::shape
