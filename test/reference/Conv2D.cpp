// A convolution is a sum of products input * filter into the output, so one
// loop over these products serves it and both of its gradients.
#include "test/reference/Conv2D.h"

namespace netc::reference {

/// Calls `visit(input, filter, output)` with the coordinates of every product:
/// (n, c, y, x), (o, c within the group, ky, kx) and (n, o, oy, ox).
template <typename Visit>
static void forEachProduct(const Shape &input, const Shape &filter,
                           const Shape &output, const Conv2D &conv,
                           Visit visit) {
  int64_t groupOutputs = filter[0] / conv.groups, groupInputs = filter[1];
  assert(input[1] == groupInputs * conv.groups && output[1] == filter[0]);
  for (int64_t n = 0; n < output[0]; ++n)
    for (int64_t o = 0; o < output[1]; ++o)
      for (int64_t oy = 0; oy < output[2]; ++oy)
        for (int64_t ox = 0; ox < output[3]; ++ox)
          for (int64_t i = 0; i < groupInputs; ++i)
            for (int64_t ky = 0; ky < filter[2]; ++ky)
              for (int64_t kx = 0; kx < filter[3]; ++kx) {
                int64_t c = o / groupOutputs * groupInputs + i;
                int64_t y = oy * conv.stride[0] - conv.padding[0] +
                            ky * conv.dilation[0];
                int64_t x = ox * conv.stride[1] - conv.padding[1] +
                            kx * conv.dilation[1];
                if (y >= 0 && y < input[2] && x >= 0 && x < input[3])
                  visit(std::array{n, c, y, x}, std::array{o, i, ky, kx},
                        std::array{n, o, oy, ox});
              }
}

using Index = std::array<int64_t, 4>;
static double &at(Tensor &t, const Index &i) {
  return t(i[0], i[1], i[2], i[3]);
}
static double at(const Tensor &t, const Index &i) {
  return t(i[0], i[1], i[2], i[3]);
}

static int64_t outputSize(int64_t input, int64_t kernel, const Conv2D &conv,
                          int axis) {
  return (input + 2 * conv.padding[axis] - conv.dilation[axis] * (kernel - 1) -
          1) /
             conv.stride[axis] +
         1;
}

Tensor conv2D(const Tensor &input, const Tensor &filter, const Tensor &bias,
              const Conv2D &conv) {
  Tensor output({input.dim(0), filter.dim(0),
                 outputSize(input.dim(2), filter.dim(2), conv, 0),
                 outputSize(input.dim(3), filter.dim(3), conv, 1)});
  if (!bias.empty())
    for (int64_t i = 0, plane = output.dim(2) * output.dim(3);
         i < output.size(); ++i)
      output.values[i] = bias.values[i / plane % output.dim(1)];
  forEachProduct(input.shape, filter.shape, output.shape, conv,
                 [&](Index in, Index weight, Index out) {
                   at(output, out) += at(input, in) * at(filter, weight);
                 });
  return output;
}

Tensor conv2DInputGradient(const Tensor &outputGradient, const Tensor &filter,
                           const Shape &inputShape, const Conv2D &conv) {
  Tensor gradient(inputShape);
  forEachProduct(inputShape, filter.shape, outputGradient.shape, conv,
                 [&](Index in, Index weight, Index out) {
                   at(gradient, in) +=
                       at(outputGradient, out) * at(filter, weight);
                 });
  return gradient;
}

Tensor conv2DFilterGradient(const Tensor &input, const Tensor &outputGradient,
                            const Shape &filterShape, const Conv2D &conv) {
  Tensor gradient(filterShape);
  forEachProduct(input.shape, filterShape, outputGradient.shape, conv,
                 [&](Index in, Index weight, Index out) {
                   at(gradient, weight) +=
                       at(outputGradient, out) * at(input, in);
                 });
  return gradient;
}

Tensor conv2DBiasGradient(const Tensor &outputGradient) {
  Tensor gradient({outputGradient.dim(1)});
  int64_t plane = outputGradient.dim(2) * outputGradient.dim(3);
  for (int64_t i = 0; i < outputGradient.size(); ++i)
    gradient.values[i / plane % gradient.size()] += outputGradient.values[i];
  return gradient;
}

} // namespace netc::reference
