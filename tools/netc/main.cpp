// netc: a page of text to a trained network.
#include "compiler/Compiler.h"
#include "dsl/Ast.h"
#include "dsl/Lexer.h"
#include "dsl/Network.h"
#include "runtime/OutputFile.h"
#include "runtime/cpu/Primitive.h"
#include "tools/RunOptions.h"
#include "tools/netc/Check.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

namespace netc::tools {
namespace {

/// What the command line asks of the compiler; runs have RunOptions.
struct Options {
  std::string file;
  bool check = false, json = false;
  std::string emit, output, forDataset, target = "cpu";
  int64_t batch = 0; // 0: the network's
  int threads = 0;   // 0: the processors at hand
  std::vector<std::string> settings, silenced;
  RunOptions run;

  void declare(CLI::App &app);
};

void Options::declare(CLI::App &app) {
  auto notEmpty = [](const std::string &text) {
    return text.empty() ? std::string("is empty") : std::string();
  };
  app.set_version_flag("--version", "netc " NETC_VERSION);
  app.add_option("FILE", file, "a network's text")->required()->type_name("");
  auto *checkFlag =
      app.add_flag("--check", check,
                   "shapes, parameters, multiply-adds, memory (the default)");
  auto *emitOption =
      app.add_option("--emit", emit,
                     "print a stage: ast, net, kernel, llvm, plan")
          ->type_name("STAGE")
          ->check(CLI::IsMember({"ast", "net", "kernel", "llvm", "plan"}));
  auto *outputOption =
      app.add_option("-o,--output", output, "write an executable for netx")
          ->type_name("FILE.netx")
          ->check(notEmpty)
          ->excludes(emitOption);
  app.add_flag("--json", json, "--check as one JSON object")
      ->excludes(emitOption)
      ->excludes(outputOption);
  app.add_option("--for", forDataset, "the data set that an executable is for")
      ->type_name("DATASET")
      ->check(notEmpty);
  app.add_option("--target", target, "cpu, or cpu:avx2, cpu:avx512")
      ->type_name("TARGET")
      ->check(CLI::IsMember({"cpu", "cpu:avx2", "cpu:avx512"}))
      ->capture_default_str();
  app.add_option("--batch", batch, "examples in a step")
      ->type_name("N")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 24));
  app.add_option("--threads", threads,
                 "threads of a step, part of the executable")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  app.add_option("--set", settings, "a parameter of the network")
      ->type_name("NAME=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  auto isLint = [](const std::string &name) {
    return dsl::findLint(name) ? std::string() : "no warning is called " + name;
  };
  app.add_option("--no-lint", silenced, "a warning not to give")
      ->type_name("NAME")
      ->check(isLint)
      ->take_all()
      ->allow_extra_args(false);
  run.declare(app);
  // One action at most.
  for (const char *name : {"--train", "--evaluate"}) {
    app.get_option(name)
        ->excludes(checkFlag)
        ->excludes(emitOption)
        ->excludes(outputOption);
    app.get_option("--json")->excludes(app.get_option(name));
    app.get_option("--for")->excludes(app.get_option(name));
  }
  checkFlag->excludes(emitOption)->excludes(outputOption);
}

std::string readFile(const std::string &path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    throw Error(path + ": is a folder, not a network's text");
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw Error(path + ": cannot be read: " + std::strerror(errno));
  std::string text;
  std::array<char, 1 << 16> chunk;
  // No more of it than shows that it is too large: it may have no end.
  while (in && text.size() <= dsl::maxFileSize) {
    in.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<size_t>(in.gcount()));
  }
  if (in.bad())
    throw Error(path + ": cannot be read: " + std::strerror(errno));
  return text;
}

std::map<std::string, std::string>
parseSettings(const std::vector<std::string> &settings) {
  std::map<std::string, std::string> result;
  for (const std::string &setting : settings) {
    size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw CLI::ValidationError("--set",
                                 "expected NAME=VALUE, got `" + setting + "`");
    if (!result.emplace(setting.substr(0, equals), setting.substr(equals + 1))
             .second)
      throw CLI::ValidationError("--set", "`" + setting.substr(0, equals) +
                                              "` is set twice");
  }
  return result;
}

/// Prints what was found; true if the text is in error.
bool reportErrors(const dsl::Diagnostics &diagnostics, bool json) {
  if (!diagnostics.hasErrors())
    return false;
  if (json)
    std::cout << diagnostics.toJson() << std::flush;
  else
    std::cerr << diagnostics.toText() << std::flush;
  return true;
}

class Command {
public:
  Command(const Options &options, std::map<std::string, std::string> settings)
      : options(options), settings(std::move(settings)) {}
  int run();

private:
  int check(const dsl::Network &network, Compiler &compiler);
  int emit(Compiler &compiler);
  CompileRequest request(const dsl::Network &network) const;

  const Options &options;
  std::map<std::string, std::string> settings;
  std::optional<runtime::data::DatasetInfo> dataset;
  std::string warnings; // as JSON
};

