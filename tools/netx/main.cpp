// netx runs what netc compiled: FILE.netx on a data set, with no LLVM.
#include "runtime/executor/Devices.h"
#include "tools/RunOptions.h"
#include "tools/netx/ExecutableText.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>

namespace netc::tools {
namespace {

void declareHelp(CLI::App &app) {
  HelpPage page;
  page.groups = helpGroupsOfRuns();
  page.groups.insert(page.groups.begin(),
                     {"Look at an executable", {"--devices"}, {"--json"}});
  page.groups.push_back({"Help", {"--help-all"}, {"--help", "--version"}});
  page.examples = {
      {"netx lenet.netx", "what it is, and what it is for"},
      {"netx lenet.netx --train fashion-mnist --save lenet.safetensors",
       "trains it and keeps the weights"}};
  page.seeAlso = "netc(1)";
  declareHelpPage(app, std::move(page));
}

int run(int argc, char **argv) {
  CLI::App app("Runs networks that netc compiled. With no action, says what "
               "the executable is.",
               "netx");
  app.set_version_flag("--version", "netx " NETC_VERSION);
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
  declareHelp(app);
  try {
    app.parse(argc, argv);
    if (path.empty() && !devices)
      throw CLI::RequiredError("FILE");
    options.requireAction(app);
    if (options.json && !options.requested())
      throw CLI::RequiresError("--json", "--evaluate or --predict");
  } catch (const CLI::ParseError &error) {
    return reportUsage(app, error);
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
  std::cout << executableText(executable) << std::flush;
  return Success;
}

} // namespace
} // namespace netc::tools

int main(int argc, char **argv) {
  using namespace netc::tools;
  return runProgram("netx", [&] { return run(argc, argv); });
}
