// An NVIDIA GPU: cuDNN's graphs and generated kernels over one arena, a whole
// program captured as one CUDA graph.
#pragma once

#include "runtime/Device.h"

namespace netc::runtime::cuda {

/// The first GPU of this machine that the executable suits, its arena made, its
/// code loaded, its plans too; a plan that does not load is made again, and
/// notes() says so. Throws Error when there is no such GPU, no driver, no
/// cuDNN, or no memory.
/// \pre `tables` outlive the device.
std::unique_ptr<Device> makeCudaDevice(const fb::Executable &tables);

/// Whether an executable for `isa` (sm_90) runs on a GPU of this capability
/// (90): the same major number and none less behind it, or, by its PTX, any
/// later one.
bool suits(std::string_view isa, int computeCapability, bool hasPtx);

/// What `netx --devices` prints: a line for each GPU, and with an executable
/// whether it suits. Throws Error when there is no driver.
std::string describeDevices(const fb::Executable *tables);

/// This machine's first GPU as a description, JSON in one line with the keys
/// that cuDNN plans from. Throws Error when there is no driver or no GPU.
std::string describePresentDevice();

} // namespace netc::runtime::cuda
