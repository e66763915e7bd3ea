// Updates of parameters.
#pragma once

#include "test/reference/Tensor.h"

namespace netc::reference {

struct Sgd {
  double learningRate = 0, momentum = 0, weightDecay = 0;
  bool nesterov = false;
};

/// One step in place, in PyTorch's order: g = gradient + weightDecay*w;
/// velocity = momentum*velocity + g; w -= learningRate*velocity. The velocity
/// starts at zero; without momentum it is just g. Nesterov's weights go on by
/// g + momentum*velocity.
void sgdUpdate(const Sgd &sgd, const Tensor &gradient, Tensor &weight,
               Tensor &velocity);

} // namespace netc::reference
