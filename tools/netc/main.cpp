// netc: a page of text to a trained network.
#include "compiler/Compiler.h"
#include "dsl/Ast.h"
#include "dsl/Network.h"
#include "runtime/OutputFile.h"
#include "runtime/Printable.h"
#include "runtime/cpu/Primitive.h"
#include "runtime/data/Loader.h"
#include "runtime/data/PictureFolder.h"
#include "runtime/executor/Devices.h"
#include "tools/RunOptions.h"
#include "tools/netc/Check.h"
#include "tools/netc/Diff.h"
#include "tools/netc/Explain.h"
#include "tools/netc/Format.h"
#include "tools/netc/HelpLayer.h"
#include "tools/netc/Picture.h"
#include "tools/netc/SourceText.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstring>
#include <iostream>
#include <thread>

namespace netc::tools {
namespace {

/// What the command line asks of the compiler; runs have RunOptions.
struct Options {
  std::vector<std::string> files;
  std::string file; // the first one
  bool check = false;
  bool format = false, checkFormat = false, toStandardOutput = false;
  bool diff = false;
  std::string explain; // a layer's name
  std::string emit, output, forDataset, target = "cpu";
  std::string precision; // of a GPU; empty: tf32
  int64_t batch = 0;     // 0: the network's
  int threads = 0;       // 0: the processors at hand
  std::vector<std::string> settings, silenced;
  RunOptions run;

  /// Errors of the text go to the object that --check prints.
  bool checksToJson() const { return run.json && !run.requested(); }
  bool onGpu() const { return target.starts_with("cuda"); }
  void declare(CLI::App &app);
  /// Throws a CLI::ParseError for files or options that nobody reads.
  void requireAction(const CLI::App &app);
  /// Throws one for what belongs to another target, too.
  void requireTarget() const;

private:
  void declareTextActions(CLI::App &app);
  void excludeFromTextActions(CLI::App &app);
};

std::string checkTarget(const std::string &target) {
  for (const char *known : {"cpu", "cpu:avx2", "cpu:avx512"})
    if (target == known)
      return {};
  if (target == "cuda" ||
      (target.starts_with("cuda:") && target.size() > std::strlen("cuda:")))
    return {};
  return target + " not in {cpu,cpu:avx2,cpu:avx512,cuda,cuda:DEVICE}";
}

/// What is said of texts without running them.
void Options::declareTextActions(CLI::App &app) {
  app.add_flag("--format", format, "rewrite texts in their proper form");
  app.add_flag("--check-format", checkFormat,
               "name the texts that --format would change; status 1 if any");
  app.add_flag("--diff", diff,
               "what changed between two texts; status 0 if nothing did, 1 if "
               "something did, 2 if one is wrong");
  app.add_option("--explain", explain,
                 "a layer's arithmetic, cost and launches, and why they are so")
      ->type_name("LAYER");
  app.add_flag("--stdout", toStandardOutput, "--format to the standard output")
      ->needs("--format");
}

void Options::excludeFromTextActions(CLI::App &app) {
  std::vector<CLI::Option *> actions;
  for (const char *name : {"--format", "--check-format", "--diff", "--explain"})
    actions.push_back(app.get_option(name));
  for (size_t i = 0; i < actions.size(); ++i) {
    for (size_t j = i + 1; j < actions.size(); ++j)
      actions[i]->excludes(actions[j]);
    for (const char *name : {"--check", "--emit", "--output", "--train",
                             "--evaluate", "--predict", "--json"})
      actions[i]->excludes(app.get_option(name));
  }
  for (CLI::Option *action : {actions[0], actions[1]})
    for (const char *name : {"--for", "--target", "--batch", "--threads",
                             "--set", "--no-lint", "--precision"})
      action->excludes(app.get_option(name));
  for (const char *name : {"--for", "--no-lint"})
    app.get_option("--diff")->excludes(app.get_option(name));
}

void Options::requireAction(const CLI::App &app) {
  file = files.front();
  if (diff && files.size() == 1)
    throw CLI::RequiresError("--diff", "two files");
  size_t most = format || checkFormat ? files.size() : diff ? 2 : 1;
  if (files.size() > most)
    throw CLI::ExtrasError({files.begin() + ptrdiff_t(most), files.end()});
  run.requireAction(app, !forDataset.empty());
  run.request.program = file;
  if (!forDataset.empty() && (emit == "ast" || emit == "dot" || emit == "svg"))
    throw CLI::ExcludesError("--for", "--emit=" + emit);
}

void Options::declare(CLI::App &app) {
  auto notEmpty = [](const std::string &text) {
    return text.empty() ? std::string("is empty") : std::string();
  };
  app.set_version_flag("--version", "netc " NETC_VERSION);
  app.add_option("FILE", files, "a network's text")->required()->type_name("");
  auto *checkFlag =
      app.add_flag("--check", check,
                   "shapes, parameters, multiply-adds, memory (the default)");
  auto *emitOption =
      app.add_option("--emit", emit,
                     "print a stage: ast, net, programs, kernel, llvm, plan; "
                     "or a picture: dot, svg")
          ->type_name("STAGE")
          ->check(CLI::IsMember({"ast", "net", "programs", "kernel", "llvm",
                                 "plan", "dot", "svg"}));
  auto *outputOption =
      app.add_option("-o,--output", output, "write an executable for netx")
          ->type_name("FILE.netx")
          ->check(notEmpty)
          ->excludes(emitOption);
  app.add_option("--for", forDataset,
                 "the data set that an executable, --predict, --check, "
                 "--explain or --emit is for")
      ->type_name("DATASET")
      ->check(notEmpty);
  app.add_option("--target", target,
                 "cpu, cpu:avx2, cpu:avx512, cuda (the GPU that is here), or "
                 "cuda:DEVICE (h100, ... or a description, FILE.json)")
      ->type_name("TARGET")
      ->check(checkTarget)
      ->capture_default_str();
  app.add_option("--precision", precision,
                 "of products on a GPU: tf32 (default), f32, or bf16, with "
                 "weights of f32")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"tf32", "f32", "bf16"}));
  app.add_option("--batch", batch, "examples in a step")
      ->type_name("N")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 24))
      ->transform(CLI::Validator(toDecimal, ""));
  app.add_option("--threads", threads,
                 "threads of a step, part of the executable")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->transform(CLI::Validator(toDecimal, ""));
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
  declareTextActions(app);
  run.declare(app);
  declareHelpLayer(app);
  app.get_option("--json")
      ->description("--check or --evaluate as one JSON object, --predict as "
                    "one a line")
      ->excludes(emitOption)
      ->excludes(outputOption);
  // One action at most.
  for (const char *name : {"--train", "--evaluate", "--predict"})
    app.get_option(name)
        ->excludes(checkFlag)
        ->excludes(emitOption)
        ->excludes(outputOption);
  for (const char *name : {"--train", "--evaluate"})
    app.get_option("--for")->excludes(app.get_option(name));
  checkFlag->excludes(emitOption)->excludes(outputOption);
  excludeFromTextActions(app);
}

