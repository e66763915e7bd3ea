// The devices that netc can compile for without having them: data files with
// the keys that cuDNN plans from (the JSON files beside this), or a file of the
// user's own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace netc::cuda {

struct DeviceDescription {
  std::string name; // h100, or the file's
  std::string json; // in one line, for the planner
  std::string deviceName;
  int computeCapability = 0; // 900 is 9.0
  int64_t memoryBytes = 0;
  int64_t multiprocessors = 0;

  std::string arch() const; // sm_90
};

/// The devices that are known by name, in alphabetical order.
std::vector<std::string> knownDevices();

/// `device` is a known name, or the path of a JSON file: it ends in `.json` or
/// has a `/`. Throws Error for an unknown name, with the known ones; for a file
/// that cannot be read; for keys that are missing, unknown, or no numbers in
/// range; and for a device before sm_80.
DeviceDescription describeDevice(std::string_view device);

/// The description in a JSON text; `where` begins every error.
DeviceDescription parseDevice(std::string_view json, std::string_view name,
                              std::string_view where);

} // namespace netc::cuda
