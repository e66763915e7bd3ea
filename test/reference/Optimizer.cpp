// Stochastic gradient descent, one element after another.
#include "test/reference/Optimizer.h"

namespace netc::reference {

void sgdUpdate(const Sgd &sgd, const Tensor &gradient, Tensor &weight,
               Tensor &velocity) {
  assert(gradient.shape == weight.shape && velocity.shape == weight.shape);
  for (int64_t i = 0; i < weight.size(); ++i) {
    double g = gradient.values[i] + sgd.weightDecay * weight.values[i];
    velocity.values[i] = sgd.momentum * velocity.values[i] + g;
    double step = sgd.nesterov ? g + sgd.momentum * velocity.values[i]
                               : velocity.values[i];
    weight.values[i] -= sgd.learningRate * step;
  }
}

} // namespace netc::reference