void Options::requireTarget() const {
  if (!precision.empty() && !onGpu())
    throw CLI::RequiresError("--precision", "--target=cuda");
  if (threads != 0 && onGpu())
    throw CLI::ExcludesError("--threads", "--target=" + target);
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

/// Bytes of the batches that a training gathers ahead, of its two parts.
int64_t bytesAhead(const runtime::data::DatasetInfo &dataset,
                   const CompileRequest &compiled, bool keepsDataset,
                   int workers) {
  namespace data = runtime::data;
  int64_t bytes = 1, labels = 1;
  for (int64_t size : dataset.shape)
    bytes *= size;
  for (int64_t size : dataset.labelShape)
    labels *= size;
  auto ring = [&](int64_t batch, data::Contents contents) {
    return data::Ring::of(batch, bytes, labels, workers, contents).bytes();
  };
  return ring(compiled.batch, keepsDataset ? data::Contents::Labels
                                           : data::Contents::PixelsAndLabels) +
         ring(std::min(compiled.batch, dataset.testExamples),
              data::Contents::PixelsAndLabels);
}

class Command {
public:
  Command(const Options &options, std::map<std::string, std::string> settings)
      : options(options), settings(std::move(settings)) {}
  int run();

private:
  int check(const dsl::Network &network, Compiler &compiler);
  int explain(const dsl::Network &network, Compiler &compiler);
  int diff();
  int emit(Compiler &compiler);
  CompileRequest request(const dsl::Network &network) const;
  bool proveTraining(const dsl::Network &network, int64_t batch,
                     dsl::Diagnostics &diagnostics) const;
  void tellBatch(int64_t asked, const CompileRequest &compiled) const;
  /// `wanted`, for the runtime.
  runtime::data::PictureFormat pictureFormat() const;

  const Options &options;
  std::map<std::string, std::string> settings;
  std::optional<runtime::data::DatasetInfo> dataset;
  std::string warnings; // as JSON
  dsl::WantedPictures wanted;
};

int Command::run() {
  if (options.diff)
    return diff();
  dsl::SourceFile source = readSource(options.file);
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
  if (reportErrors(diagnostics, options.checksToJson()))
    return UserError;
  if (options.checksToJson())
    warnings = diagnostics.warningsToJson();
  else
    std::cerr << diagnostics.warningsToText() << std::flush;

  // The text's own batch is proved; another is not, nor what defaults make. One
  // that a data set may yet make smaller is proved when that is known.
  std::string name = options.forDataset;
  if (options.run.requested() && !options.run.predicting())
    name = options.run.dataset();
  int64_t batch = request(*network).batch;
  if (!proveTraining(*network,
                     name.empty() ? batch
                                  : std::min(batch, network->train.batch),
                     diagnostics))
    return UserError;
  for (const std::string &output :
       {options.output, options.run.request.save, options.run.request.metrics})
    for (const auto &import : network->imports)
      if (runtime::sameFile(output, import->name))
        throw Error(output + ": cannot be written: the text imports it");
  if (!options.output.empty()) { // before the work, not after it
    if (runtime::sameFile(options.output, options.file))
      throw Error(options.output + ": cannot be written: it is the text");
    runtime::checkWritable(options.output);
    if (options.forDataset.empty() && network->input.size() != 3)
      throw Error(fmt::format("{}: reads {}; an executable is for pictures, "
                              "channels x height x width",
                              options.file, shape::toString(network->input)));
  }
  wanted = dsl::wantedPictures(*network);
  if (!name.empty()) {
    dataset = options.run.inspectDataset(name, pictureFormat());
    if (!proveTraining(*network, request(*network).batch, diagnostics))
      return UserError;
    tellBatch(batch, request(*network));
  }
  if (dataset || options.run.predicting()) {
    dsl::checkTransforms(*network, request(*network).pixels,
                         dataset ? dataset->name : "--predict", diagnostics);
    if (reportErrors(diagnostics, options.checksToJson()))
      return UserError;
  }
  if (dataset)
    runtime::data::requireLabels(
        *dataset, network->name,
        {dsl::labelShapeOf(*network), dsl::classesOf(*network)});

  if (options.emit == "dot" || options.emit == "svg") {
    std::cout << (options.emit == "dot" ? pictureDot(*network)
                                        : pictureSvg(*network))
              << std::flush;
    return Success;
  }

  Compiler compiler(*network, request(*network));
  if (!options.explain.empty())
    return explain(*network, compiler);
  if (!options.emit.empty())
    return emit(compiler);
  if (!options.output.empty()) {
    compiler.advance(Stage::Executable);
    compiler.takeExecutable().save(options.output);
    if (dataset)
      if (std::string report = runtime::data::skippedReport(*dataset);
          !report.empty())
        std::cerr << report << std::endl;
    return Success;
  }
  if (options.run.requested()) {
    compiler.advance(Stage::Executable);
    return runExecutable(compiler.takeExecutable(), options.run,
                         std::move(dataset));
  }
  return check(*network, compiler);
}

/// Whether the network can be trained in such batches; says why not.
bool Command::proveTraining(const dsl::Network &network, int64_t batch,
                            dsl::Diagnostics &diagnostics) const {
  if (dsl::checkTraining(network, batch, diagnostics))
    return true;
  reportErrors(diagnostics, options.checksToJson());
  return false;
}

/// Says so where the batch that was asked for, by option, is more than there
/// are examples.
void Command::tellBatch(int64_t asked, const CompileRequest &compiled) const {
  if (options.batch != 0 && compiled.batch < asked)
    std::cerr << fmt::format("note: batches of {0}, not {1}: `{2}` has {0} "
                             "example{3} to {4}",
                             compiled.batch, asked,
                             runtime::printable(dataset->name),
                             compiled.batch == 1 ? "" : "s",
                             compiled.trains ? "train on" : "evaluate")
              << std::endl;
}

runtime::data::PictureFormat Command::pictureFormat() const {
  const shape::Shape &shape = wanted.shape;
  if (shape.size() != 3) // no picture; the text's check says so
    return {1, {1, 1}};
  return {shape[0],
          {shape[1], shape[2]},
          wanted.isCovered ? runtime::data::Fit::Cover
                           : runtime::data::Fit::Stretch};
}

CompileRequest Command::request(const dsl::Network &network) const {
  CompileRequest request;
  if (options.onGpu()) {
    if (options.target == "cuda")
      request.target.description = runtime::describePresentDevice();
    request.target.device = options.target == "cuda"
                                ? "cuda"
                                : options.target.substr(std::strlen("cuda:"));
    if (!options.precision.empty())
      request.target.precision = options.precision;
  } else {
    request.target.isa = options.target == "cpu"
                             ? runtime::cpu::hostIsa()
                             : options.target.substr(std::strlen("cpu:"));
  }
  request.target.threads =
      options.threads
          ? options.threads
          : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  request.pixels = dsl::assumedPictures(network);
  if (dataset)
    request.pixels.assign(dataset->shape.begin(), dataset->shape.end());
  else if (options.run.predicting()) // as those of a folder
    request.pixels = {pictureFormat().channels, pictureFormat().size.height,
                      pictureFormat().size.width};
  request.coversInput = wanted.isCovered;
  request.examples = dataset ? dataset->trainExamples : 0;
  request.testExamples = dataset ? dataset->testExamples : 0;
  request.batch = options.batch ? options.batch : network.train.batch;
  request.trains = !options.run.requested() || options.run.training();
  // No batch is larger than what there is to take.
  int64_t available = request.batch;
  if (options.run.predicting())
    available = static_cast<int64_t>(options.run.images.size());
  else if (dataset)
    available = request.trains ? request.examples : request.testExamples;
  request.batch = std::min(request.batch, available);
  request.epochs = network.train.epochs;
  return request;
}

int Command::emit(Compiler &compiler) {
  if (options.emit == "programs")
    compiler.advance(Stage::Programs);
  else if (options.emit == "kernel")
    compiler.advance(Stage::Kernel);
  else if (options.emit != "net")
    compiler.advance(Stage::Plan);
  std::cout << (options.emit == "plan"   ? compiler.planText()
                : options.emit == "llvm" ? compiler.llvmText()
                                         : compiler.moduleText())
            << std::flush;
  return Success;
}

int Command::check(const dsl::Network &network, Compiler &compiler) {
  compiler.advance(Stage::Plan);
  CompileRequest compiled = request(network);
  CheckFacts facts;
  facts.batch = compiled.batch;
  facts.warnings = warnings;
  facts.target = options.onGpu() ? "cuda" : "cpu";
  facts.machine = compiler.machineText();
  facts.trainingBytes = compiler.trainingBytes();
  facts.datasetBytes = compiler.datasetBytes();
  if (dataset) {
    facts.aheadBytes =
        bytesAhead(*dataset, compiled, facts.datasetBytes > 0, 1);
    facts.mostAheadBytes =
        bytesAhead(*dataset, compiled, facts.datasetBytes > 0, mostWorkers);
  }
  facts.pixels = compiled.pixels;
  facts.pixelsAssumed = !dataset;
  std::cout << (options.run.json ? checkJson(network, facts)
                                 : checkText(network, facts))
            << std::flush;
  return Success;
}

int Command::explain(const dsl::Network &network, Compiler &compiler) {
  size_t layer = findLayer(network, options.explain);
  compiler.advance(Stage::Plan);
  std::cout << explainText(network, layer, request(network).batch,
                           compiler.launchesOf(network.layers[layer].name))
            << std::flush;
  return Success;
}

/// Status 0, 1 and 2 as diff has them.
int Command::diff() {
  constexpr int same = 0, different = 1, trouble = 2;
  std::vector<dsl::SourceFile> sources;
  std::vector<std::unique_ptr<dsl::Network>> networks;
  std::vector<DiffSide> sides;
  dsl::Diagnostics diagnostics;
  try {
    for (const std::string &path : options.files)
      sources.push_back(readSource(path));
    for (const dsl::SourceFile &source : sources)
      networks.push_back(dsl::analyze(source, settings, diagnostics));
    for (const auto &network : networks)
      if (network)
        dsl::checkTraining(*network, request(*network).batch, diagnostics);
    if (reportErrors(diagnostics, false))
      return trouble;
    for (size_t i = 0; i < networks.size(); ++i) {
      CompileRequest compiled = request(*networks[i]);
      Compiler compiler(*networks[i], compiled);
      compiler.advance(Stage::Plan);
      sides.push_back({sources[i].name, *networks[i], compiled.batch,
                       compiler.trainingBytes()});
    }
  } catch (const Error &error) {
    sayError("netc", error.what());
    return trouble;
  }
  std::string text = diffText(sides[0], sides[1]);
  std::cout << text << std::flush;
  return text.empty() ? same : different;
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
    options.requireTarget();
    options.requireAction(app);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? Success : WrongUsage;
  }
  if (options.checkFormat)
    return formatFiles(options.files, FormatMode::Check);
  if (options.format)
    return formatFiles(options.files, options.toStandardOutput
                                          ? FormatMode::StandardOutput
                                          : FormatMode::InPlace);
  return Command(options, std::move(settings)).run();
}

} // namespace
} // namespace netc::tools

int main(int argc, char **argv) {
  using namespace netc::tools;
  return runProgram("netc", [&] { return run(argc, argv); });
}
