// Sizes of laid out tensors and copies to and from row-major order.
#include "runtime/TensorType.h"

#include "runtime/Error.h"
#include "runtime/Layout.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::runtime {

int64_t byteWidth(ElementType type) {
  switch (type) {
  case ElementType::F32:
  case ElementType::I32:
    return 4;
  case ElementType::BF16:
  case ElementType::U16:
    return 2;
  case ElementType::U8:
    return 1;
  }
  assert(false && "an element type out of range");
  return 0;
}

std::string toString(const TensorType &type) {
  std::string text = fmt::format("{}", fmt::join(type.shape, "x"));
  text += type.shape.empty() ? "" : "x";
  text += keyword(type.element);
  return type.layout.empty() ? text : text + " " + type.layout;
}

std::vector<int64_t> physicalShape(const TensorType &type) {
  std::vector<int64_t> shape;
  for (const Level &level : memoryLevels(type))
    shape.push_back(level.size);
  return shape;
}

int64_t byteSize(const TensorType &type) {
  int64_t bytes = byteWidth(type.element);
  for (int64_t size : physicalShape(type))
    if (__builtin_mul_overflow(bytes, size, &bytes) || bytes > int64_t(1) << 62)
      throw Error(fmt::format("tensor {} is too large", toString(type)));
  return bytes;
}

/// The loops over memory without those of one step, neighbours joined where
/// they go on in the same dimension: equal for layouts that are the same.
static std::vector<Level> joinedLevels(const TensorType &type) {
  std::vector<Level> joined;
  for (const Level &level : memoryLevels(type)) {
    if (level.size == 1)
      continue;
    if (!joined.empty() && joined.back().dimension == level.dimension &&
        joined.back().step == level.step * level.size) {
      joined.back().size *= level.size;
      joined.back().step = level.step;
      continue;
    }
    joined.push_back(level);
  }
  return joined;
}

bool sameMemory(const TensorType &a, const TensorType &b) {
  return a.element == b.element && a.shape == b.shape &&
         (a.layout == b.layout || joinedLevels(a) == joinedLevels(b));
}

std::string canonicalLayout(const TensorType &type) {
  TensorType rowMajor{type.element, type.shape, ""};
  return sameMemory(type, rowMajor) ? "" : type.layout;
}

namespace {

/// Visits a tensor in memory order; `Copy` moves one element or, given no
/// logical place, fills one of the padding.
template <typename Element, bool ToLayout> class Copier {
public:
  Copier(const TensorType &type, const void *from, void *to)
      : shape(type.shape), strides(type.shape.size(), 1),
        index(type.shape.size(), 0), levels(memoryLevels(type)),
        from(static_cast<const Element *>(from)),
        to(static_cast<Element *>(to)) {
    for (size_t i = shape.size(); i-- > 1;)
      strides[i - 1] = strides[i] * shape[i];
    if (levels.empty()) // a scalar
      levels.push_back({0, 1, 1}), shape = {1}, strides = {1}, index = {0};
  }

  void copy() { visit(0, 0); }

private:
  void visit(size_t depth, int64_t logical) {
    const Level &level = levels[depth];
    int64_t &position = index[level.dimension];
    int64_t stride = level.step * strides[level.dimension];
    if (depth + 1 == levels.size())
      return visitInnermost(level, logical, stride);
    int64_t start = position;
    for (int64_t i = 0; i < level.size; ++i) {
      visit(depth + 1, logical + i * stride);
      position += level.step;
    }
    position = start;
  }

  void visitInnermost(const Level &level, int64_t logical, int64_t stride) {
    int64_t count = level.size;
    for (size_t i = 0; i < shape.size(); ++i)
      if (static_cast<int>(i) != level.dimension && index[i] >= shape[i])
        count = 0;
    int64_t left = shape[level.dimension] - index[level.dimension];
    count = std::clamp<int64_t>(left, 0, count); // the step is 1 here
    for (int64_t i = 0; i < count; ++i) {
      if constexpr (ToLayout)
        to[physical + i] = from[logical + i * stride];
      else
        to[logical + i * stride] = from[physical + i];
    }
    if constexpr (ToLayout)
      std::fill(to + physical + count, to + physical + level.size, Element{});
    physical += level.size;
  }

  std::vector<int64_t> shape, strides, index;
  std::vector<Level> levels;
  const Element *from;
  Element *to;
  int64_t physical = 0;
};

} // namespace

template <bool ToLayout>
static void convert(const TensorType &type, const void *from, void *to) {
  if (canonicalLayout(type).empty()) {
    std::memcpy(to, from, byteSize(type));
    return;
  }
  if (byteWidth(type.element) == 1)
    Copier<uint8_t, ToLayout>(type, from, to).copy();
  else if (byteWidth(type.element) == 2)
    Copier<uint16_t, ToLayout>(type, from, to).copy();
  else
    Copier<uint32_t, ToLayout>(type, from, to).copy();
}

void toLayout(const TensorType &type, const void *rowMajor, void *out) {
  convert<true>(type, rowMajor, out);
}

void fromLayout(const TensorType &type, const void *in, void *rowMajor) {
  convert<false>(type, in, rowMajor);
}

} // namespace netc::runtime
