// Makes launches ready for the CPU.
#include "runtime/cpu/CpuDevice.h"

#include "runtime/cpu/Primitive.h"
#include "runtime/cpu/Team.h"

#include <bit>
#include <cstring>

namespace netc::runtime::cpu {

namespace {

class PrimitiveLaunch final : public ReadyLaunch {
public:
  PrimitiveLaunch(Primitive primitive, std::string implementation)
      : primitive(std::move(primitive)),
        implementation(std::move(implementation)) {}

  void run() const override { primitive.execute(); }
  std::string name() const override { return implementation; }

private:
  Primitive primitive;
  std::string implementation;
};

class KernelLaunch final : public ReadyLaunch {
public:
  KernelLaunch(std::string symbol, KernelFunction function, int parts,
               std::vector<void *> arguments)
      : symbol(std::move(symbol)), function(function), parts(parts),
        arguments(std::move(arguments)) {}

  void run() const override {
    void **data = const_cast<void **>(arguments.data());
    if (parts == 1)
      function(data, 0, 1);
    else
      runInTeam(parts, [&](int part) { function(data, part, parts); });
  }
  std::string name() const override { return symbol; }

private:
  std::string symbol;
  KernelFunction function;
  int parts;
  std::vector<void *> arguments;
};

} // namespace

CpuDevice::CpuDevice(const fb::Executable &tables)
    : threads(tables.threads()), arena(tables.arena_bytes()) {
  configure(threads, tables.isa()->str());
  if (tables.code() && tables.code()->size() > 0)
    code.emplace(std::span(tables.code()->data(), tables.code()->size()));
}

std::span<std::byte> CpuDevice::hostInput(uint64_t offset, uint64_t bytes) {
  return {arena.data() + offset, bytes};
}

std::span<const std::byte> CpuDevice::hostOutput(uint64_t offset,
                                                 uint64_t bytes) {
  return {arena.data() + offset, bytes};
}

void CpuDevice::read(uint64_t offset, std::span<std::byte> into) {
  std::memcpy(into.data(), arena.data() + offset, into.size());
}

void CpuDevice::write(uint64_t offset, std::span<const std::byte> from) {
  std::memcpy(arena.data() + offset, from.data(), from.size());
}

/// Another executable of this process may have set another team.
void CpuDevice::start(const fb::Program &,
                      const std::function<void()> &launches) {
  setTeam(threads);
  launches();
}

void *CpuDevice::address(const fb::Slice &slice) const {
  return arena.data() + slice.offset();
}

std::unique_ptr<ReadyLaunch> CpuDevice::prepare(const fb::Launch &launch) {
  if (const fb::Kernel *kernel = launch.work_as_Kernel())
    return prepareKernel(*kernel, launch);
  return preparePrimitive(*launch.work_as_Primitive(), launch);
}

std::unique_ptr<ReadyLaunch>
CpuDevice::prepareKernel(const fb::Kernel &kernel, const fb::Launch &launch) {
  std::vector<void *> arguments;
  if (launch.arguments())
    for (const fb::Slice *slice : *launch.arguments())
      arguments.push_back(address(*slice));
  if (kernel.words())
    for (int64_t word : *kernel.words())
      arguments.push_back(std::bit_cast<void *>(word));
  std::string symbol = kernel.symbol()->str();
  KernelFunction function = code->kernel(symbol);
  return std::make_unique<KernelLaunch>(std::move(symbol), function,
                                        kernel.serial() ? 1 : threads,
                                        std::move(arguments));
}

static std::vector<int64_t>
readNumbers(const flatbuffers::Vector<int64_t> *numbers) {
  return numbers ? std::vector<int64_t>(numbers->begin(), numbers->end())
                 : std::vector<int64_t>();
}

static PrimitiveSpec readSpec(const fb::Primitive &primitive) {
  PrimitiveSpec spec;
  spec.kind = primitive.kind();
  spec.propagation = primitive.propagation();
  if (primitive.tensors())
    for (const fb::Tensor *tensor : *primitive.tensors())
      spec.tensors.emplace_back(tensor->role(), readType(*tensor->type()));
  spec.window = readNumbers(primitive.window());
  spec.stride = readNumbers(primitive.stride());
  spec.dilation = readNumbers(primitive.dilation());
  spec.padding = readNumbers(primitive.padding());
  spec.relu = primitive.relu();
  spec.epsilon = primitive.epsilon();
  spec.givenStatistics = primitive.given_statistics();
  return spec;
}

std::unique_ptr<ReadyLaunch>
CpuDevice::preparePrimitive(const fb::Primitive &primitive,
                            const fb::Launch &launch) {
  std::vector<std::pair<Role, void *>> arguments;
  int64_t scratchpadBytes = 0, workspaceBytes = 0;
  for (size_t i = 0; primitive.roles() && i < primitive.roles()->size(); ++i) {
    const fb::Slice &slice = *launch.arguments()->Get(i);
    Role role = primitive.roles()->Get(i);
    arguments.emplace_back(role, address(slice));
    if (role == Role::Scratchpad)
      scratchpadBytes = static_cast<int64_t>(slice.bytes());
    if (role == Role::Workspace)
      workspaceBytes = static_cast<int64_t>(slice.bytes());
  }
  std::string implementation = primitive.implementation()->str();
  Primitive made(readSpec(primitive), implementation, scratchpadBytes,
                 workspaceBytes, std::move(arguments));
  return std::make_unique<PrimitiveLaunch>(std::move(made),
                                           std::move(implementation));
}

} // namespace netc::runtime::cpu
