// Reads and writes tags.
#include "runtime/Layout.h"

#include "runtime/Error.h"

#include <algorithm>
#include <fmt/format.h>

namespace netc::runtime {

/// Blocks are a few registers wide; the bounds keep products far from
/// overflow, whatever a file may claim.
static constexpr int64_t maxBlock = 1 << 10, maxSize = int64_t(1) << 40;
static constexpr size_t maxBlocks = 6, maxRank = 12;

static bool isDigit(char c) { return c >= '0' && c <= '9'; }

Layout Layout::parse(std::string_view tag, size_t rank) {
  auto malformed = [&](std::string_view why) {
    return Error(
        fmt::format("layout `{}` of {} dimensions: {}", tag, rank, why));
  };
  if (rank > maxRank)
    throw malformed(fmt::format("at most {} dimensions", maxRank));
  Layout layout;
  if (tag.empty()) {
    for (size_t i = 0; i < rank; ++i)
      layout.order.push_back(static_cast<int>(i));
    return layout;
  }
  if (tag == "any")
    throw malformed("not settled yet");

  std::vector<bool> seen(rank), blocked(rank);
  size_t at = 0;
  for (; at < tag.size() && !isDigit(tag[at]); ++at) {
    bool upper = tag[at] >= 'A' && tag[at] <= 'Z';
    int dimension = tag[at] - (upper ? 'A' : 'a');
    if (dimension < 0 || dimension >= static_cast<int>(rank))
      throw malformed("expected a dimension's letter");
    if (seen[dimension])
      throw malformed("a dimension is named twice");
    seen[dimension] = true;
    blocked[dimension] = upper;
    layout.order.push_back(dimension);
  }
  if (layout.order.size() != rank)
    throw malformed("a dimension is missing");

  while (at < tag.size()) {
    int64_t size = 0;
    for (; at < tag.size() && isDigit(tag[at]); ++at)
      size = std::min(size * 10 + (tag[at] - '0'), maxBlock + 1);
    int dimension = at < tag.size() ? tag[at++] - 'a' : -1;
    if (dimension < 0 || dimension >= static_cast<int>(rank))
      throw malformed("expected a blocked dimension's letter");
    if (size < 1 || size > maxBlock)
      throw malformed(fmt::format("a block is 1 to {}", maxBlock));
    if (!blocked[dimension])
      throw malformed("a blocked dimension is in upper case");
    layout.blocks.push_back({dimension, size});
  }
  if (layout.blocks.size() > maxBlocks)
    throw malformed(fmt::format("at most {} blocks", maxBlocks));
  for (size_t i = 0; i < rank; ++i)
    if (blocked[i] && std::ranges::none_of(layout.blocks, [&](Block block) {
          return block.dimension == static_cast<int>(i);
        }))
      throw malformed("a dimension in upper case has no block");
  return layout;
}

std::string Layout::tag() const {
  std::string tag;
  for (int dimension : order) {
    bool blocked = std::ranges::any_of(
        blocks, [&](Block block) { return block.dimension == dimension; });
    tag += static_cast<char>((blocked ? 'A' : 'a') + dimension);
  }
  for (Block block : blocks)
    tag += fmt::format("{}{}", block.size,
                       static_cast<char>('a' + block.dimension));
  return tag;
}

int64_t Layout::blockOf(int dimension) const {
  int64_t product = 1;
  for (Block block : blocks)
    if (block.dimension == dimension)
      product *= block.size;
  return product;
}

std::vector<Level> memoryLevels(const TensorType &type) {
  for (int64_t size : type.shape)
    if (size < 1 || size > maxSize)
      throw Error(fmt::format("a tensor's size is 1 to 2^40, got {}", size));
  Layout layout = Layout::parse(type.layout, type.shape.size());
  std::vector<Level> levels;
  for (int dimension : layout.order) {
    int64_t block = layout.blockOf(dimension);
    int64_t size = type.shape[dimension];
    levels.push_back({dimension, size / block + (size % block != 0), block});
  }
  for (size_t i = 0; i < layout.blocks.size(); ++i) {
    auto [dimension, size] = layout.blocks[i];
    int64_t step = 1; // of what is inside this block
    for (size_t j = i + 1; j < layout.blocks.size(); ++j)
      if (layout.blocks[j].dimension == dimension)
        step *= layout.blocks[j].size;
    levels.push_back({dimension, size, step});
  }
  return levels;
}

} // namespace netc::runtime
