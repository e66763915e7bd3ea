// Flatten: an image as a vector, in the order channels, height, width.
#include "compiler/shape/Rules.h"
#include "compiler/shape/Window.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::shape {

std::string_view kindName(const Flatten &) { return "Flatten"; }

InferResult infer(const Flatten &, const Shape &input) {
  if (auto error = checkInput("Flatten", input))
    return *error;
  int64_t count = *elementCount(input);
  if (input.size() == 1)
    return Inferred{input, ""};
  return Inferred{{count},
                  fmt::format("{} = {}", fmt::join(input, "*"), count)};
}

} // namespace netc::shape
