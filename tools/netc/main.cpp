// netc: a page of text to a trained network.
#include "compiler/Compiler.h"
#include "dsl/Ast.h"
#include "dsl/Network.h"
#include "runtime/OutputFile.h"
#include "runtime/Printable.h"
#include "runtime/cpu/MachineMemory.h"
#include "runtime/cpu/Primitive.h"
#include "runtime/data/Loader.h"
#include "runtime/data/PictureFolder.h"
#include "runtime/executor/Devices.h"
#include "tools/netc/Check.h"
#include "tools/netc/Diff.h"
#include "tools/netc/Explain.h"
#include "tools/netc/Format.h"
#include "tools/netc/Options.h"
#include "tools/netc/Picture.h"
#include "tools/netc/SourceText.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstring>
#include <iostream>
#include <thread>

namespace netc::tools {
namespace {

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
  /// Of the training set; nullopt where none is named.
  std::optional<int64_t> examples() const {
    return dataset ? std::optional(dataset->trainExamples) : std::nullopt;
  }
  /// Whether what is asked needs what `refusal` says that there is not.
  bool isRefused(const dsl::Network &network) const;
  void tellBatch(int64_t asked, const CompileRequest &compiled) const;
  /// `wanted`, for the runtime.
  runtime::data::PictureFormat pictureFormat() const;

  const Options &options;
  std::map<std::string, std::string> settings;
  std::optional<runtime::data::DatasetInfo> dataset;
  std::string warnings;     // as JSON
  dsl::Diagnostics refusal; // why the network is not trained, if it is not
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
  int64_t asked = request(*network).batch;
  int64_t least = name.empty() ? asked : std::min(asked, network->train.batch);
  dsl::checkBatch(*network, least, diagnostics);
  if (reportErrors(diagnostics, options.checksToJson()))
    return UserError;
  dsl::checkTrainable(*network, least, {}, refusal);
  if (isRefused(*network) && reportErrors(refusal, options.checksToJson()))
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
      throw Error(fmt::format("{}: reads {}, not pictures; `--for` says for "
                              "which data set the executable is to be",
                              options.file, shape::toString(network->input)));
  }
  wanted = dsl::wantedPictures(*network);
  runtime::data::LabelFormat labels{dsl::labelShapeOf(*network),
                                    dsl::classesOf(*network),
                                    dsl::numbersShapeOf(*network)};
  if (!name.empty()) {
    dataset = options.run.inspectDataset(name, pictureFormat(), network->input,
                                         labels);
    dsl::checkBatch(*network, request(*network).batch, diagnostics);
    if (reportErrors(diagnostics, options.checksToJson()))
      return UserError;
    tellBatch(asked, request(*network));
  }
  if (dataset || options.run.predicting()) {
    dsl::checkTransforms(*network, request(*network).pixels,
                         dataset ? dataset->name : "--predict", diagnostics);
    if (reportErrors(diagnostics, options.checksToJson()))
      return UserError;
  }
  if (dataset && dsl::fitsLoss(*network)) {
    labels.shape = dsl::labelShapeOf(*network, dataset->shape);
    runtime::data::requireLabels(*dataset, network->name, labels);
  }
  if (!refusal.hasErrors()) // now that the examples can be counted
    dsl::checkTrainable(*network, request(*network).batch, examples(), refusal);
  if (isRefused(*network) && reportErrors(refusal, options.checksToJson()))
    return UserError;

  if (options.emit == "dot" || options.emit == "svg") {
    std::cout << (options.emit == "dot" ? pictureDot(*network)
                                        : pictureSvg(*network))
              << std::flush;
    return Success;
  }

  if (refusal.hasErrors() && !options.output.empty())
    std::cerr << "note: " << refusal.all()[0].message
              << ": the executable evaluates and predicts" << std::endl;
  RunOptions run = options.run;
  runtime::train::checkOutputs(run.request); // before the work, not after it
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
    return runExecutable(compiler.takeExecutable(), run, std::move(dataset));
  }
  return check(*network, compiler);
}

/// What is looked at needs nothing, and an evaluation no parameters.
bool Command::isRefused(const dsl::Network &network) const {
  if (!refusal.hasErrors() || options.run.training())
    return refusal.hasErrors();
  if (!options.output.empty())
    return refusal.all()[0].kind != dsl::DiagnosticKind::NothingToTrain;
  return options.run.requested() && !dsl::fitsLoss(network);
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
    if (options.run.requested()) {
      runtime::cpu::MachineMemory memory = runtime::cpu::machineMemory();
      request.target.memory = memory.total;
      request.target.freeMemory = memory.free;
    }
  }
  request.target.threads =
      options.threads
          ? options.threads
          : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  request.pixels = dsl::assumedPictures(network);
  if (dataset) {
    request.pixels.assign(dataset->shape.begin(), dataset->shape.end());
    request.element = dataset->element;
    request.takesNumbers = dataset->hasNumbers();
    request.standardizes = dataset->scaling != nullptr;
  } else if (options.run.predicting()) { // as those of a folder
    request.pixels = {pictureFormat().channels, pictureFormat().size.height,
                      pictureFormat().size.width};
  }
  request.coversInput = wanted.isCovered;
  request.examples = dataset ? dataset->trainExamples : 0;
  request.testExamples = dataset ? dataset->testExamples : 0;
  request.batch = options.batch ? options.batch : network.train.batch;
  dsl::Diagnostics unsaid; // `refusal` is of this
  request.takesLoss = dsl::fitsLoss(network);
  request.trains = !options.run.requested() || options.run.training();
  // No batch is larger than what there is to take.
  int64_t available = request.batch;
  if (options.run.predicting())
    available = static_cast<int64_t>(options.run.images.size());
  else if (dataset)
    available = request.trains ? request.examples : request.testExamples;
  request.batch = std::min(request.batch, available);
  request.trains = request.trains && dsl::checkTrainable(network, request.batch,
                                                         examples(), unsaid);
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
  facts.plannedBytes = compiler.plannedBytes();
  if (refusal.hasErrors())
    facts.refusal = refusal.all()[0].text();
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
        dsl::checkBatch(*network, request(*network).batch, diagnostics);
    if (reportErrors(diagnostics, false))
      return trouble;
    for (size_t i = 0; i < networks.size(); ++i) {
      CompileRequest compiled = request(*networks[i]);
      Compiler compiler(*networks[i], compiled);
      compiler.advance(Stage::Plan);
      sides.push_back({sources[i].name, *networks[i], compiled.batch,
                       compiled.trains ? compiler.plannedBytes() : 0});
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
    settings = options.parsedSettings();
    options.requireTarget();
    options.requireAction(app);
  } catch (const CLI::ParseError &error) {
    return reportUsage(app, error);
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
