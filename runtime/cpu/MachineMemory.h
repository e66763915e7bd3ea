// What memory this machine can give a run: of the machine, of the control group
// that the process is in, and of the limits that it was started with.
#pragma once

#include <cstdint>
#include <string>

namespace netc::runtime::cpu {

struct MachineMemory {
  int64_t total = 0; // bytes: an arena beyond them cannot be had
  int64_t free = 0;  // those that nothing else uses now, less a reserve
};

/// Reads /proc, the files of control groups (both versions) and the limits of
/// the process; below the folder `root`, for tests. What cannot be read bounds
/// nothing.
MachineMemory machineMemory(const std::string &root = "");

} // namespace netc::runtime::cpu
