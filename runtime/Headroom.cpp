// Maps memory to see whether there is any.
#include "runtime/Headroom.h"

#include <new>
#include <sys/mman.h>

namespace netc::runtime {

bool hasHeadroom(size_t bytes) {
  void *mapping = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED)
    return false;
  ::munmap(mapping, bytes);
  return true;
}

void requireHeadroom(size_t bytes) {
  if (!hasHeadroom(bytes))
    throw std::bad_alloc();
}

} // namespace netc::runtime
