// Convolution: a window of weights over each group of channels.
#include "compiler/shape/Convolution.h"

namespace netc::shape {

/// OIHW: [channels, C/groups, kh, kw].
static Shape weightShape(const Conv2D &conv, const Shape &input) {
  return {conv.channels, input[0] / conv.groups, conv.kernel[0],
          conv.kernel[1]};
}

InferResult infer(const Conv2D &conv, const Shape &input) {
  if (auto error = checkConvolutionArguments(conv))
    return *error;
  if (auto error = checkImage(Conv2D::kindName, input))
    return *error;
  if (auto error = checkGroups(conv, input))
    return *error;
  InferResult result = slide({Conv2D::kindName, "kernel", conv.kernel,
                              conv.stride, conv.padding, conv.dilation},
                             conv.channels, input);
  auto *inferred = std::get_if<Inferred>(&result);
  if (!inferred)
    return result;
  if (auto error = checkWork(conv, weightShape(conv, input),
                             inferred->shape[1] * inferred->shape[2]))
    return *error;
  return result;
}

SlidingWindow slidingWindow(const Conv2D &conv) {
  return {conv.kernel, conv.stride, {1, 1}};
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
  list[0].groups = conv.groups;
  if (conv.useBias)
    list.push_back({"bias", {conv.channels}, Init::Zero});
  return list;
}

} // namespace netc::shape
