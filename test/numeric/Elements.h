// Elements of tensors as an executor's arena holds them, from the reference's
// doubles and back.
#pragma once

#include "runtime/TensorType.h"
#include "test/reference/Tensor.h"

#include <cstddef>
#include <vector>

namespace netc::numeric {

/// Row-major elements of the given type; those of bf16 are rounded to the
/// nearest, ties to even. \pre integers are in range
std::vector<std::byte> pack(const reference::Tensor &tensor,
                            runtime::ElementType element);

/// The inverse: `bytes` are row-major elements of the type's shape.
reference::Tensor unpack(const std::vector<std::byte> &bytes,
                         const runtime::TensorType &type);

} // namespace netc::numeric
