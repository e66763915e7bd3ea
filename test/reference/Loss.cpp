// Softmax cross-entropy, the largest logit subtracted so that nothing
// overflows.
#include "test/reference/Loss.h"

#include <algorithm>
#include <cmath>

namespace netc::reference {

SoftmaxCrossEntropyResult softmaxCrossEntropy(const Tensor &logits,
                                              const Tensor &labels) {
  int64_t batch = logits.dim(0), classes = logits.dim(1);
  SoftmaxCrossEntropyResult result{Tensor({batch}), Tensor({batch})};
  for (int64_t n = 0; n < batch; ++n) {
    auto label = static_cast<int64_t>(labels(n));
    const double *row = &logits.values[n * classes];
    int64_t best = std::max_element(row, row + classes) - row; // the first
    double sum = 0;
    for (int64_t k = 0; k < classes; ++k)
      sum += std::exp(row[k] - row[best]);
    result.loss(n) = std::log(sum) + row[best] - row[label];
    result.correct(n) = best == label ? 1 : 0;
  }
  return result;
}

Tensor softmaxCrossEntropyGradient(const Tensor &logits, const Tensor &labels,
                                   const Tensor &lossGradient) {
  int64_t batch = logits.dim(0), classes = logits.dim(1);
  Tensor gradient(logits.shape);
  for (int64_t n = 0; n < batch; ++n) {
    const double *row = &logits.values[n * classes];
    double largest = *std::max_element(row, row + classes), sum = 0;
    for (int64_t k = 0; k < classes; ++k)
      sum += std::exp(row[k] - largest);
    for (int64_t k = 0; k < classes; ++k) {
      double softmax = std::exp(row[k] - largest) / sum;
      double oneHot = k == static_cast<int64_t>(labels(n)) ? 1 : 0;
      gradient(n, k) = (softmax - oneHot) * lossGradient(n);
    }
  }
  return gradient;
}

Tensor softmaxCrossEntropyMeanGradient(const Tensor &logits,
                                       const Tensor &labels) {
  int64_t batch = logits.dim(0);
  return softmaxCrossEntropyGradient(
      logits, labels, Tensor({batch}, 1 / static_cast<double>(batch)));
}

} // namespace netc::reference
