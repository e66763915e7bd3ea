// A layout's tag, taken apart: what TensorType's functions and the library's
// memory descriptors are made from.
#pragma once

#include "runtime/TensorType.h"

#include <string_view>

namespace netc::runtime {

struct Layout {
  struct Block {
    int dimension;
    int64_t size;

    bool operator==(const Block &) const = default;
  };
  std::vector<int> order;    // dimensions by decreasing stride
  std::vector<Block> blocks; // from the outermost to the innermost

  /// The empty tag is row-major. Throws netc::Error unless each of `rank`
  /// dimensions is named once, in upper case exactly where it is blocked.
  static Layout parse(std::string_view tag, size_t rank);
  std::string tag() const;
  /// The product of a dimension's blocks, 1 if it has none.
  int64_t blockOf(int dimension) const;

  bool operator==(const Layout &) const = default;
};

/// One loop over a tensor's memory: `size` steps of `step` logical indices of
/// `dimension`.
struct Level {
  int dimension;
  int64_t size, step;

  bool operator==(const Level &) const = default;
};

/// The loops that visit a tensor in memory order, padding included, the
/// outermost first. Throws netc::Error for a malformed tag or a size
/// out of bounds.
std::vector<Level> memoryLevels(const TensorType &type);

} // namespace netc::runtime
