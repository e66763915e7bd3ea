// One copy for each type of element.
#include "test/numeric/Elements.h"

#include <bit>
#include <cstring>

namespace netc::numeric {

namespace {
/// The upper half of a float.
struct BFloat16 {
  uint16_t bits = 0;

  BFloat16() = default;
  explicit BFloat16(double value) {
    auto wide = std::bit_cast<uint32_t>(static_cast<float>(value));
    wide += 0x7fff + ((wide >> 16) & 1);
    bits = static_cast<uint16_t>(wide >> 16);
  }
  explicit operator double() const {
    return std::bit_cast<float>(uint32_t{bits} << 16);
  }
};
} // namespace

template <typename Element>
static void store(const reference::Tensor &tensor,
                  std::vector<std::byte> &bytes) {
  for (size_t i = 0; i < tensor.values.size(); ++i) {
    auto element = static_cast<Element>(tensor.values[i]);
    std::memcpy(&bytes[i * sizeof(Element)], &element, sizeof(Element));
  }
}

template <typename Element>
static void load(const std::vector<std::byte> &bytes,
                 reference::Tensor &tensor) {
  for (size_t i = 0; i < tensor.values.size(); ++i) {
    Element element;
    std::memcpy(&element, &bytes[i * sizeof(Element)], sizeof(Element));
    tensor.values[i] = static_cast<double>(element);
  }
}

std::vector<std::byte> pack(const reference::Tensor &tensor,
                            runtime::ElementType element) {
  std::vector<std::byte> bytes(
      tensor.values.size() * static_cast<size_t>(runtime::byteWidth(element)));
  switch (element) {
  case runtime::ElementType::F32:
    store<float>(tensor, bytes);
    break;
  case runtime::ElementType::I32:
    store<int32_t>(tensor, bytes);
    break;
  case runtime::ElementType::U8:
    store<uint8_t>(tensor, bytes);
    break;
  case runtime::ElementType::U16:
    store<uint16_t>(tensor, bytes);
    break;
  case runtime::ElementType::BF16:
    store<BFloat16>(tensor, bytes);
    break;
  }
  return bytes;
}

reference::Tensor unpack(const std::vector<std::byte> &bytes,
                         const runtime::TensorType &type) {
  reference::Tensor tensor(type.shape);
  switch (type.element) {
  case runtime::ElementType::F32:
    load<float>(bytes, tensor);
    break;
  case runtime::ElementType::I32:
    load<int32_t>(bytes, tensor);
    break;
  case runtime::ElementType::U8:
    load<uint8_t>(bytes, tensor);
    break;
  case runtime::ElementType::U16:
    load<uint16_t>(bytes, tensor);
    break;
  case runtime::ElementType::BF16:
    load<BFloat16>(bytes, tensor);
    break;
  }
  return tensor;
}

} // namespace netc::numeric
