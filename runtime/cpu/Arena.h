// The memory of all programs: one mapping, zeroed, in huge pages where the
// system gives them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace netc::runtime::cpu {

class Arena {
public:
  /// Throws netc::Error when there is no such memory.
  explicit Arena(uint64_t bytes);
  ~Arena();
  Arena(const Arena &) = delete;
  Arena &operator=(const Arena &) = delete;

  /// Aligned to a page at least; null for an arena of no bytes.
  std::byte *data() const { return start; }

private:
  std::byte *start = nullptr;
  uint64_t mapped = 0;
};

} // namespace netc::runtime::cpu
