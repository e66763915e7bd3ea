// Finds the device of a target.
#include "runtime/executor/Devices.h"

#include "runtime/cpu/CpuDevice.h"
#include "runtime/cpu/MachineMemory.h"
#ifdef NETC_HAS_CUDA
#include "runtime/cuda/CudaDevice.h"
#endif

#include <fmt/format.h>

namespace netc::runtime {

/// The examples that would fit: the parameters stay, the rest of the arena is
/// for each example, but for a part that is at most half of what is free; 0 if
/// the parameters alone do not fit.
static int64_t batchThatFits(const fb::Executable &tables, double freeBytes) {
  double kept = 0;
  if (tables.parameters())
    for (const fb::Parameter *parameter : *tables.parameters())
      kept += static_cast<double>(parameter->buffer()->bytes());
  double perExample = (static_cast<double>(tables.arena_bytes()) - kept) /
                      static_cast<double>(tables.batch());
  return freeBytes > kept && perExample > 0
             ? static_cast<int64_t>((freeBytes - kept) / 2 / perExample)
             : 0;
}

void requireMemory(const fb::Executable &tables,
                   const cpu::MachineMemory &memory) {
  auto total = static_cast<uint64_t>(memory.total);
  if (tables.arena_bytes() <= total)
    return;
  auto gibibytes = [](uint64_t bytes) {
    return static_cast<double>(bytes) / (1 << 30);
  };
  std::string message = fmt::format(
      "network `{}` needs {:.1f} GiB for a step of {} examples; this machine "
      "has {:.1f} GiB for it",
      tables.network() ? tables.network()->string_view() : "",
      gibibytes(tables.arena_bytes()), tables.batch(), gibibytes(total));
  int64_t batch = batchThatFits(tables, static_cast<double>(memory.free));
  throw Error(batch < 1 ? message
                        : fmt::format("{}; an executable made with `--batch "
                                      "{}` would fit",
                                      message, batch));
}

std::unique_ptr<Device> makeDevice(const fb::Executable &tables) {
  std::string target = tables.target()->str();
  if (target == "cpu") {
    requireMemory(tables, cpu::machineMemory());
    return std::make_unique<cpu::CpuDevice>(tables);
  }
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
