// Upsampling: every row and column several times, or what lies between them.
#include "compiler/shape/Window.h"

#include <fmt/format.h>

namespace netc::shape {

std::string_view toString(Interpolation mode) {
  return mode == Interpolation::Nearest ? "nearest" : "bilinear";
}

InferResult infer(const Upsample2D &upsample, const Shape &input) {
  if (auto error = checkArgument("scale", upsample.scale, 1))
    return *error;
  if (auto error = checkImage(Upsample2D::kindName, input))
    return *error;
  Shape output{input[0], 0, 0};
  std::string text[2];
  for (int i : {0, 1}) {
    // A product beyond the limit is refused whatever it is.
    int64_t scale = upsample.scale[i], size = input[i + 1];
    output[i + 1] = size > maxElements / scale ? maxElements + 1 : size * scale;
    text[i] = fmt::format("{}*{} = {}", size, scale, output[i + 1]);
  }
  return boundedResult(Upsample2D::kindName,
                       {output, forBoth(text[0], text[1])});
}

} // namespace netc::shape
