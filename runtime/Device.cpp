// The devices that there are.
#include "runtime/Device.h"

#include "runtime/cpu/CpuDevice.h"

#include <fmt/format.h>

namespace netc::runtime {

std::unique_ptr<Device> makeDevice(const fb::Executable &tables) {
  std::string target = tables.target()->str();
  if (target == "cpu")
    return std::make_unique<cpu::CpuDevice>(tables);
  throw Error(fmt::format("the executable is for `{}`, this runtime has `cpu`",
                          target));
}

} // namespace netc::runtime
