// Batch normalisation and its gradient.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

/// The mean of each channel of [N, C] or [N, C, H, W] and its variance, divided
/// by the number of values: [C] each.
struct Moments {
  Tensor mean, variance;
};
Moments channelMoments(const Tensor &input);

/// (x - mean)/sqrt(variance + epsilon)*weight + bias; weight and bias [C] or
/// empty, for 1 and 0.
Tensor normalizeChannels(const Tensor &input, const Moments &moments,
                         const Tensor &weight, const Tensor &bias,
                         double epsilon);

/// (1 - momentum)*running + momentum*moments, the variance made that of a
/// sample of `count` values: divided by one less.
void updateRunning(const Moments &moments, int64_t count, double momentum,
                   Moments &running);

struct NormGradients {
  Tensor input, weight, bias;
};
/// Through normalizeChannels(input, channelMoments(input), ...).
NormGradients batchNormGradient(const Tensor &input, const Tensor &weight,
                                double epsilon, const Tensor &outputGradient);
/// The same with moments that are constants.
NormGradients givenNormGradient(const Tensor &input, const Moments &moments,
                                const Tensor &weight, double epsilon,
                                const Tensor &outputGradient);

} // namespace netc::reference
