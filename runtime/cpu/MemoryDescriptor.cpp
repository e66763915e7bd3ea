// Descriptors are filled in field by field: the library's own list of tags has
// not all that its implementations ask for.
#include "runtime/cpu/MemoryDescriptor.h"

#include "runtime/Layout.h"
#include "runtime/cpu/Library.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace netc::runtime::cpu {

static dnnl_data_type_t dataType(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return dnnl_f32;
  case ElementType::I32:
    return dnnl_s32;
  case ElementType::U8:
    return dnnl_u8;
  case ElementType::BF16:
    return dnnl_bf16;
  case ElementType::U16: // examples alone, which no primitive reads
    break;
  }
  assert(false && "an element type out of range");
  return dnnl_data_type_undef;
}

dnnl_memory_desc_t memoryDescriptor(const TensorType &type) {
  const size_t rank = type.shape.size();
  dnnl_memory_desc_t descriptor{};
  if (type.layout == "any") {
    checkStatus(dnnl_memory_desc_init_by_tag(
                    &descriptor, static_cast<int>(rank), type.shape.data(),
                    dataType(type.element), dnnl_format_tag_any),
                "tensor " + toString(type));
    return descriptor;
  }
  Layout layout = Layout::parse(type.layout, rank);
  std::vector<Level> levels = memoryLevels(type);
  descriptor.ndims = static_cast<int>(rank);
  descriptor.data_type = dataType(type.element);
  descriptor.format_kind = dnnl_blocked;
  dnnl_blocking_desc_t &blocking = descriptor.format_desc.blocking;
  int64_t stride = 1;
  for (size_t i = 0; i < layout.blocks.size(); ++i) {
    blocking.inner_blks[i] = layout.blocks[i].size;
    blocking.inner_idxs[i] = layout.blocks[i].dimension;
    stride *= layout.blocks[i].size;
  }
  blocking.inner_nblks = static_cast<int>(layout.blocks.size());
  for (size_t i = rank; i-- > 0;) {
    auto [dimension, size, block] = levels[i]; // the outer loops come first
    descriptor.dims[dimension] = type.shape[dimension];
    descriptor.padded_dims[dimension] = size * block;
    blocking.strides[dimension] = stride;
    stride *= size;
  }
  return descriptor;
}

std::optional<std::string> layoutOf(const dnnl_memory_desc_t &descriptor) {
  if (descriptor.format_kind != dnnl_blocked || descriptor.offset0 != 0 ||
      descriptor.extra.flags != dnnl_memory_extra_flag_none)
    return std::nullopt;
  const dnnl_blocking_desc_t &blocking = descriptor.format_desc.blocking;
  Layout layout;
  int64_t expected = 1;
  for (int i = 0; i < blocking.inner_nblks; ++i) {
    layout.blocks.push_back(
        {static_cast<int>(blocking.inner_idxs[i]), blocking.inner_blks[i]});
    expected *= blocking.inner_blks[i];
  }

  std::vector<int64_t> outer(descriptor.ndims);
  for (int i = 0; i < descriptor.ndims; ++i) {
    int64_t block = layout.blockOf(i);
    outer[i] = (descriptor.dims[i] + block - 1) / block;
    if (descriptor.padded_dims[i] != outer[i] * block ||
        descriptor.padded_offsets[i] != 0)
      return std::nullopt;
  }
  // Equal strides: at most one size is not 1, and it is the outermost, as the
  // stride of a loop is that of the next times the next one's size.
  layout.order.resize(descriptor.ndims);
  std::iota(layout.order.begin(), layout.order.end(), 0);
  std::ranges::stable_sort(layout.order, [&](int a, int b) {
    if (blocking.strides[a] != blocking.strides[b])
      return blocking.strides[a] > blocking.strides[b];
    return outer[a] != 1 && outer[b] == 1;
  });
  for (size_t i = layout.order.size(); i-- > 0;) {
    int dimension = layout.order[i];
    if (outer[dimension] != 1 && blocking.strides[dimension] != expected)
      return std::nullopt;
    expected *= outer[dimension];
  }
  std::string tag = layout.tag();
  return layout == Layout::parse("", descriptor.ndims) ? "" : tag;
}

} // namespace netc::runtime::cpu
