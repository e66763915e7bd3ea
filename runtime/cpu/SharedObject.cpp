// Loads generated code from an anonymous file.
#include "runtime/cpu/SharedObject.h"

#include "runtime/Error.h"

#include <cerrno>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace netc::runtime::cpu {

static void writeAll(int descriptor, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      throw Error(fmt::format("the code cannot be stored: {}",
                              std::generic_category().message(errno)));
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

SharedObject::SharedObject(std::span<const uint8_t> bytes) {
  descriptor = ::memfd_create("netc-code", MFD_CLOEXEC);
  if (descriptor < 0)
    throw Error(fmt::format("no anonymous file for the code: {}",
                            std::generic_category().message(errno)));
  try {
    writeAll(descriptor, bytes);
    std::string path = fmt::format("/proc/self/fd/{}", descriptor);
    handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle)
      throw Error(fmt::format("the code does not load: {}", ::dlerror()));
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

SharedObject::~SharedObject() {
  ::dlclose(handle);
  ::close(descriptor);
}

KernelFunction SharedObject::kernel(const std::string &symbol) const {
  void *found = ::dlsym(handle, symbol.c_str());
  if (!found)
    throw Error(fmt::format("the code has no kernel `{}`", symbol));
  return reinterpret_cast<KernelFunction>(found);
}

} // namespace netc::runtime::cpu
