// Batch normalisation: each channel by its mean and variance.
#include "compiler/shape/Window.h"

#include <fmt/format.h>

namespace netc::shape {

InferResult infer(const BatchNorm &norm, const Shape &input) {
  if (!(norm.momentum > 0 && norm.momentum <= 1)) // also NaN
    return ShapeError{
        fmt::format("`momentum` must be above 0 and at most 1, got {}",
                    norm.momentum),
        "it is the share of the new value, as in PyTorch: `momentum=0.1`",
        "momentum"};
  if (auto error = checkEpsilon(norm.epsilon))
    return *error;
  if (auto error = checkChannels(BatchNorm::kindName, input))
    return *error;
  return Inferred{input, ""};
}

Cost cost(const BatchNorm &norm, const Shape &input) {
  return {norm.affine ? 2 * input[0] : 0, 0};
}

std::vector<ParameterShape> parameters(const BatchNorm &norm,
                                       const Shape &input) {
  Shape channels{input[0]};
  std::vector<ParameterShape> list;
  if (norm.affine) {
    list.push_back({"weight", channels, Init::One});
    list.push_back({"bias", channels, Init::Zero});
  }
  list.push_back({"running_mean", channels, Init::Zero, 0, 0, true});
  list.push_back({"running_var", channels, Init::One, 0, 0, true});
  return list;
}

} // namespace netc::shape
