// Scale: a learned factor, and a learned bias, for each channel.
#include "compiler/shape/Window.h"

namespace netc::shape {

InferResult infer(const Scale &, const Shape &input) {
  if (auto error = checkChannels(Scale::kindName, input))
    return *error;
  return Inferred{input, ""};
}

Cost cost(const Scale &scale, const Shape &input) {
  return {scale.useBias ? 2 * input[0] : input[0], 0};
}

std::vector<ParameterShape> parameters(const Scale &scale, const Shape &input) {
  std::vector<ParameterShape> list{{"weight", {input[0]}, Init::One}};
  if (scale.useBias)
    list.push_back({"bias", {input[0]}, Init::Zero});
  return list;
}

} // namespace netc::shape
