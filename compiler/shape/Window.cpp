// The arithmetic of sliding windows, shared by convolutions and pools.
#include "compiler/shape/Window.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::shape {

std::string toString(const Pair &pair) {
  return fmt::format("{}x{}", pair[0], pair[1]);
}

std::string forBoth(const std::string &height, const std::string &width) {
  return height == width ? height
                         : fmt::format("height {}, width {}", height, width);
}

std::optional<ShapeError> checkArgument(std::string_view argument,
                                        int64_t value, int64_t least) {
  if (value < least)
    return ShapeError{
        fmt::format("`{}` must be at least {}, got {}", argument, least, value),
        "", std::string(argument)};
  if (value > maxArgument)
    return ShapeError{fmt::format("`{}` must be at most {}, got {}", argument,
                                  maxArgument, value),
                      "", std::string(argument)};
  return std::nullopt;
}

std::optional<ShapeError> checkArgument(std::string_view argument,
                                        const Pair &value, int64_t least) {
  for (int64_t size : value)
    if (auto error = checkArgument(argument, size, least))
      return error;
  return std::nullopt;
}

std::optional<ShapeError> checkInput(std::string_view layer,
                                     const Shape &input) {
  for (int64_t size : input)
    if (size < 1)
      return ShapeError{
          fmt::format("`{}` has an empty input {}", layer, toString(input)), "",
          ""};
  if (!elementCount(input))
    return ShapeError{fmt::format("`{}` has an input {} of more than 2^40 "
                                  "elements",
                                  layer, toString(input)),
                      "", ""};
  return std::nullopt;
}

std::optional<ShapeError> checkImage(std::string_view layer,
                                     const Shape &input) {
  if (input.size() != 3)
    return ShapeError{
        fmt::format("`{}` takes channels x height x width, its input is {}",
                    layer, toString(input)),
        "", ""};
  return checkInput(layer, input);
}

std::string listOfShapes(std::span<const Shape> shapes) {
  constexpr size_t most = 8;
  std::string text;
  for (size_t i = 0; i < std::min(shapes.size(), most); ++i) {
    if (i > 0)
      text += i + 1 == shapes.size() ? " and " : ", ";
    text += toString(shapes[i]);
  }
  return shapes.size() > most ? text + ", ..." : text;
}

std::optional<ShapeError> checkChannels(std::string_view layer,
                                        const Shape &input) {
  if (input.size() != 3 && input.size() != 1)
    return ShapeError{fmt::format("`{}` takes channels x height x width or a "
                                  "vector, its input is {}",
                                  layer, toString(input)),
                      "", ""};
  return checkInput(layer, input);
}

std::optional<ShapeError> checkEpsilon(double epsilon) {
  // It is added as a float, and must not vanish as one.
  if (epsilon <= 1 && static_cast<float>(epsilon) > 0)
    return std::nullopt;
  return ShapeError{
      fmt::format("`epsilon` must be above 0{} and at most 1, got {}",
                  epsilon > 0 && epsilon < 1 ? " in single precision" : "",
                  epsilon),
      "", "epsilon"};
}

InferResult boundedResult(std::string_view layer, Inferred inferred) {
  if (!elementCount(inferred.shape))
    return ShapeError{
        fmt::format("`{}` has an output {} of more than 2^40 elements", layer,
                    toString(inferred.shape)),
        "", ""};
  return inferred;
}

/// What the window covers: its size, spread by the dilation.
static Pair extent(const Window &window) {
  Pair covered;
  for (int i : {0, 1})
    covered[i] = window.dilation[i] * (window.size[i] - 1) + 1;
  return covered;
}

/// One dimension of the rule, as text: `(4 + 2*0 - 3)/1 + 1 = 2`.
static std::string arithmetic(const Window &window, int i, int64_t input,
                              int64_t output) {
  std::string covered =
      window.dilation[i] == 1
          ? fmt::format("{}", window.size[i])
          : fmt::format("{}*({} - 1) - 1", window.dilation[i], window.size[i]);
  return fmt::format("({} + 2*{} - {})/{} + 1 = {}", input, window.padding[i],
                     covered, window.stride[i], output);
}

/// The hint of a window that does not fit; none for a dilated one.
static std::string largestFit(const Window &window, const Pair &room) {
  if (window.dilation != Pair{1, 1})
    return "";
  Pair fit{std::min(window.size[0], room[0]),
           std::min(window.size[1], room[1])};
  return fmt::format("the largest `{}` that fits is {}", window.name,
                     toString(fit));
}

/// Why the window does not fit: its name, what it covers and what there is.
static ShapeError misfit(const Window &window, const Shape &input) {
  Pair covered = extent(window);
  Pair padded;
  for (int i : {0, 1})
    padded[i] = input[i + 1] + 2 * window.padding[i];
  std::string spread =
      covered == window.size
          ? ""
          : fmt::format(", {} with its dilation,", toString(covered));
  std::string room =
      window.padding == Pair{0, 0}
          ? ""
          : fmt::format(", {} with its padding", toString(padded));
  return {fmt::format("`{}` {} {}{} does not fit its input {}{}", window.layer,
                      window.name, toString(window.size), spread,
                      toString(input), room),
          largestFit(window, padded), ""};
}

InferResult slide(const Window &window, int64_t channels, const Shape &input) {
  Pair covered = extent(window);
  Shape output{channels, 0, 0};
  for (int i : {0, 1}) {
    int64_t room = input[i + 1] + 2 * window.padding[i] - covered[i];
    if (room < 0)
      return misfit(window, input);
    output[i + 1] = room / window.stride[i] + 1;
  }
  std::string height = arithmetic(window, 0, input[1], output[1]);
  std::string width = arithmetic(window, 1, input[2], output[2]);
  return boundedResult(window.layer, {output, forBoth(height, width)});
}

} // namespace netc::shape
