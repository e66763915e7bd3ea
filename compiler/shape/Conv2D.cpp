// Convolution: a window of weights over each group of channels.
#include "compiler/shape/Rules.h"
#include "compiler/shape/Window.h"

#include <fmt/format.h>

namespace netc::shape {

std::string_view kindName(const Conv2D &) { return "Conv2D"; }

static std::optional<ShapeError> checkArguments(const Conv2D &conv) {
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
static std::optional<ShapeError> checkGroups(const Conv2D &conv,
                                             const Shape &input) {
  if (conv.channels % conv.groups != 0)
    return ShapeError{fmt::format("`groups` {} does not divide `channels` {}",
                                  conv.groups, conv.channels),
                      "", "groups"};
  if (input[0] % conv.groups != 0)
    return ShapeError{
        fmt::format("`groups` {} of `Conv2D` does not divide the {} channels "
                    "of its input {}",
                    conv.groups, input[0], toString(input)),
        "", ""};
  return std::nullopt;
}

/// OIHW: [channels, C/groups, kh, kw].
static Shape weightShape(const Conv2D &conv, const Shape &input) {
  return {conv.channels, input[0] / conv.groups, conv.kernel[0],
          conv.kernel[1]};
}

InferResult infer(const Conv2D &conv, const Shape &input) {
  if (auto error = checkArguments(conv))
    return *error;
  if (auto error = checkImage("Conv2D", input))
    return *error;
  if (auto error = checkGroups(conv, input))
    return *error;
  InferResult result = slide({"Conv2D", "kernel", conv.kernel, conv.stride,
                              conv.padding, conv.dilation},
                             conv.channels, input);
  auto *inferred = std::get_if<Inferred>(&result);
  if (!inferred)
    return result;

  Shape weight = weightShape(conv, input);
  std::optional<int64_t> weights = elementCount(weight);
  if (!weights)
    return ShapeError{fmt::format("`Conv2D` has a weight {} of more than 2^40 "
                                  "elements",
                                  toString(weight)),
                      "", ""};
  int64_t places = inferred->shape[1] * inferred->shape[2];
  if (*weights > maxMultiplyAdds / places)
    return ShapeError{"`Conv2D` takes more than 2^48 multiply-adds an example",
                      "", ""};
  return result;
}

Cost cost(const Conv2D &conv, const Shape &input) {
  Shape output = std::get<Inferred>(infer(conv, input)).shape;
  int64_t weights = *elementCount(weightShape(conv, input));
  return {weights + (conv.useBias ? conv.channels : 0),
          weights * output[1] * output[2]};
}

std::vector<ParameterShape> parameters(const Conv2D &conv, const Shape &input) {
  Shape weight = weightShape(conv, input);
  int64_t field = conv.kernel[0] * conv.kernel[1];
  std::vector<ParameterShape> list{{"weight", weight, Init::Xavier,
                                    weight[1] * field, conv.channels * field}};
  if (conv.useBias)
    list.push_back({"bias", {conv.channels}, Init::Zero});
  return list;
}

} // namespace netc::shape
