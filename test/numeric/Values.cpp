// Hashed values and their comparison.
#include "test/numeric/Values.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

namespace netc::numeric {

uint32_t hash(uint32_t index, uint32_t salt) {
  uint32_t x = index * 2654435761u + salt * 2246822519u + 1;
  x = (x ^ x >> 16) * 0x7feb352du;
  x = (x ^ x >> 15) * 0x846ca68bu;
  return x ^ x >> 16;
}

Tensor values(const Shape &shape, uint32_t salt, uint32_t levels) {
  Tensor result = wholeNumbers(shape, salt, levels);
  double half = (levels - 1) / 2;
  for (double &x : result.values)
    x = (x - half) / half;
  return result;
}

Tensor distinctValues(const Shape &shape, uint32_t salt) {
  Tensor result(shape);
  std::vector<uint32_t> order(result.values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::pair(hash(a, salt), a) < std::pair(hash(b, salt), b);
  });
  auto count = static_cast<double>(order.size());
  // An even number of places around zero: +-1/2, +-3/2 ...
  for (size_t i = 0; i < order.size(); ++i) {
    double place = static_cast<double>(i) - std::floor(count / 2) + 0.5;
    result.values[order[i]] = place / (count / 2 + 1);
  }
  return result;
}

Tensor wholeNumbers(const Shape &shape, uint32_t salt, uint32_t count) {
  Tensor result(shape);
  for (size_t i = 0; i < result.values.size(); ++i)
    result.values[i] = hash(static_cast<uint32_t>(i), salt) % count;
  return result;
}

static std::string toString(const Shape &shape) {
  std::ostringstream text;
  for (size_t i = 0; i < shape.size(); ++i)
    text << (i ? "x" : "") << shape[i];
  return text.str();
}

std::string difference(const Tensor &actual, const Tensor &expected,
                       double tolerance, double scale) {
  std::ostringstream text;
  if (actual.shape != expected.shape) {
    text << "shape " << toString(actual.shape) << ", expected "
         << toString(expected.shape);
    return text.str();
  }
  double squares = 0;
  for (double x : expected.values)
    squares += x * x;
  scale = std::max(
      scale, std::sqrt(squares / static_cast<double>(expected.values.size())));
  double worst = tolerance;
  size_t wrong = 0;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    double a = actual.values[i], e = expected.values[i];
    if (a == e)
      continue;
    double error = std::abs(a - e) / std::max(scale, std::abs(e));
    if (error <= tolerance)
      continue;
    ++wrong;
    if (!(error <= worst)) { // also where it is not a number
      worst = std::isnan(error) ? worst : error;
      text.str("");
      text << "element " << i << " of " << toString(expected.shape) << " is "
           << a << ", expected " << e << " (relative " << error << ")";
    }
  }
  if (wrong)
    text << "; " << wrong << " of " << expected.values.size() << " differ";
  return text.str();
}

Tensor ignoreThirds(Tensor labels) {
  for (size_t i = 1; i < labels.values.size(); i += 3)
    labels.values[i] = -1;
  size_t example = labels.values.size() / static_cast<size_t>(labels.dim(0));
  std::fill(labels.values.end() - static_cast<ptrdiff_t>(example),
            labels.values.end(), -1);
  return labels;
}

} // namespace netc::numeric
