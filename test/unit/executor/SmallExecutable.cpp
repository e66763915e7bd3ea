// Writes what a target would write.
#include "SmallExecutable.h"

#include "TestSettings.h"
#include "runtime/Contract.h"
#include "runtime/cpu/Primitive.h"

#include <fstream>
#include <iterator>

namespace netc::runtime {

static std::unique_ptr<fb::TensorTypeT> write(const TensorType &type) {
  auto written = std::make_unique<fb::TensorTypeT>();
  written->element = type.element;
  written->shape = type.shape;
  written->layout = type.layout;
  return written;
}

namespace {
class Writer {
public:
  fb::ExecutableT write();

private:
  std::unique_ptr<fb::BufferT> place(std::string name, const TensorType &type) {
    auto buffer = std::make_unique<fb::BufferT>();
    buffer->name = std::move(name);
    buffer->type = runtime::write(type);
    buffer->bytes = static_cast<uint64_t>(byteSize(type));
    buffer->offset = take(buffer->bytes);
    return buffer;
  }
  uint64_t take(uint64_t bytes) {
    uint64_t offset = arena;
    arena += (bytes + arenaAlignment - 1) / arenaAlignment * arenaAlignment;
    return offset;
  }
  std::unique_ptr<fb::LaunchT> kernel(std::string symbol, bool serial,
                                      std::vector<const fb::BufferT *> buffers);
  std::unique_ptr<fb::LaunchT> dense(const fb::BufferT &x, const fb::BufferT &w,
                                     const fb::BufferT &b,
                                     const fb::BufferT &y);
  static std::unique_ptr<fb::BufferT> copy(const fb::BufferT &buffer) {
    return std::make_unique<fb::BufferT>(buffer);
  }

  uint64_t arena = 0;
};
} // namespace

std::unique_ptr<fb::LaunchT>
Writer::kernel(std::string symbol, bool serial,
               std::vector<const fb::BufferT *> buffers) {
  auto launch = std::make_unique<fb::LaunchT>();
  fb::KernelT work;
  work.symbol = std::move(symbol);
  work.serial = serial;
  for (const fb::BufferT *buffer : buffers) {
    launch->arguments.emplace_back(buffer->offset, buffer->bytes);
    work.bytes.push_back(buffer->bytes);
  }
  launch->work.Set(std::move(work));
  launch->layer = "dense_1";
  launch->line = 3;
  launch->column = 5;
  return launch;
}

std::unique_ptr<fb::LaunchT> Writer::dense(const fb::BufferT &x,
                                           const fb::BufferT &w,
                                           const fb::BufferT &b,
                                           const fb::BufferT &y) {
  cpu::PrimitiveSpec spec;
  spec.kind = cpu::PrimitiveKind::InnerProduct;
  auto launch = std::make_unique<fb::LaunchT>();
  fb::PrimitiveT work;
  work.kind = fb::PrimitiveKind::InnerProduct;
  for (auto [role, buffer] : {std::pair(cpu::Role::Src, &x),
                              {cpu::Role::Weights, &w},
                              {cpu::Role::Bias, &b},
                              {cpu::Role::Dst, &y}}) {
    TensorType type{ElementType::F32, buffer->type->shape, ""};
    spec.tensors.emplace_back(role, type);
    auto tensor = std::make_unique<fb::TensorT>();
    tensor->role = role;
    tensor->type = runtime::write(type);
    work.tensors.push_back(std::move(tensor));
    work.roles.push_back(role);
    launch->arguments.emplace_back(buffer->offset, buffer->bytes);
  }
  cpu::PrimitiveChoice choice = cpu::choose(spec);
  work.implementation = choice.implementation;
  auto bytes = static_cast<uint64_t>(choice.scratchpadBytes);
  work.roles.push_back(fb::Role::Scratchpad);
  launch->arguments.emplace_back(take(bytes), bytes);
  launch->work.Set(std::move(work));
  launch->layer = "dense_1";
  launch->line = 3;
  launch->column = 5;
  return launch;
}

fb::ExecutableT Writer::write() {
  fb::ExecutableT executable;
  executable.network = "Small";
  executable.source = "small.net";
  executable.target = "cpu";
  executable.isa = testSettings().isa;
  executable.threads = testSettings().threads;
  executable.batch = 5;
  std::ifstream code(NETC_TEST_KERNELS, std::ios::binary);
  executable.code.assign(std::istreambuf_iterator<char>(code), {});

  auto weight = place("dense_1.weight", {ElementType::F32, {6, 7}, ""});
  auto bias = place("dense_1.bias", {ElementType::F32, {6}, ""});
  auto state = place("state", {ElementType::I32, {8}, ""});

  auto initialize = std::make_unique<fb::ProgramT>();
  initialize->name = "initialize";
  initialize->launches.push_back(
      kernel("initialize", false, {weight.get(), bias.get(), state.get()}));
  initialize->inputs.push_back(copy(*state));
  executable.programs.push_back(std::move(initialize));

  auto forward = std::make_unique<fb::ProgramT>();
  forward->name = "forward";
  forward->batch = 5;
  auto x = place("x", {ElementType::F32, {5, 7}, ""});
  auto y = place("y", {ElementType::F32, {5, 6}, ""});
  forward->launches.push_back(dense(*x, *weight, *bias, *y));
  forward->launches.push_back(kernel("twice", false, {y.get()}));
  forward->inputs.push_back(std::move(x));
  forward->outputs.push_back(std::move(y));
  executable.programs.push_back(std::move(forward));

  auto report = std::make_unique<fb::ProgramT>();
  report->name = "report";
  auto read = place("read", {ElementType::I32, {8}, ""});
  auto counts = place("counts", {ElementType::I32, {32}, ""});
  report->launches.push_back(kernel("report", true, {state.get(), read.get()}));
  report->launches.push_back(kernel("countParts", false, {counts.get()}));
  report->inputs.push_back(std::move(state));
  report->outputs.push_back(std::move(read));
  report->outputs.push_back(std::move(counts));
  executable.programs.push_back(std::move(report));

  for (auto *buffer : {&weight, &bias}) {
    auto parameter = std::make_unique<fb::ParameterT>();
    parameter->buffer = std::move(*buffer);
    parameter->trainable = true;
    executable.parameters.push_back(std::move(parameter));
  }
  executable.arena_bytes = arena;
  return executable;
}

fb::ExecutableT smallExecutable() { return Writer().write(); }

std::vector<uint8_t> pack(const fb::ExecutableT &executable) {
  flatbuffers::FlatBufferBuilder builder;
  fb::FinishExecutableBuffer(builder,
                             fb::Executable::Pack(builder, &executable));
  return {builder.GetBufferPointer(),
          builder.GetBufferPointer() + builder.GetSize()};
}

} // namespace netc::runtime