int Command::run() {
  dsl::SourceFile source{options.file, readFile(options.file)};
  dsl::Diagnostics diagnostics;
  for (const std::string &lint : options.silenced)
    diagnostics.silence(*dsl::findLint(lint));
  if (options.emit == "ast") {
    std::string text = dsl::printAst(source, diagnostics);
    if (reportErrors(diagnostics, false))
      return UserError;
    std::cout << text << std::flush;
    return Success;
  }
  std::unique_ptr<dsl::Network> network =
      dsl::analyze(source, settings, diagnostics);
  if (reportErrors(diagnostics, options.json))
    return UserError;
  if (options.json)
    warnings = diagnostics.warningsToJson();
  else
    std::cerr << diagnostics.warningsToText() << std::flush;

  // The text's own batch is proved; another is not, nor what defaults make.
  if (!dsl::checkTraining(*network, request(*network).batch, diagnostics)) {
    reportErrors(diagnostics, options.json);
    return UserError;
  }
  if (!options.output.empty()) { // before the work, not after it
    if (runtime::sameFile(options.output, options.file))
      throw Error(options.output + ": cannot be written: it is the text");
    runtime::checkWritable(options.output);
    if (options.forDataset.empty() && network->input.size() != 3)
      throw Error(fmt::format("{}: reads {}; an executable is for pictures, "
                              "channels x height x width",
                              options.file, shape::toString(network->input)));
  }
  if (options.run.requested())
    dataset = options.run.inspectDataset();
  else if (!options.forDataset.empty())
    dataset = runtime::data::inspect(
        options.forDataset,
        runtime::data::SearchPath::fromEnvironment(options.run.dataDirectory));
  if (dataset) {
    dsl::checkTransforms(*network, dataset->shape, dataset->name, diagnostics);
    if (reportErrors(diagnostics, options.json))
      return UserError;
    if (network->output != shape::Shape{dataset->classes})
      throw Error(fmt::format("{}: gives {} but {} has {} classes",
                              options.file, shape::toString(network->output),
                              dataset->name, dataset->classes));
  }

  Compiler compiler(*network, request(*network));
  if (!options.emit.empty())
    return emit(compiler);
  if (!options.output.empty()) {
    compiler.advance(Stage::Executable);
    compiler.takeExecutable().save(options.output);
    return Success;
  }
  if (options.run.requested()) {
    compiler.advance(Stage::Executable);
    return runExecutable(compiler.takeExecutable(), options.run);
  }
  return check(*network, compiler);
}

CompileRequest Command::request(const dsl::Network &network) const {
  CompileRequest request;
  request.target.isa = options.target == "cpu"
                           ? runtime::cpu::hostIsa()
                           : options.target.substr(std::strlen("cpu:"));
  request.target.threads =
      options.threads
          ? options.threads
          : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  request.pixels =
      dataset ? shape::Shape(dataset->shape.begin(), dataset->shape.end())
              : network.input;
  request.examples = dataset ? dataset->trainExamples : 0;
  request.batch = options.batch ? options.batch : network.train.batch;
  request.epochs = network.train.epochs;
  return request;
}

int Command::emit(Compiler &compiler) {
  std::string text;
  if (options.emit == "net") {
    compiler.advance(Stage::Net);
    text = compiler.moduleText();
  } else if (options.emit == "kernel") {
    compiler.advance(Stage::Kernel);
    text = compiler.moduleText();
  } else if (options.emit == "plan") {
    compiler.advance(Stage::Plan);
    text = compiler.planText();
  } else {
    compiler.advance(Stage::Plan);
    text = compiler.llvmText();
  }
  std::cout << text << std::flush;
  return Success;
}

int Command::check(const dsl::Network &network, Compiler &compiler) {
  compiler.advance(Stage::Plan);
  CompileRequest compiled = request(network);
  CheckFacts facts;
  facts.batch = compiled.batch;
  facts.warnings = warnings;
  facts.target = "cpu";
  facts.machine = fmt::format("{}, {} thread{}", compiled.target.isa,
                              compiled.target.threads,
                              compiled.target.threads == 1 ? "" : "s");
  facts.trainingBytes = compiler.trainingBytes();
  facts.pixels = compiled.pixels;
  facts.pixelsAssumed = !dataset;
  std::cout << (options.json ? checkJson(network, facts)
                             : checkText(network, facts))
            << std::flush;
  return Success;
}

int run(int argc, char **argv) {
  CLI::App app(
      "Compiles and trains neural networks declared in a page of text.",
      "netc");
  Options options;
  options.declare(app);
  std::map<std::string, std::string> settings;
  try {
    app.parse(argc, argv);
    settings = parseSettings(options.settings);
    options.run.requireAction(app, !options.forDataset.empty());
    options.run.request.program = options.file;
    if (!options.forDataset.empty() && options.emit == "ast")
      throw CLI::ExcludesError("--for", "--emit=ast");
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? Success : WrongUsage;
  }
  return Command(options, std::move(settings)).run();
}

} // namespace
} // namespace netc::tools

int main(int argc, char **argv) {
  using namespace netc::tools;
  return runProgram("netc", [&] { return run(argc, argv); });
}
