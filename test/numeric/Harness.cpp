// Between the reference's doubles and an executor's arena.
#include "test/numeric/Harness.h"

#include "runtime/TensorType.h"
#include "runtime/cpu/Primitive.h"

#include <cassert>
#include <cstdlib>
#include <cstring>

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

static runtime::TensorType typeOf(const runtime::fb::TensorType &type) {
  runtime::TensorType result;
  result.element = static_cast<runtime::ElementType>(type.element());
  if (type.shape())
    result.shape.assign(type.shape()->begin(), type.shape()->end());
  if (type.layout())
    result.layout = type.layout()->str();
  return result;
}

template <typename Element>
static void store(const Tensor &tensor, std::vector<std::byte> &bytes) {
  for (size_t i = 0; i < tensor.values.size(); ++i) {
    auto element = static_cast<Element>(tensor.values[i]);
    std::memcpy(&bytes[i * sizeof(Element)], &element, sizeof(Element));
  }
}

template <typename Element>
static void load(const std::vector<std::byte> &bytes, Tensor &tensor) {
  for (size_t i = 0; i < tensor.values.size(); ++i) {
    Element element;
    std::memcpy(&element, &bytes[i * sizeof(Element)], sizeof(Element));
    tensor.values[i] = static_cast<double>(element);
  }
}

/// Row-major elements of the given type.
static std::vector<std::byte> pack(const Tensor &tensor,
                                   runtime::ElementType element) {
  std::vector<std::byte> bytes(tensor.values.size() *
                               static_cast<size_t>(byteWidth(element)));
  switch (element) {
  case runtime::ElementType::F32:
    store<float>(tensor, bytes);
    break;
  case runtime::ElementType::I32:
    store<int32_t>(tensor, bytes);
    break;
  case runtime::ElementType::U8:
    store<uint8_t>(tensor, bytes);
    break;
  }
  return bytes;
}

static Tensor unpack(const std::vector<std::byte> &bytes,
                     const runtime::TensorType &type) {
  Tensor tensor(type.shape);
  switch (type.element) {
  case runtime::ElementType::F32:
    load<float>(bytes, tensor);
    break;
  case runtime::ElementType::I32:
    load<int32_t>(bytes, tensor);
    break;
  case runtime::ElementType::U8:
    load<uint8_t>(bytes, tensor);
    break;
  }
  return tensor;
}

static std::vector<std::byte> rowMajorBytes(const runtime::TensorType &type) {
  return std::vector<std::byte>(
      static_cast<size_t>(reference::elementCount(type.shape)) *
      static_cast<size_t>(byteWidth(type.element)));
}

Session::Session(std::string_view body)
    : executable(compileText(moduleText(body))), executor(executable) {}

std::vector<Tensor> Session::run(std::string_view program,
                                 const std::vector<Tensor> &inputs,
                                 const runtime::RunState &state) {
  const runtime::fb::Program *tables = executable.program(program);
  assert(tables && "the module has no such function");
  size_t next = 0;
  if (tables->inputs())
    for (const runtime::fb::Buffer *buffer : *tables->inputs()) {
      std::string name = buffer->name()->str();
      if (name == "state") // the executor writes it
        continue;
      runtime::TensorType type = typeOf(*buffer->type());
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
      runtime::TensorType type = typeOf(*buffer->type());
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

Tensor Session::parameter(std::string_view name) const {
  size_t index = indexOf(name);
  runtime::TensorType type =
      typeOf(*(*executable.tables().parameters())[static_cast<unsigned>(index)]
                  ->buffer()
                  ->type());
  std::vector<std::byte> bytes = rowMajorBytes(type);
  executor.readParameter(index, bytes);
  return unpack(bytes, type);
}

void Session::setParameter(std::string_view name, const Tensor &value) {
  executor.writeParameter(indexOf(name),
                          pack(value, runtime::ElementType::F32));
}

std::vector<Tensor> runProgram(const std::string &body,
                               const std::vector<Tensor> &inputs,
                               const runtime::RunState &state) {
  return Session(body).run("f", inputs, state);
}

} // namespace netc::numeric
