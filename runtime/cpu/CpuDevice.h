// The CPU: oneDNN's primitives and generated kernels over one arena, on a team
// of threads whose size the executable records.
#pragma once

#include "runtime/Device.h"
#include "runtime/cpu/Arena.h"
#include "runtime/cpu/SharedObject.h"

#include <optional>

namespace netc::runtime::cpu {

class CpuDevice final : public Device {
public:
  explicit CpuDevice(const fb::Executable &tables);

  std::span<std::byte> hostInput(uint64_t offset, uint64_t bytes) override;
  std::span<const std::byte> hostOutput(uint64_t offset,
                                        uint64_t bytes) override;
  void read(uint64_t offset, std::span<std::byte> into) override;
  void write(uint64_t offset, std::span<const std::byte> from) override;
  std::unique_ptr<ReadyLaunch> prepare(const fb::Launch &launch) override;
  void start(const fb::Program &program,
             const std::function<void()> &launches) override;
  void finish() override {} // it ended as it was started

private:
  std::unique_ptr<ReadyLaunch> preparePrimitive(const fb::Primitive &primitive,
                                                const fb::Launch &launch);
  std::unique_ptr<ReadyLaunch> prepareKernel(const fb::Kernel &kernel,
                                             const fb::Launch &launch);
  void *address(const fb::Slice &slice) const;

  int threads;
  Arena arena;
  std::optional<SharedObject> code;
};

} // namespace netc::runtime::cpu
