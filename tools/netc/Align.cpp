// Longest common subsequence by dynamic programming (Wagner and Fischer 1974),
// with weights.
#include "tools/netc/Align.h"

#include <algorithm>
#include <type_traits>

namespace netc::tools {

bool sameSpec(const dsl::Layer &a, const dsl::Layer &b) {
  if (a.spec.index() != b.spec.index() || a.activation != b.activation)
    return false;
  return std::visit(
      [&]<typename Spec>(const Spec &spec) {
        if constexpr (std::is_empty_v<Spec>)
          return true;
        else
          return spec == std::get<Spec>(b.spec);
      },
      a.spec);
}

/// 0 if the two are no counterparts.
static uint32_t likeness(const dsl::Layer &a, const dsl::Layer &b) {
  if (shape::kindName(a.spec) != shape::kindName(b.spec))
    return 0;
  return 2 + 2 * sameSpec(a, b) + (a.output == b.output) + (a.name == b.name);
}

std::vector<AlignedPair> alignLayers(const std::vector<dsl::Layer> &before,
                                     const std::vector<dsl::Layer> &after) {
  auto isSame = [&](size_t a, size_t b) {
    return before[a].name == after[b].name && sameSpec(before[a], after[b]) &&
           before[a].input == after[b].input;
  };
  // What is the same at both ends needs no table.
  size_t head = 0, tail = 0, most = std::min(before.size(), after.size());
  while (head < most && isSame(head, head))
    ++head;
  while (tail < most - head &&
         isSame(before.size() - 1 - tail, after.size() - 1 - tail))
    ++tail;
  size_t rows = before.size() - head - tail;
  size_t columns = after.size() - head - tail;

  std::vector<AlignedPair> pairs;
  for (size_t i = 0; i < head; ++i)
    pairs.push_back({i, i});

  // best[i][j]: of what stands behind the i-th and the j-th layer.
  constexpr size_t mostCells = 1 << 24;
  bool hasTable = (rows + 1) * (columns + 1) <= mostCells;
  std::vector<uint32_t> best(hasTable ? (rows + 1) * (columns + 1) : 0);
  auto at = [&](size_t i, size_t j) -> uint32_t & {
    return best[i * (columns + 1) + j];
  };
  if (hasTable)
    for (size_t i = rows; i-- > 0;)
      for (size_t j = columns; j-- > 0;) {
        uint32_t weight = likeness(before[head + i], after[head + j]);
        at(i, j) = std::max({at(i + 1, j), at(i, j + 1),
                             weight ? at(i + 1, j + 1) + weight : 0});
      }
  size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    uint32_t weight = i < rows && j < columns
                          ? likeness(before[head + i], after[head + j])
                          : 0;
    if (hasTable && weight && at(i, j) == at(i + 1, j + 1) + weight)
      pairs.push_back({head + i++, head + j++});
    else if (i < rows &&
             (j == columns || !hasTable || at(i, j) == at(i + 1, j)))
      pairs.push_back({head + i++, std::nullopt});
    else
      pairs.push_back({std::nullopt, head + j++});
  }
  for (size_t k = 0; k < tail; ++k)
    pairs.push_back({before.size() - tail + k, after.size() - tail + k});
  return pairs;
}

} // namespace netc::tools
