// Kinks of activations, and the nearest losers of maxima.
#include "test/numeric/KinkDistance.h"

#include "test/reference/Pool2D.h"

#include <algorithm>
#include <cmath>

namespace netc::numeric {

using reference::Tensor;

double kinkDistance(const shape::Activation &spec, const Tensor &input) {
  std::vector<double> kinks;
  if (spec.kind == shape::ActivationKind::ReLU)
    kinks = {0, spec.parameter};
  else if (spec.kind == shape::ActivationKind::HardSwish)
    kinks = {-3, 3};
  else if (spec.kind == shape::ActivationKind::LeakyReLU ||
           spec.kind == shape::ActivationKind::ELU)
    kinks = {0};
  double nearest = std::numeric_limits<double>::infinity();
  for (double x : input.values)
    for (double kink : kinks)
      if (x != kink)
        nearest = std::min(nearest, std::abs(x - kink));
  return nearest;
}

double kinkDistance(const shape::MaxPool2D &spec, const Tensor &input) {
  double nearest = std::numeric_limits<double>::infinity();
  reference::Pool2D pool{spec.window, spec.stride, spec.padding};
  Tensor winners = maxPool2D(input, pool).output;
  for (int64_t n = 0; n < winners.dim(0); ++n)
    for (int64_t c = 0; c < winners.dim(1); ++c)
      for (int64_t oy = 0; oy < winners.dim(2); ++oy)
        for (int64_t ox = 0; ox < winners.dim(3); ++ox)
          for (int64_t ky = 0; ky < spec.window[0]; ++ky)
            for (int64_t kx = 0; kx < spec.window[1]; ++kx) {
              int64_t y = oy * spec.stride[0] - spec.padding[0] + ky;
              int64_t x = ox * spec.stride[1] - spec.padding[1] + kx;
              if (y < 0 || y >= input.dim(2) || x < 0 || x >= input.dim(3))
                continue;
              double gap = winners(n, c, oy, ox) - input(n, c, y, x);
              if (gap > 0)
                nearest = std::min(nearest, gap);
            }
  return nearest;
}

double kinkDistance(const shape::GlobalMaxPool2D &, const Tensor &input) {
  shape::Pair whole{input.dim(2), input.dim(3)};
  return kinkDistance(shape::MaxPool2D{whole, whole}, input);
}

} // namespace netc::numeric
