// Transposed convolution: each input element spreads a window of weights over
// the output. It undoes the shape of the convolution with the same arguments.
#include "compiler/shape/Convolution.h"

namespace netc::shape {

static std::optional<ShapeError> checkArguments(const Conv2DTranspose &conv) {
  if (auto error = checkConvolutionArguments(conv))
    return error;
  if (auto error = checkArgument("output_padding", conv.outputPadding, 0))
    return error;
  // More would be rows that no convolution of this stride tells apart.
  for (int i : {0, 1})
    if (conv.outputPadding[i] >= conv.stride[i])
      return ShapeError{
          fmt::format("`output_padding` must be below `stride` {}, got {}",
                      toString(conv.stride), toString(conv.outputPadding)),
          "", "output_padding"};
  return std::nullopt;
}

/// [C, channels/groups, kh, kw], as PyTorch has it.
static Shape weightShape(const Conv2DTranspose &conv, const Shape &input) {
  return {input[0], conv.channels / conv.groups, conv.kernel[0],
          conv.kernel[1]};
}

/// One dimension of the rule, as text:
/// `(4 - 1)*2 - 2*1 + 3 + 1 = 8`.
static std::string arithmetic(const Conv2DTranspose &conv, int i, int64_t input,
                              int64_t output) {
  std::string covered =
      conv.dilation[i] == 1
          ? fmt::format("{}", conv.kernel[i])
          : fmt::format("{}*({} - 1) + 1", conv.dilation[i], conv.kernel[i]);
  std::string more = conv.outputPadding[i] == 0
                         ? ""
                         : fmt::format(" + {}", conv.outputPadding[i]);
  return fmt::format("({} - 1)*{} - 2*{} + {}{} = {}", input, conv.stride[i],
                     conv.padding[i], covered, more, output);
}

static InferResult inferSizes(const Conv2DTranspose &conv, const Shape &input) {
  Shape output{conv.channels, 0, 0};
  for (int i : {0, 1}) {
    // Below 2^40 times 2^31: in 128 bits, and cut to what is refused anyway.
    auto size = static_cast<__int128>(input[i + 1] - 1) * conv.stride[i] -
                2 * conv.padding[i] +
                static_cast<__int128>(conv.dilation[i]) * (conv.kernel[i] - 1) +
                conv.outputPadding[i] + 1;
    output[i + 1] =
        static_cast<int64_t>(size > maxElements ? maxElements + 1 : size);
    if (size < 1)
      return ShapeError{
          fmt::format("`padding` {} of `Conv2DTranspose` leaves nothing of its "
                      "input {}: {}",
                      toString(conv.padding), toString(input),
                      arithmetic(conv, i, input[i + 1], output[i + 1])),
          "", ""};
  }
  std::string height = arithmetic(conv, 0, input[1], output[1]);
  std::string width = arithmetic(conv, 1, input[2], output[2]);
  return boundedResult(Conv2DTranspose::kindName,
                       {output, forBoth(height, width)});
}

InferResult infer(const Conv2DTranspose &conv, const Shape &input) {
  if (auto error = checkArguments(conv))
    return *error;
  if (auto error = checkImage(Conv2DTranspose::kindName, input))
    return *error;
  if (auto error = checkGroups(conv, input))
    return *error;
  InferResult result = inferSizes(conv, input);
  if (std::holds_alternative<ShapeError>(result))
    return result;
  if (auto error =
          checkWork(conv, weightShape(conv, input), input[1] * input[2]))
    return *error;
  return result;
}

/// Each input element meets every weight of its channel.
Cost cost(const Conv2DTranspose &conv, const Shape &input) {
  int64_t weights = *elementCount(weightShape(conv, input));
  return {weights + (conv.useBias ? conv.channels : 0),
          weights * input[1] * input[2]};
}

/// The fans are PyTorch's, which reads the weight as that of a convolution.
std::vector<ParameterShape> parameters(const Conv2DTranspose &conv,
                                       const Shape &input) {
  Shape weight = weightShape(conv, input);
  int64_t field = conv.kernel[0] * conv.kernel[1];
  std::vector<ParameterShape> list{
      {"weight", weight, Init::Xavier, weight[1] * field, weight[0] * field}};
  list[0].groups = conv.groups;
  if (conv.useBias)
    list.push_back({"bias", {conv.channels}, Init::Zero});
  return list;
}

} // namespace netc::shape
