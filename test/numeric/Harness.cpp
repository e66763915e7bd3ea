// Between the reference's doubles and an executor's arena.
#include "test/numeric/Harness.h"

#include "runtime/Contract.h"
#include "runtime/cpu/Primitive.h"
#include "test/numeric/Elements.h"

#include <cassert>
#include <cstdlib>

namespace netc::numeric {

const Target &target() {
  static const Target chosen = [] {
    const char *isa = std::getenv("NETC_TEST_ISA");
    const char *threads = std::getenv("NETC_TEST_THREADS");
    return Target{isa ? isa : runtime::cpu::hostIsa(),
                  threads ? std::atoi(threads) : 2};
  }();
  return chosen;
}

std::string moduleText(std::string_view body) {
  return "module attributes {kernel.target = #kernel.cpu<isa = \"" +
         target().isa + "\", threads = " + std::to_string(target().threads) +
         ">} {\n" + std::string(body) + "}\n";
}

static std::vector<std::byte> rowMajorBytes(const runtime::TensorType &type) {
  return std::vector<std::byte>(
      static_cast<size_t>(reference::elementCount(type.shape)) *
      static_cast<size_t>(runtime::byteWidth(type.element)));
}

Session::Session(std::string_view body, int64_t valueBytes)
    : executable(compileText(moduleText(body), valueBytes)),
      executor(executable) {}

std::vector<Tensor> Session::run(std::string_view program,
                                 const std::vector<Tensor> &inputs,
                                 const runtime::RunState &state) {
  const runtime::fb::Program *tables = executable.program(program);
  assert(tables && "the module has no such function");
  size_t next = 0;
  if (tables->inputs())
    for (const runtime::fb::Buffer *buffer : *tables->inputs()) {
      std::string name = buffer->name()->str();
      if (name == runtime::argument::state) // the executor writes it
        continue;
      runtime::TensorType type = runtime::readType(*buffer->type());
      const Tensor &input = inputs.at(next++);
      assert(input.shape == type.shape && "an input of another shape");
      std::vector<std::byte> bytes = pack(input, type.element);
      std::span<std::byte> place = executor.input(program, name);
      assert(static_cast<int64_t>(place.size()) >= byteSize(type));
      toLayout(type, bytes.data(), place.data());
    }
  assert(next == inputs.size() && "more inputs than the function has");

  executor.run(program, state);

  std::vector<Tensor> results;
  if (tables->outputs())
    for (const runtime::fb::Buffer *buffer : *tables->outputs()) {
      runtime::TensorType type = runtime::readType(*buffer->type());
      std::span<const std::byte> place =
          executor.output(program, buffer->name()->str());
      assert(static_cast<int64_t>(place.size()) >= byteSize(type));
      std::vector<std::byte> bytes = rowMajorBytes(type);
      fromLayout(type, place.data(), bytes.data());
      results.push_back(unpack(bytes, type));
    }
  return results;
}

size_t Session::indexOf(std::string_view parameter) const {
  const auto &parameters = *executable.tables().parameters();
  for (unsigned i = 0; i < parameters.size(); ++i)
    if (parameters[i]->buffer()->name()->str() == parameter)
      return i;
  assert(false && "the module has no such parameter");
  return 0;
}

runtime::TensorType Session::typeOf(size_t parameter) const {
  return runtime::readType(*executable.tables()
                                .parameters()
                                ->Get(static_cast<unsigned>(parameter))
                                ->buffer()
                                ->type());
}

Tensor Session::parameter(std::string_view name) const {
  size_t index = indexOf(name);
  runtime::TensorType type = typeOf(index);
  std::vector<std::byte> bytes = rowMajorBytes(type);
  executor.readParameter(index, bytes);
  return unpack(bytes, type);
}

void Session::setParameter(std::string_view name, const Tensor &value) {
  size_t index = indexOf(name);
  executor.writeParameter(index, pack(value, typeOf(index).element));
}

std::vector<Tensor> runProgram(const std::string &body,
                               const std::vector<Tensor> &inputs,
                               const runtime::RunState &state) {
  return Session(body).run("f", inputs, state);
}

} // namespace netc::numeric
