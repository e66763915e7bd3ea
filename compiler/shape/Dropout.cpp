// Dropout: zeroes a share of its input in training and scales the rest up.
#include "compiler/shape/Window.h"

#include <fmt/format.h>

namespace netc::shape {

InferResult infer(const Dropout &dropout, const Shape &input) {
  if (!(dropout.rate >= 0 && dropout.rate < 1)) // also NaN
    return ShapeError{
        fmt::format("`rate` must be at least 0 and below 1, got {}",
                    dropout.rate),
        "", "rate"};
  if (auto error = checkInput(Dropout::kindName, input))
    return *error;
  return Inferred{input, ""};
}

} // namespace netc::shape
