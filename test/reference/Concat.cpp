// Naive copies.
#include "test/reference/Concat.h"

namespace netc::reference {

/// [N, C, everything else].
static Tensor flattened(const Tensor &tensor) {
  int64_t rest = tensor.size() / (tensor.dim(0) * tensor.dim(1));
  return tensor.reshaped({tensor.dim(0), tensor.dim(1), rest});
}

Tensor concat(const std::vector<Tensor> &inputs) {
  Shape shape = inputs[0].shape;
  shape[1] = 0;
  for (const Tensor &input : inputs)
    shape[1] += input.dim(1);
  Tensor output = flattened(Tensor(shape));
  int64_t offset = 0;
  for (const Tensor &input : inputs) {
    Tensor flat = flattened(input);
    for (int64_t n = 0; n < flat.dim(0); ++n)
      for (int64_t c = 0; c < flat.dim(1); ++c)
        for (int64_t i = 0; i < flat.dim(2); ++i)
          output(n, offset + c, i) = flat(n, c, i);
    offset += input.dim(1);
  }
  return output.reshaped(shape);
}

Tensor channelSlice(const Tensor &input, int64_t offset, int64_t channels) {
  Shape shape = input.shape;
  shape[1] = channels;
  Tensor flat = flattened(input), output = flattened(Tensor(shape));
  for (int64_t n = 0; n < output.dim(0); ++n)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t i = 0; i < output.dim(2); ++i)
        output(n, c, i) = flat(n, offset + c, i);
  return output.reshaped(shape);
}

Tensor channelSliceGradient(const Tensor &outputGradient,
                            const Shape &inputShape, int64_t offset) {
  Tensor flat = flattened(outputGradient);
  Tensor gradient = flattened(Tensor(inputShape));
  for (int64_t n = 0; n < flat.dim(0); ++n)
    for (int64_t c = 0; c < flat.dim(1); ++c)
      for (int64_t i = 0; i < flat.dim(2); ++i)
        gradient(n, offset + c, i) = flat(n, c, i);
  return gradient.reshaped(inputShape);
}

} // namespace netc::reference
