// Bytes as a file that has a path, without a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace netc::fuzz {

class MemoryFile {
public:
  MemoryFile(const uint8_t *bytes, size_t size)
      : file(memfd_create("fuzz", MFD_CLOEXEC)) {
    if (file < 0 || write(file, bytes, size) != static_cast<ssize_t>(size))
      abort();
  }
  ~MemoryFile() { close(file); }
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(file); }

private:
  const int file;
};

} // namespace netc::fuzz
