// Element types and memory layouts of tensors, as the executable records them.
#pragma once

#include "runtime/Enumerations.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netc::runtime {

/// Bytes of an element.
int64_t byteWidth(ElementType type);

/// A tensor in memory. `layout` is oneDNN's tag notation: the dimensions in
/// order of decreasing stride, upper case where blocked, then the inner blocks
/// (`aBcd16b` is nChw16c, `ABcd16b16a` is OIhw16i16o, `acdb` is NHWC); empty
/// for row-major. Blocked dimensions are padded to a whole number of blocks
/// and the padding holds zeros.
struct TensorType {
  ElementType element = ElementType::F32;
  std::vector<int64_t> shape; // logical sizes
  std::string layout;

  bool operator==(const TensorType &) const = default;
};

/// Sizes in memory order, padding included: 128x96x54x54 `aBcd16b` is
/// [128, 6, 54, 54, 16]. Throws netc::Error for a malformed tag.
std::vector<int64_t> physicalShape(const TensorType &type);
/// Bytes of the physical shape. Throws netc::Error where 2^62 is passed.
int64_t byteSize(const TensorType &type);
/// Whether every element, padding included, is at the same place in both: of
/// two such tensors one needs no reorder. With sizes of 1 and whole blocks,
/// several tags say the same: 128x256x1x1 is row-major in `acdb` and `aBcd16b`.
bool sameMemory(const TensorType &a, const TensorType &b);
/// The layout, empty if the tensor is row-major in it.
std::string canonicalLayout(const TensorType &type);
/// `128x96x54x54xf32 aBcd16b`, for messages.
std::string toString(const TensorType &type);
/// Copies between row-major logical order and the layout (zeros the padding).
void toLayout(const TensorType &type, const void *rowMajor, void *out);
void fromLayout(const TensorType &type, const void *in, void *rowMajor);

} // namespace netc::runtime
