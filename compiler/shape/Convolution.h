// What convolution and transposed convolution ask of their arguments alike.
#ifndef NETC_COMPILER_SHAPE_CONVOLUTION_H
#define NETC_COMPILER_SHAPE_CONVOLUTION_H

#include "compiler/shape/Window.h"

#include <fmt/format.h>

namespace netc::shape {

/// Each argument's least value. `Conv` is Conv2D or Conv2DTranspose.
template <typename Conv>
std::optional<ShapeError> checkConvolutionArguments(const Conv &conv) {
  if (auto error = checkArgument("channels", conv.channels, 1))
    return error;
  if (auto error = checkArgument("kernel", conv.kernel, 1))
    return error;
  if (auto error = checkArgument("stride", conv.stride, 1))
    return error;
  if (auto error = checkArgument("padding", conv.padding, 0))
    return error;
  if (auto error = checkArgument("dilation", conv.dilation, 1))
    return error;
  return checkArgument("groups", conv.groups, 1);
}

/// Groups share out the channels on both sides alike.
template <typename Conv>
std::optional<ShapeError> checkGroups(const Conv &conv, const Shape &input) {
  if (conv.channels % conv.groups != 0)
    return ShapeError{fmt::format("`groups` {} does not divide `channels` {}",
                                  conv.groups, conv.channels),
                      "", "groups"};
  if (input[0] % conv.groups != 0)
    return ShapeError{
        fmt::format("`groups` {} of `{}` does not divide the {} channels of "
                    "its input {}",
                    conv.groups, Conv::kindName, input[0], toString(input)),
        "", ""};
  return std::nullopt;
}

/// Bounds on the weight and on the multiply-adds; each weight is used once at
/// each of `places`.
template <typename Conv>
std::optional<ShapeError> checkWork(const Conv &conv, const Shape &weight,
                                    int64_t places) {
  std::optional<int64_t> weights = elementCount(weight);
  if (!weights)
    return ShapeError{
        fmt::format("`{}` has a weight {} of more than 2^40 elements",
                    Conv::kindName, toString(weight)),
        "", ""};
  if (*weights > maxMultiplyAdds / places)
    return ShapeError{
        fmt::format("`{}` takes more than 2^48 multiply-adds an example",
                    Conv::kindName),
        "", ""};
  return std::nullopt;
}

} // namespace netc::shape

#endif
