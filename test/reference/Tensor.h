// The oracle's tensors: a shape and doubles in row-major order. The library
// around it is naive loops in double, the truth that every compiled op is
// compared with; it depends on nothing and is written to be read.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace netc::reference {

using Shape = std::vector<int64_t>;
using Pair = std::array<int64_t, 2>; // height, width

struct Tensor {
  Shape shape;
  std::vector<double> values; // row-major

  Tensor() = default; // of no elements: an absent bias
  explicit Tensor(Shape shape, double fill = 0);
  Tensor(Shape shape, std::vector<double> values);

  bool empty() const { return values.empty(); }
  int64_t size() const { return static_cast<int64_t>(values.size()); }
  int64_t dim(size_t i) const { return shape[i]; }

  /// The element at logical coordinates, as many as there are dimensions.
  template <typename... Index> double &operator()(Index... index) {
    return values[offset({static_cast<int64_t>(index)...})];
  }
  template <typename... Index> double operator()(Index... index) const {
    return values[offset({static_cast<int64_t>(index)...})];
  }

  /// The same elements under another shape of as many.
  Tensor reshaped(Shape other) const;

private:
  size_t offset(std::initializer_list<int64_t> index) const;
};

/// The product of the sizes.
int64_t elementCount(const Shape &shape);

} // namespace netc::reference
