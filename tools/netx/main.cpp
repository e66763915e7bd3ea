// netx runs what netc compiled: FILE.netx on a data set, with no LLVM.
#include "runtime/Device.h"
#include "tools/RunOptions.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <optional>

namespace netc::tools {
namespace {

namespace fb = runtime::fb;

std::string text(const flatbuffers::String *string) {
  return string && string->size() > 0 ? string->str() : "unknown";
}

/// Trained numbers, those of running statistics, and all with the optimiser's
/// state.
struct ParameterCount {
  int64_t tensors = 0, trainable = 0, statistics = 0, all = 0;
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
    count.all += numbers;
    if (parameter->trainable()) {
      ++count.tensors;
      count.trainable += numbers;
    }
    if (parameter->dataset())
      continue; // of the data, not of the network
    if (parameter->statistic())
      count.statistics += numbers;
  }
  return count;
}

/// What the executable is, a line for each fact.
void describe(const runtime::Executable &executable, std::ostream &out) {
  const fb::Executable &tables = executable.tables();
  ParameterCount parameters = countParameters(tables);
  auto line = [&](std::string_view name, const std::string &value) {
    out << fmt::format("{:<12} {}\n", name, value);
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
    line("input", fmt::format("{} 8-bit pixels, {} classes",
                              fmt::join(*shape, "x"), tables.classes()));
  if (tables.examples() > 0)
    line("examples", fmt::format("{}", tables.examples()));
  line("batch", fmt::format("{}", tables.batch()));
  line("parameters", fmt::format("{} in {} tensors", parameters.trainable,
                                 parameters.tensors));
  if (parameters.statistics > 0)
    line("statistics", fmt::format("{} numbers", parameters.statistics));
  if (int64_t state =
          parameters.all - parameters.trainable - parameters.statistics;
      state > 0)
    line("state", fmt::format("{} numbers", state));
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
  out.flush();
}

int run(int argc, char **argv) {
  CLI::App app("Runs networks that netc compiled. With no action, says what "
               "the executable is.",
               "netx");
  std::string path;
  RunOptions options;
  bool devices = false;
  app.add_option("FILE", path, "what `netc FILE.net -o FILE.netx` wrote")
      ->type_name("");
  app.add_flag("--devices", devices,
               "list this machine's GPUs, and whether FILE suits them");
  options.declare(app);
  for (const char *name : {"--train", "--evaluate"})
    app.get_option("--devices")->excludes(app.get_option(name));
  try {
    app.parse(argc, argv);
    if (path.empty() && !devices)
      throw CLI::RequiredError("FILE");
    options.requireAction(app);
    if (options.json && !options.requested())
      throw CLI::RequiresError("--json", "--evaluate or --predict");
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? Success : WrongUsage;
  }

  options.request.program = path;
  if (devices) {
    std::optional<runtime::Executable> executable;
    if (!path.empty())
      executable = runtime::Executable::load(path);
    std::cout << runtime::describeDevices(executable ? &executable->tables()
                                                     : nullptr)
              << std::flush;
    return Success;
  }
  runtime::Executable executable = runtime::Executable::load(path);
  if (options.requested())
    return runExecutable(std::move(executable), options);
  describe(executable, std::cout);
  return Success;
}

} // namespace
} // namespace netc::tools

int main(int argc, char **argv) {
  using namespace netc::tools;
  return runProgram("netx", [&] { return run(argc, argv); });
}
