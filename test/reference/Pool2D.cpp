// Pooling by a walk over the input elements of each window.
#include "test/reference/Pool2D.h"

#include <limits>

namespace netc::reference {

static Shape outputShape(const Shape &input, const Pool2D &pool) {
  Shape shape = input;
  for (int axis : {0, 1})
    shape[2 + axis] =
        (input[2 + axis] + 2 * pool.padding[axis] - pool.window[axis]) /
            pool.stride[axis] +
        1;
  return shape;
}

/// Calls `visit(n, c, oy, ox, y, x)` for each window (n, c, oy, ox) and each of
/// its elements that are no padding, in scan order.
template <typename Visit>
static void forEachElement(const Shape &input, const Pool2D &pool,
                           Visit visit) {
  Shape output = outputShape(input, pool);
  for (int64_t n = 0; n < output[0]; ++n)
    for (int64_t c = 0; c < output[1]; ++c)
      for (int64_t oy = 0; oy < output[2]; ++oy)
        for (int64_t ox = 0; ox < output[3]; ++ox)
          for (int64_t ky = 0; ky < pool.window[0]; ++ky)
            for (int64_t kx = 0; kx < pool.window[1]; ++kx) {
              int64_t y = oy * pool.stride[0] - pool.padding[0] + ky;
              int64_t x = ox * pool.stride[1] - pool.padding[1] + kx;
              if (y >= 0 && y < input[2] && x >= 0 && x < input[3])
                visit(n, c, oy, ox, y, x);
            }
}

MaxPool2DResult maxPool2D(const Tensor &input, const Pool2D &pool) {
  Shape shape = outputShape(input.shape, pool);
  MaxPool2DResult result{
      Tensor(shape, -std::numeric_limits<double>::infinity()), Tensor(shape)};
  forEachElement(
      input.shape, pool,
      [&](int64_t n, int64_t c, int64_t oy, int64_t ox, int64_t y, int64_t x) {
        if (input(n, c, y, x) > result.output(n, c, oy, ox)) {
          result.output(n, c, oy, ox) = input(n, c, y, x);
          result.indices(n, c, oy, ox) =
              static_cast<double>(y * input.dim(3) + x);
        }
      });
  return result;
}

Tensor maxPool2DGradient(const Tensor &outputGradient, const Tensor &indices,
                         const Shape &inputShape) {
  Tensor gradient(inputShape);
  int64_t outputPlane = outputGradient.dim(2) * outputGradient.dim(3);
  int64_t inputPlane = inputShape[2] * inputShape[3];
  for (int64_t i = 0; i < outputGradient.size(); ++i) {
    auto winner = static_cast<int64_t>(indices.values[i]);
    gradient.values[i / outputPlane * inputPlane + winner] +=
        outputGradient.values[i];
  }
  return gradient;
}

Tensor avgPool2D(const Tensor &input, const Pool2D &pool) {
  Tensor output(outputShape(input.shape, pool));
  double area = static_cast<double>(pool.window[0] * pool.window[1]);
  forEachElement(
      input.shape, pool,
      [&](int64_t n, int64_t c, int64_t oy, int64_t ox, int64_t y, int64_t x) {
        output(n, c, oy, ox) += input(n, c, y, x) / area;
      });
  return output;
}

Tensor avgPool2DGradient(const Tensor &outputGradient, const Shape &inputShape,
                         const Pool2D &pool) {
  Tensor gradient(inputShape);
  double area = static_cast<double>(pool.window[0] * pool.window[1]);
  forEachElement(
      inputShape, pool,
      [&](int64_t n, int64_t c, int64_t oy, int64_t ox, int64_t y, int64_t x) {
        gradient(n, c, y, x) += outputGradient(n, c, oy, ox) / area;
      });
  return gradient;
}

static Pool2D wholePlane(const Shape &input) {
  return {{input[2], input[3]}, {1, 1}, {0, 0}};
}

Tensor globalAvgPool2D(const Tensor &input) {
  return avgPool2D(input, wholePlane(input.shape));
}

Tensor globalAvgPool2DGradient(const Tensor &outputGradient,
                               const Shape &inputShape) {
  return avgPool2DGradient(outputGradient, inputShape, wholePlane(inputShape));
}

} // namespace netc::reference
