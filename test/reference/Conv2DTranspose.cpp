// Written from its own definition, not as a convolution's gradient: each input
// element adds a window of products to the output.
#include "test/reference/Conv2DTranspose.h"

namespace netc::reference {

/// Calls `visit(input, filter, output)` with the coordinates of every product:
/// (n, c, y, x), (c, o within the group, ky, kx) and (n, o, oy, ox).
template <typename Visit>
static void forEachProduct(const Shape &input, const Shape &filter,
                           const Shape &output, const Conv2DTranspose &conv,
                           Visit visit) {
  int64_t groupInputs = input[1] / conv.groups, groupOutputs = filter[1];
  assert(filter[0] == input[1] && output[1] == groupOutputs * conv.groups);
  for (int64_t n = 0; n < input[0]; ++n)
    for (int64_t c = 0; c < input[1]; ++c)
      for (int64_t y = 0; y < input[2]; ++y)
        for (int64_t x = 0; x < input[3]; ++x)
          for (int64_t i = 0; i < groupOutputs; ++i)
            for (int64_t ky = 0; ky < filter[2]; ++ky)
              for (int64_t kx = 0; kx < filter[3]; ++kx) {
                int64_t o = c / groupInputs * groupOutputs + i;
                int64_t oy = y * conv.stride[0] - conv.padding[0] +
                             ky * conv.dilation[0];
                int64_t ox = x * conv.stride[1] - conv.padding[1] +
                             kx * conv.dilation[1];
                if (oy >= 0 && oy < output[2] && ox >= 0 && ox < output[3])
                  visit(std::array{n, c, y, x}, std::array{c, i, ky, kx},
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

static int64_t outputSize(int64_t input, int64_t kernel,
                          const Conv2DTranspose &conv, int axis) {
  return (input - 1) * conv.stride[axis] - 2 * conv.padding[axis] +
         conv.dilation[axis] * (kernel - 1) + conv.outputPadding[axis] + 1;
}

Tensor conv2DTranspose(const Tensor &input, const Tensor &filter,
                       const Tensor &bias, const Conv2DTranspose &conv) {
  Tensor output({input.dim(0), filter.dim(1) * conv.groups,
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

Tensor conv2DTransposeInputGradient(const Tensor &outputGradient,
                                    const Tensor &filter,
                                    const Shape &inputShape,
                                    const Conv2DTranspose &conv) {
  Tensor gradient(inputShape);
  forEachProduct(inputShape, filter.shape, outputGradient.shape, conv,
                 [&](Index in, Index weight, Index out) {
                   at(gradient, in) +=
                       at(outputGradient, out) * at(filter, weight);
                 });
  return gradient;
}

Tensor conv2DTransposeFilterGradient(const Tensor &input,
                                     const Tensor &outputGradient,
                                     const Shape &filterShape,
                                     const Conv2DTranspose &conv) {
  Tensor gradient(filterShape);
  forEachProduct(input.shape, filterShape, outputGradient.shape, conv,
                 [&](Index in, Index weight, Index out) {
                   at(gradient, weight) +=
                       at(outputGradient, out) * at(input, in);
                 });
  return gradient;
}

} // namespace netc::reference
