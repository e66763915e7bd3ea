// Layer normalisation: each example by its own mean and variance.
#include "compiler/shape/Window.h"

namespace netc::shape {

InferResult infer(const LayerNorm &norm, const Shape &input) {
  if (auto error = checkEpsilon(norm.epsilon))
    return *error;
  if (auto error = checkInput(LayerNorm::kindName, input))
    return *error;
  return Inferred{input, ""};
}

Cost cost(const LayerNorm &norm, const Shape &input) {
  return {norm.affine ? 2 * *elementCount(input) : 0, 0};
}

std::vector<ParameterShape> parameters(const LayerNorm &norm,
                                       const Shape &input) {
  if (!norm.affine)
    return {};
  return {{"weight", input, Init::One}, {"bias", input, Init::Zero}};
}

} // namespace netc::shape
