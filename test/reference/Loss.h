// Losses and their gradients. The loss of an example is the mean over its
// elements or pixels.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

struct SoftmaxCrossEntropyResult {
  Tensor loss;    // [N], the mean of -log(softmax(logits)[label])
  Tensor correct; // [N], how often the first maximum of the logits is the label
};
/// logits [N, K] with labels [N] in 0..K-1, or [N, K, H, W] with [N, H, W].
/// Of a map, labels of -1 do not count: the mean is that of the others, 0 where
/// there is none.
/// With smoothing e the target is 1 - e + e/K at the label and e/K elsewhere.
SoftmaxCrossEntropyResult softmaxCrossEntropy(const Tensor &logits,
                                              const Tensor &labels,
                                              double smoothing = 0);

/// (softmax(logits) - target) * lossGradient of the example / pixels, where
/// pixels are those that count of an average example: the gradient of the mean
/// over all of them, if the loss's gradient is 1/N.
Tensor softmaxCrossEntropyGradient(const Tensor &logits, const Tensor &labels,
                                   const Tensor &lossGradient,
                                   double smoothing = 0);

/// The gradient of the mean loss of the batch.
Tensor softmaxCrossEntropyMeanGradient(const Tensor &logits,
                                       const Tensor &labels,
                                       double smoothing = 0);

/// -t*log(sigmoid(x)) - (1 - t)*log(1 - sigmoid(x)), the example's mean: [N].
Tensor sigmoidBinaryCrossEntropy(const Tensor &logits, const Tensor &target);
Tensor sigmoidBinaryCrossEntropyGradient(const Tensor &logits,
                                         const Tensor &target,
                                         const Tensor &lossGradient);

/// (x - t)^2, the example's mean: [N].
Tensor meanSquaredError(const Tensor &input, const Tensor &target);
Tensor meanSquaredErrorGradient(const Tensor &input, const Tensor &target,
                                const Tensor &lossGradient);

/// Labels [N, ...] as [N, classes, ...]: one-hot, or the label itself where
/// there is one class.
Tensor labelTarget(const Tensor &labels, int64_t classes);

/// [N], how many labels of an example are the first maximum of the logits, or
/// of one logit whether it is above 0.
Tensor countCorrect(const Tensor &logits, const Tensor &labels);

} // namespace netc::reference
