// The devices that there are.
#pragma once

#include "runtime/Device.h"

namespace netc::runtime {

namespace cpu {
struct MachineMemory; // runtime/cpu/MachineMemory.h
}

/// Throws Error where an executable for a processor takes more memory than
/// there is, with a batch for which another one would not.
void requireMemory(const fb::Executable &tables,
                   const cpu::MachineMemory &memory);

/// The device an executable is for, its arena made and its code loaded. Throws
/// Error when this machine has no such device.
/// \pre `tables` outlive the device.
std::unique_ptr<Device> makeDevice(const fb::Executable &tables);

/// A line for each GPU of this machine, and, told an executable, whether it
/// suits it. Throws Error where there is no driver, or netc was built without
/// CUDA.
std::string describeDevices(const fb::Executable *tables);

/// This machine's first GPU as a description to compile for, JSON. Throws as
/// the above, and where there is no GPU.
std::string describePresentDevice();

} // namespace netc::runtime
