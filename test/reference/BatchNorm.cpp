// The gradient through mean and variance is that of the formula (Ioffe, Szegedy
// 2015, section 3): with xhat = (x - mean)*inverse and g = dy*weight,
// dx = inverse*(g - mean of g - xhat*(mean of g*xhat)).
#include "test/reference/BatchNorm.h"

#include <cmath>

namespace netc::reference {

/// Elements of a channel in one example.
static int64_t planeOf(const Tensor &input) {
  return input.size() / (input.dim(0) * input.dim(1));
}

/// Calls `visit(i, c)` with each element's index and channel.
template <typename Visit>
static void forEachElement(const Tensor &input, Visit visit) {
  int64_t plane = planeOf(input), channels = input.dim(1);
  for (int64_t i = 0; i < input.size(); ++i)
    visit(i, i / plane % channels);
}

Moments channelMoments(const Tensor &input) {
  int64_t channels = input.dim(1);
  auto count = static_cast<double>(input.size() / channels);
  Moments moments{Tensor({channels}), Tensor({channels})};
  forEachElement(input, [&](int64_t i, int64_t c) {
    moments.mean(c) += input.values[i] / count;
  });
  forEachElement(input, [&](int64_t i, int64_t c) {
    double centred = input.values[i] - moments.mean(c);
    moments.variance(c) += centred * centred / count;
  });
  return moments;
}

Tensor normalizeChannels(const Tensor &input, const Moments &moments,
                         const Tensor &weight, const Tensor &bias,
                         double epsilon) {
  Tensor output(input.shape);
  forEachElement(input, [&](int64_t i, int64_t c) {
    double xhat = (input.values[i] - moments.mean(c)) /
                  std::sqrt(moments.variance(c) + epsilon);
    output.values[i] =
        xhat * (weight.empty() ? 1 : weight(c)) + (bias.empty() ? 0 : bias(c));
  });
  return output;
}

void updateRunning(const Moments &moments, int64_t count, double momentum,
                   Moments &running) {
  double sample = static_cast<double>(count) / static_cast<double>(count - 1);
  for (int64_t c = 0; c < running.mean.size(); ++c) {
    running.mean(c) =
        (1 - momentum) * running.mean(c) + momentum * moments.mean(c);
    running.variance(c) = (1 - momentum) * running.variance(c) +
                          momentum * sample * moments.variance(c);
  }
}

NormGradients givenNormGradient(const Tensor &input, const Moments &moments,
                                const Tensor &weight, double epsilon,
                                const Tensor &outputGradient) {
  int64_t channels = input.dim(1);
  NormGradients result{Tensor(input.shape), Tensor({channels}),
                       Tensor({channels})};
  forEachElement(input, [&](int64_t i, int64_t c) {
    double inverse = 1 / std::sqrt(moments.variance(c) + epsilon);
    double dy = outputGradient.values[i];
    result.input.values[i] = dy * inverse * (weight.empty() ? 1 : weight(c));
    result.weight(c) += dy * (input.values[i] - moments.mean(c)) * inverse;
    result.bias(c) += dy;
  });
  return result;
}

NormGradients batchNormGradient(const Tensor &input, const Tensor &weight,
                                double epsilon, const Tensor &outputGradient) {
  Moments moments = channelMoments(input);
  NormGradients result =
      givenNormGradient(input, moments, weight, epsilon, outputGradient);
  auto count = static_cast<double>(input.size() / input.dim(1));
  forEachElement(input, [&](int64_t i, int64_t c) {
    double inverse = 1 / std::sqrt(moments.variance(c) + epsilon);
    double xhat = (input.values[i] - moments.mean(c)) * inverse;
    double scale = inverse * (weight.empty() ? 1 : weight(c));
    result.input.values[i] -=
        scale * (result.bias(c) + xhat * result.weight(c)) / count;
  });
  return result;
}

} // namespace netc::reference
