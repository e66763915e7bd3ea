// Row-major tensors of doubles.
#include "test/reference/Tensor.h"

#include <utility>

namespace netc::reference {

int64_t elementCount(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

Tensor::Tensor(Shape shape, double fill)
    : shape(std::move(shape)), values(elementCount(this->shape), fill) {}

Tensor::Tensor(Shape shape, std::vector<double> values)
    : shape(std::move(shape)), values(std::move(values)) {
  assert(size() == elementCount(this->shape));
}

Tensor Tensor::reshaped(Shape other) const {
  return Tensor(std::move(other), values);
}

size_t Tensor::offset(std::initializer_list<int64_t> index) const {
  assert(index.size() == shape.size());
  int64_t result = 0;
  auto size = shape.begin();
  for (int64_t i : index) {
    assert(i >= 0 && i < *size);
    result = result * *size++ + i;
  }
  return static_cast<size_t>(result);
}

} // namespace netc::reference
