// What runs launches: memory for the arena, and each launch made ready once.
#pragma once

#include "runtime/Error.h"
#include "runtime/Tables.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace netc::runtime {

/// A launch with all found and compiled that it needs.
class ReadyLaunch {
public:
  virtual ~ReadyLaunch() = default;
  /// Throws Error when the device or a library reports one.
  virtual void run() const = 0;
  /// What runs, for reports: an implementation's or a kernel's name.
  virtual std::string name() const = 0;
};

class Device {
public:
  virtual ~Device() = default;
  /// Where the host writes an input of the run that it will start next, and
  /// where it reads an output of the one that finished last.
  /// \pre the bytes are those of an input or an output
  virtual std::span<std::byte> hostInput(uint64_t offset, uint64_t bytes) = 0;
  virtual std::span<const std::byte> hostOutput(uint64_t offset,
                                                uint64_t bytes) = 0;
  /// Copies bytes of the arena to the host and back; nothing is under way.
  virtual void read(uint64_t offset, std::span<std::byte> into) = 0;
  virtual void write(uint64_t offset, std::span<const std::byte> from) = 0;
  virtual std::unique_ptr<ReadyLaunch> prepare(const fb::Launch &launch) = 0;
  /// How many runs may be under way: started and not finished.
  virtual int64_t depth() const { return 1; }
  /// Starts a program. `launches` runs its launches in order, on the calling
  /// thread; a device may record them once and repeat what it recorded.
  virtual void start(const fb::Program &program,
                     const std::function<void()> &launches) = 0;
  /// Waits for the end of the run that started first of those under way.
  virtual void finish() = 0;
  /// What the user should know of how the executable was made ready.
  virtual std::vector<std::string> notes() const { return {}; }
};

} // namespace netc::runtime
