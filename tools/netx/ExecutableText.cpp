// Counts and words what an executable's tables hold.
#include "tools/netx/ExecutableText.h"

#include "runtime/Printable.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netc::tools {

namespace fb = runtime::fb;

namespace {
std::string text(const flatbuffers::String *string) {
  return string && string->size() > 0 ? string->str() : "unknown";
}

/// Numbers that are trained, measured by layers, and the optimiser's; bytes of
/// the training set, where the executable keeps it.
struct ParameterCount {
  int64_t tensors = 0, trainable = 0, statistics = 0, state = 0, dataset = 0;
};

ParameterCount countParameters(const fb::Executable &tables) {
  ParameterCount count;
  if (!tables.parameters())
    return count;
  for (const fb::Parameter *parameter : *tables.parameters()) {
    int64_t numbers = 1;
    if (const auto *shape = parameter->buffer()->type()->shape())
      for (int64_t size : *shape)
        numbers *= size;
    if (parameter->trainable()) {
      ++count.tensors;
      count.trainable += numbers;
    } else if (parameter->statistic()) {
      count.statistics += numbers;
    } else if (parameter->dataset()) {
      count.dataset += static_cast<int64_t>(parameter->buffer()->bytes());
    } else {
      count.state += numbers;
    }
  }
  return count;
}

} // namespace

std::string executableText(const runtime::Executable &executable) {
  const fb::Executable &tables = executable.tables();
  ParameterCount parameters = countParameters(tables);
  std::string lines;
  auto line = [&](std::string_view name, const std::string &value) {
    lines += fmt::format("{:<12} {}\n", name, runtime::printable(value));
  };
  line("network",
       fmt::format("{} ({})", text(tables.network()), text(tables.source())));
  if (tables.device() && tables.device()->size() > 0)
    line("target",
         fmt::format("{}, {}, planned for {}, {}", text(tables.target()),
                     text(tables.isa()), text(tables.device()),
                     text(tables.precision())));
  else
    line("target", fmt::format("{}, {}, {} thread{}", text(tables.target()),
                               text(tables.isa()), tables.threads(),
                               tables.threads() == 1 ? "" : "s"));
  if (const auto *shape = tables.input_shape(); shape && shape->size() > 0)
    line("input", fmt::format("{} {}, {} classes", fmt::join(*shape, "x"),
                              tables.input_element() == fb::ElementType::U8
                                  ? "8-bit pixels"
                              : tables.input_element() == fb::ElementType::U16
                                  ? "16-bit pixels"
                                  : "numbers",
                              tables.classes()));
  if (tables.examples() > 0)
    line("examples", fmt::format("{}", tables.examples()));
  line("batch", fmt::format("{}", tables.batch()));
  line("parameters", fmt::format("{} in {} tensors", parameters.trainable,
                                 parameters.tensors));
  if (parameters.statistics > 0)
    line("statistics", fmt::format("{} numbers", parameters.statistics));
  if (parameters.state > 0)
    line("state", fmt::format("{} numbers", parameters.state));
  if (parameters.dataset > 0)
    line("data set",
         fmt::format("{} bytes, kept on the device", parameters.dataset));
  line("arena", fmt::format("{} bytes", tables.arena_bytes()));
  line("code",
       fmt::format("{} bytes", tables.code() ? tables.code()->size() : 0));
  if (tables.graphs() && tables.graphs()->size() > 0)
    line("plans", fmt::format("{} of cuDNN's", tables.graphs()->size()));
  if (tables.epochs() > 0)
    line("training",
         fmt::format("{} epoch{}, learning rate {}", tables.epochs(),
                     tables.epochs() == 1 ? "" : "s", tables.learning_rate()));
  for (const runtime::Expectation &expectation :
       runtime::readExpectations(tables))
    line("expects", runtime::toString(expectation));
  if (const auto *programs = tables.programs())
    for (const fb::Program *program : *programs)
      line("program",
           fmt::format("{}: batch {}, {} launches", text(program->name()),
                       program->batch(),
                       program->launches() ? program->launches()->size() : 0));
  return lines;
}

} // namespace netc::tools
