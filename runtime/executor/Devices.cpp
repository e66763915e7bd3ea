// Finds the device of a target.
#include "runtime/executor/Devices.h"

#include "runtime/cpu/CpuDevice.h"
#ifdef NETC_HAS_CUDA
#include "runtime/cuda/CudaDevice.h"
#endif

#include <fmt/format.h>

namespace netc::runtime {

std::unique_ptr<Device> makeDevice(const fb::Executable &tables) {
  std::string target = tables.target()->str();
  if (target == "cpu")
    return std::make_unique<cpu::CpuDevice>(tables);
  if (target == "cuda") {
#ifdef NETC_HAS_CUDA
    return cuda::makeCudaDevice(tables);
#else
    throw Error("the executable is for `cuda`, and this netx was built without "
                "it; tools/bootstrap --cuda gets what it needs");
#endif
  }
  throw Error(fmt::format(
      "the executable is for `{}`, this runtime has `cpu` and `cuda`", target));
}

std::string describeDevices([[maybe_unused]] const fb::Executable *tables) {
#ifdef NETC_HAS_CUDA
  return cuda::describeDevices(tables);
#else
  throw Error("this netx was built without CUDA: it knows processors only");
#endif
}

std::string describePresentDevice() {
#ifdef NETC_HAS_CUDA
  return cuda::describePresentDevice();
#else
  throw Error("this netc was built without CUDA: it knows no GPU of this "
              "machine's; tools/bootstrap --cuda gets what it needs");
#endif
}

} // namespace netc::runtime
