// Values for the numeric tests: the same on every machine, and made again by
// make_fixtures.py, so that fixtures need not hold them.
#pragma once

#include "test/reference/Tensor.h"

#include <string>

namespace netc::numeric {

using reference::Shape;
using reference::Tensor;

/// What values are for, so that no two tensors of a test are alike.
enum Salt : uint32_t { Input = 1, Filter, Bias, OutputGradient, Labels };

/// A 32-bit hash of an element's index and of `salt`.
uint32_t hash(uint32_t index, uint32_t salt);

/// Values in -1..1 in steps of 2/(levels - 1); few levels make ties.
Tensor values(const Shape &shape, uint32_t salt, uint32_t levels = 2001);

/// Values in -1..1, none within 1/(size + 2) of another or of zero: no maximum
/// is a tie and no ReLU at its kink.
Tensor distinctValues(const Shape &shape, uint32_t salt);

/// Whole numbers in 0..count-1: labels, pixels.
Tensor wholeNumbers(const Shape &shape, uint32_t salt, uint32_t count);

/// Of labels [N, ...] every third, and all of the last example, become -1.
Tensor ignoreThirds(Tensor labels);

/// Empty if the shapes are equal and every element of `actual` is within
/// `tolerance` times max(the root of the mean square of `expected`, |expected
/// element|, `scale`); else what differs most, in words. The root mean square
/// is there for sums whose terms cancel, `scale` where all elements may.
std::string difference(const Tensor &actual, const Tensor &expected,
                       double tolerance, double scale = 0);

} // namespace netc::numeric
