// Losses and their gradients.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

struct SoftmaxCrossEntropyResult {
  Tensor loss;    // [N], -log(softmax(logits)[label])
  Tensor correct; // [N], 1 if the first maximum of the logits is the label
};
/// logits [N, K], labels [N] in 0..K-1.
SoftmaxCrossEntropyResult softmaxCrossEntropy(const Tensor &logits,
                                              const Tensor &labels);

/// (softmax(logits) - one_hot(label)) * lossGradient of the example, [N, K].
Tensor softmaxCrossEntropyGradient(const Tensor &logits, const Tensor &labels,
                                   const Tensor &lossGradient);

/// The gradient of the mean loss of the batch.
Tensor softmaxCrossEntropyMeanGradient(const Tensor &logits,
                                       const Tensor &labels);

} // namespace netc::reference
