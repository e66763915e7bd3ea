// Rows and columns of zeros around a picture, or rows and columns cut off.
#include "compiler/shape/Window.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::shape {

static std::optional<ShapeError> checkSides(std::string_view argument,
                                            const Sides &sides) {
  for (int64_t side : sides)
    if (auto error = checkArgument(argument, side, 0))
      return error;
  return std::nullopt;
}

/// [C, H, W] with the sides added, or with `sign` -1 taken away.
static Inferred moveSides(const Shape &input, const Sides &sides, int sign) {
  Shape output = input;
  std::string text[2];
  for (int i : {0, 1}) {
    int64_t before = sides[2 * i], after = sides[2 * i + 1];
    output[i + 1] += sign * (before + after);
    text[i] =
        fmt::format("{} {} {} {} {} = {}", input[i + 1], sign > 0 ? '+' : '-',
                    before, sign > 0 ? '+' : '-', after, output[i + 1]);
  }
  return {output, forBoth(text[0], text[1])};
}

InferResult infer(const ZeroPadding2D &layer, const Shape &input) {
  if (auto error = checkSides("padding", layer.padding))
    return *error;
  if (auto error = checkImage(ZeroPadding2D::kindName, input))
    return *error;
  return boundedResult(ZeroPadding2D::kindName,
                       moveSides(input, layer.padding, 1));
}

InferResult infer(const Crop2D &layer, const Shape &input) {
  if (auto error = checkSides("cropping", layer.cropping))
    return *error;
  if (auto error = checkImage(Crop2D::kindName, input))
    return *error;
  Inferred inferred = moveSides(input, layer.cropping, -1);
  if (std::ranges::any_of(inferred.shape,
                          [](int64_t size) { return size < 1; }))
    return ShapeError{fmt::format("`Crop2D` leaves nothing of its input {}: {}",
                                  toString(input), inferred.arithmetic),
                      "", ""};
  return inferred;
}

} // namespace netc::shape
