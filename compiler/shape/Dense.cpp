// Dense: every output sees every input.
#include "compiler/shape/Window.h"

#include <fmt/format.h>

namespace netc::shape {

InferResult infer(const Dense &dense, const Shape &input) {
  if (auto error = checkArgument("units", dense.units, 1))
    return *error;
  if (input.size() != 1) {
    std::optional<int64_t> count = elementCount(input);
    return ShapeError{
        fmt::format("`Dense` takes a vector, its input is {}", toString(input)),
        count ? fmt::format("`Flatten` before it makes {} of {}", *count,
                            toString(input))
              : "",
        ""};
  }
  if (auto error = checkInput(Dense::kindName, input))
    return *error;
  Shape weight{dense.units, input[0]};
  if (!elementCount(weight))
    return ShapeError{
        fmt::format("`Dense` has a weight {} of more than 2^40 elements",
                    toString(weight)),
        "", ""};
  return Inferred{{dense.units}, ""};
}

Cost cost(const Dense &dense, const Shape &input) {
  int64_t weights = dense.units * input[0];
  return {weights + (dense.useBias ? dense.units : 0), weights};
}

std::vector<ParameterShape> parameters(const Dense &dense, const Shape &input) {
  std::vector<ParameterShape> list{
      {"weight", {dense.units, input[0]}, Init::Xavier, input[0], dense.units}};
  if (dense.useBias)
    list.push_back({"bias", {dense.units}, Init::Zero});
  return list;
}

} // namespace netc::shape
