// What the shape rules share: checks of arguments and inputs, and the size that
// a window sliding over an image leaves.
#pragma once

#include "compiler/shape/Shape.h"

namespace netc::shape {

/// Sizes as a diagnostic writes them: `3x3`.
std::string toString(const Pair &pair);

/// The arithmetic of a height and a width, once if they are alike.
std::string forBoth(const std::string &height, const std::string &width);

/// An error unless `least` <= value <= maxArgument, for each of the values.
std::optional<ShapeError> checkArgument(std::string_view argument,
                                        int64_t value, int64_t least);
std::optional<ShapeError> checkArgument(std::string_view argument,
                                        const Pair &value, int64_t least);

/// An error unless `input` is the [C, H, W] of an image whose sizes are at
/// least 1, with at most maxElements elements.
std::optional<ShapeError> checkImage(std::string_view layer,
                                     const Shape &input);
/// The same for a shape of any rank.
std::optional<ShapeError> checkInput(std::string_view layer,
                                     const Shape &input);

/// `8x4x4, 8x2x2 and 8x4x4`; of many, the first.
std::string listOfShapes(std::span<const Shape> shapes);
/// The same for what has channels: [C, H, W], or the vector [C].
std::optional<ShapeError> checkChannels(std::string_view layer,
                                        const Shape &input);
/// An error unless `epsilon` of a normalisation keeps its divisor above zero.
std::optional<ShapeError> checkEpsilon(double epsilon);
/// An error unless there is one finite value for each channel, or one for all.
std::optional<ShapeError> checkChannels(std::string_view argument,
                                        const std::vector<double> &values,
                                        std::string_view transform,
                                        const Shape &input);

/// The output, unless it has more than maxElements elements.
InferResult boundedResult(std::string_view layer, Inferred inferred);

/// A window that slides over an image; `name` is the argument that gives its
/// size.
struct Window {
  std::string_view layer, name;
  Pair size, stride, padding, dilation{1, 1};
};

/// [C, H, W] -> [channels, H', W'] where
/// H' = (H + 2*padding - dilation*(size - 1) - 1)/stride + 1, rounded down.
/// \pre the arguments and the input have been checked.
InferResult slide(const Window &window, int64_t channels, const Shape &input);

} // namespace netc::shape
