// What runs launches: memory for the arena, and each launch made ready once.
#pragma once

#include "runtime/Executable.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

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
  /// Where the host reads and writes these bytes of the arena between runs.
  virtual std::span<std::byte> memory(uint64_t offset, uint64_t bytes) = 0;
  virtual std::unique_ptr<ReadyLaunch> prepare(const fb::Launch &launch) = 0;
  /// Called before the launches of a run, on the thread that runs them.
  virtual void enterRun() = 0;
};

/// The device an executable is for, its arena made and its code loaded. Throws
/// Error when this machine has no such device.
/// \pre `tables` outlive the device.
std::unique_ptr<Device> makeDevice(const fb::Executable &tables);

} // namespace netc::runtime
