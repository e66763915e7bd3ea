// How near an input is to where a layer's slope jumps.
#pragma once

#include "compiler/shape/Shape.h"
#include "test/reference/Tensor.h"

#include <limits>

namespace netc::numeric {

double kinkDistance(const shape::Activation &, const reference::Tensor &input);
double kinkDistance(const shape::MaxPool2D &, const reference::Tensor &input);
double kinkDistance(const shape::GlobalMaxPool2D &,
                    const reference::Tensor &input);

template <typename Other>
double kinkDistance(const Other &, const reference::Tensor &) {
  return std::numeric_limits<double>::infinity();
}

} // namespace netc::numeric
