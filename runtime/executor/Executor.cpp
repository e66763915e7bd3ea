// Keeps programs as vectors of ready launches.
#include "runtime/executor/Executor.h"

#include "runtime/Contract.h"
#include "runtime/Printable.h"
#include "runtime/executor/Devices.h"

#include <bit>
#include <cassert>
#include <chrono>
#include <cstring>
#include <fmt/format.h>

namespace netc::runtime {

namespace {
struct Step {
  std::unique_ptr<ReadyLaunch> launch;
  const fb::Launch *recorded;
  uint64_t runs = 0;
  double seconds = 0;
};

struct Program {
  const fb::Program *recorded;
  std::vector<Step> steps;
};
} // namespace

static const fb::Buffer *
findBuffer(const flatbuffers::Vector<flatbuffers::Offset<fb::Buffer>> *buffers,
           std::string_view name) {
  if (buffers)
    for (const fb::Buffer *buffer : *buffers)
      if (buffer->name()->string_view() == name)
        return buffer;
  return nullptr;
}

static std::string_view text(const flatbuffers::String *string) {
  return string ? string->string_view() : "";
}

struct Executor::Impl {
  Impl(Executable given, ExecutorOptions options)
      : executable(std::move(given)), options(options),
        device(makeDevice(executable.tables())) {
    if (!executable.tables().programs())
      return;
    for (const fb::Program *recorded : *executable.tables().programs()) {
      Program &program = programs.emplace_back();
      program.recorded = recorded;
      if (!recorded->launches())
        continue;
      for (const fb::Launch *launch : *recorded->launches())
        try {
          program.steps.push_back({device->prepare(*launch), launch});
        } catch (const Error &error) {
          throw located(*recorded, *launch, error);
        }
    }
  }

  /// The error with the program, the layer and its place.
  Error located(const fb::Program &program, const fb::Launch &launch,
                const Error &error) const {
    std::string place;
    if (launch.line() != 0)
      place = fmt::format(" ({}:{}:{})", text(executable.tables().source()),
                          launch.line(), launch.column());
    return Error(printableLines(
        fmt::format("program `{}`, layer `{}`{}: {}", text(program.name()),
                    text(launch.layer()), place, error.what())));
  }

  Program &program(std::string_view name) {
    for (Program &program : programs)
      if (text(program.recorded->name()) == name)
        return program;
    throw Error(fmt::format("the executable of network `{}` has no program "
                            "`{}`",
                            text(executable.tables().network()), name));
  }

  const fb::Buffer &parameter(size_t index) const {
    assert(executable.tables().parameters() &&
           index < executable.tables().parameters()->size());
    return *executable.tables().parameters()->Get(index)->buffer();
  }

  Executable executable;
  ExecutorOptions options;
  std::unique_ptr<Device> device;
  std::vector<Program> programs;
};

Executor::Executor(Executable executable, ExecutorOptions options)
    : impl(std::make_unique<Impl>(std::move(executable), options)) {}

Executor::~Executor() = default;

static void writeState(const RunState &state, std::span<std::byte> out) {
  uint32_t words[stateWords] = {};
  auto set = [&](StateWord word, uint64_t bits) {
    words[static_cast<size_t>(word)] = static_cast<uint32_t>(bits);
  };
  set(StateWord::SeedLow, state.seed);
  set(StateWord::SeedHigh, state.seed >> 32);
  set(StateWord::StepLow, state.step);
  set(StateWord::StepHigh, state.step >> 32);
  set(StateWord::Epoch, state.epoch);
  set(StateWord::LearningRate, std::bit_cast<uint32_t>(state.learningRate));
  assert(out.size() == sizeof words);
  std::memcpy(out.data(), words, sizeof words);
}

static void runMeasured(Step &step) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  step.launch->run();
  step.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  ++step.runs;
}

void Executor::run(std::string_view name, const RunState &state) {
  start(name, state);
  finish();
}

void Executor::start(std::string_view name, const RunState &state) {
  Program &program = impl->program(name);
  if (const auto *place =
          findBuffer(program.recorded->inputs(), argument::state))
    writeState(state, impl->device->hostInput(place->offset(), place->bytes()));
  impl->device->start(*program.recorded, [&] {
    for (Step &step : program.steps)
      try {
        if (impl->options.profile)
          runMeasured(step);
        else
          step.launch->run();
      } catch (const Error &error) {
        throw impl->located(*program.recorded, *step.recorded, error);
      }
  });
}

void Executor::finish() { impl->device->finish(); }

int64_t Executor::depth() const { return impl->device->depth(); }

std::span<std::byte> Executor::input(std::string_view program,
                                     std::string_view name) {
  const fb::Buffer *buffer =
      findBuffer(impl->program(program).recorded->inputs(), name);
  assert(buffer && "the program has no such input");
  return impl->device->hostInput(buffer->offset(), buffer->bytes());
}

std::span<const std::byte> Executor::output(std::string_view program,
                                            std::string_view name) const {
  const fb::Buffer *buffer =
      findBuffer(impl->program(program).recorded->outputs(), name);
  assert(buffer && "the program has no such output");
  return impl->device->hostOutput(buffer->offset(), buffer->bytes());
}

static size_t rowMajorBytes(TensorType type) {
  type.layout.clear();
  return static_cast<size_t>(byteSize(type));
}

void Executor::readParameter(size_t index,
                             std::span<std::byte> rowMajor) const {
  const fb::Buffer &buffer = impl->parameter(index);
  TensorType type = readType(*buffer.type());
  assert(rowMajor.size() == rowMajorBytes(type));
  std::vector<std::byte> stored(buffer.bytes());
  impl->device->read(buffer.offset(), stored);
  fromLayout(type, stored.data(), rowMajor.data());
}

void Executor::writeParameter(size_t index,
                              std::span<const std::byte> rowMajor) {
  const fb::Buffer &buffer = impl->parameter(index);
  TensorType type = readType(*buffer.type());
  assert(rowMajor.size() == rowMajorBytes(type));
  std::vector<std::byte> stored(buffer.bytes());
  toLayout(type, rowMajor.data(), stored.data());
  impl->device->write(buffer.offset(), stored);
}

void Executor::writeParameterBytes(size_t index, uint64_t first,
                                   std::span<const std::byte> bytes) {
  const fb::Buffer &buffer = impl->parameter(index);
  assert(readType(*buffer.type()).layout.empty());
  assert(first + bytes.size() <= buffer.bytes());
  impl->device->write(buffer.offset() + first, bytes);
}

uint64_t Executor::allocatedBytes() const {
  return impl->executable.tables().arena_bytes();
}

std::vector<LaunchTime> Executor::profile() const {
  std::vector<LaunchTime> times;
  if (!impl->options.profile)
    return times;
  for (const Program &program : impl->programs)
    for (const Step &step : program.steps)
      times.push_back({std::string(text(program.recorded->name())),
                       std::string(text(step.recorded->layer())),
                       step.recorded->line(), step.recorded->column(),
                       step.launch->name(), step.runs, step.seconds});
  return times;
}

std::vector<std::string> Executor::notes() const {
  return impl->device->notes();
}

const Executable &Executor::executable() const { return impl->executable; }

} // namespace netc::runtime
