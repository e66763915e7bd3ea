// Generated code: an ELF shared object held in memory, loaded without a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace netc::runtime::cpu {

/// A generated kernel: a serial function that does part `part` of `parts`.
using KernelFunction = void (*)(void **arguments, int64_t part, int64_t parts);

class SharedObject {
public:
  /// Throws netc::Error with the loader's words.
  explicit SharedObject(std::span<const uint8_t> bytes);
  ~SharedObject();
  SharedObject(const SharedObject &) = delete;
  SharedObject &operator=(const SharedObject &) = delete;

  /// Throws netc::Error if there is no such symbol.
  KernelFunction kernel(const std::string &symbol) const;

private:
  // Open as long as the object is loaded: the loader knows objects by their
  // paths, and a second one under this descriptor would be taken for the first.
  int descriptor = -1;
  void *handle = nullptr;
};

} // namespace netc::runtime::cpu
