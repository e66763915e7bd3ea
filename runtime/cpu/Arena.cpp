// Maps the arena.
#include "runtime/cpu/Arena.h"

#include "runtime/Error.h"

#include <cerrno>
#include <fmt/format.h>
#include <sys/mman.h>
#include <system_error>

namespace netc::runtime::cpu {

static constexpr uint64_t page = 4096, hugePage = uint64_t(2) << 20;

static uint64_t roundUp(uint64_t bytes, uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

Arena::Arena(uint64_t bytes) {
  if (bytes == 0)
    return;
  // A start at a huge page's border, found in a mapping one such page longer;
  // both ends are given back.
  const uint64_t unit = bytes >= hugePage ? hugePage : page;
  mapped = roundUp(bytes, page);
  const uint64_t reserved = mapped + unit;
  void *mapping = ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED)
    throw Error(fmt::format("no memory for an arena of {} MiB: {}", bytes >> 20,
                            std::generic_category().message(errno)));
  auto address = reinterpret_cast<uint64_t>(mapping);
  const uint64_t aligned = roundUp(address, unit);
  start = static_cast<std::byte *>(mapping) + (aligned - address);
  if (aligned > address)
    ::munmap(mapping, aligned - address);
  if (aligned + mapped < address + reserved)
    ::munmap(start + mapped, address + reserved - aligned - mapped);
  // Only advice: a system without huge pages is no error.
  ::madvise(start, mapped, MADV_HUGEPAGE);
}

Arena::~Arena() {
  if (start)
    ::munmap(start, mapped);
}

} // namespace netc::runtime::cpu
