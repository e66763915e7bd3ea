// The order of a run: what is cheap to get wrong is checked first.
#include "runtime/train/Run.h"

#include "runtime/Printable.h"
#include "runtime/data/PictureFolder.h"
#include "runtime/data/Replacements.h"
#include "runtime/train/ClassNames.h"
#include "runtime/train/ColumnNames.h"
#include "runtime/train/WeightsOutput.h"

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

namespace netc::runtime::train {
namespace {

TrainSettings resolve(const TrainRequest &request, const Model &model) {
  TrainSettings settings;
  settings.epochs = request.epochs;
  settings.steps = request.steps;
  if (!settings.epochs && !settings.steps)
    settings.epochs = model.epochs;
  settings.learningRate = request.learningRate.value_or(model.learningRate);
  settings.seed = request.seed;
  settings.workers = request.workers;
  settings.order = request.order;
  return settings;
}

/// What the programs needed, apart from all that the process ever held.
std::string memoryReport(uint64_t trainingBytes) {
  struct rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto peak = static_cast<uint64_t>(usage.ru_maxrss) * 1024; // Linux: KiB
  auto mebibytes = [](uint64_t bytes) {
    return static_cast<double>(bytes) / (1 << 20);
  };
  return fmt::format("memory: {} bytes ({:.1f} MiB) allocated for the network, "
                     "peak resident {} bytes ({:.1f} MiB)",
                     trainingBytes, mebibytes(trainingBytes), peak,
                     mebibytes(peak));
}

/// The broken pictures that were left out, and those that broke meanwhile.
void tellBroken(const data::DatasetInfo &dataset,
                std::initializer_list<const data::Examples *> halves,
                Console &console) {
  if (std::string report = data::skippedReport(dataset); !report.empty())
    console.err << report << std::endl;
  for (const data::Examples *half : halves) {
    if (!half->replacements)
      continue;
    std::string report = half->replacements->report(
        fmt::format(" of {} by the next that could be read", dataset.name));
    if (!report.empty())
      console.err << report << std::endl;
  }
}

/// The names of the data set's classes, or else those in the weights' file.
std::vector<std::string> namesFor(const data::DatasetInfo &dataset,
                                  const SafetensorsFile &weights) {
  if (!dataset.classNames.empty())
    return dataset.classNames;
  std::vector<std::string> names = classNamesOf(weights);
  if (names.size() != static_cast<size_t>(dataset.classes))
    names.clear();
  return names;
}

std::string evaluationJson(const Model &model, const data::DatasetInfo &dataset,
                           const Evaluation &test,
                           const std::vector<ClassCount> &counts,
                           const std::vector<std::string> &names,
                           const std::vector<Finding> &findings) {
  nlohmann::ordered_json object{{"network", model.network},
                                {"dataset", dataset.name},
                                {"test_examples", dataset.testExamples},
                                {"test_loss", test.loss},
                                {"test_accuracy", test.accuracy},
                                {"classes", toJson(counts, names)}};
  for (const Finding &finding : findings)
    object["expectations"].push_back(toJson(finding));
  return object.dump(-1, ' ', false,
                     nlohmann::ordered_json::error_handler_t::replace);
}

/// Where a network standardises a table's columns, by what its training part
/// has.
void writeScaling(Programs &programs, const data::DatasetInfo &dataset) {
  const auto &scaling = programs.model().scaling;
  if (!scaling)
    return;
  programs.writeParameter(scaling->first,
                          std::as_bytes(std::span(dataset.scaling->mean)));
  programs.writeParameter(scaling->second,
                          std::as_bytes(std::span(dataset.scaling->deviation)));
}

void tellFindings(const std::vector<Finding> &findings, Console &console,
                  Metrics &metrics) {
  console.out << toText(findings) << std::flush;
  for (const Finding &finding : findings)
    metrics.finding(finding);
}

/// Where a run that ended early came to.
void tellEnd(const Trainer &trainer, std::string_view verb, bool saves,
             Console &console) {
  if (trainer.stepsDone() == 0)
    console.err << verb << " before the first step"
                << (saves ? ": no weights are saved" : "") << std::endl;
  else
    console.err << fmt::format("{} after step {} (epoch {})", verb,
                               trainer.stepsDone(), trainer.epoch())
                << std::endl;
}

/// Saves. What prevents it becomes the failure of the run; where it has one
/// already, that is said at the end, and this now.
void save(WeightsOutput &output, const std::string &path, Console &console,
          std::exception_ptr &failure) {
  try {
    output.save();
    console.err << fmt::format("weights saved to {}", path) << std::endl;
  } catch (...) {
    std::exception_ptr problem = std::current_exception();
    if (!failure) {
      failure = problem;
      return;
    }
    try {
      std::rethrow_exception(problem);
    } catch (const Error &error) {
      console.err << error.what() << std::endl;
    } catch (const std::exception &) { // of the library's, and no words of ours
      console.err << path << ": cannot be written: not enough memory"
                  << std::endl;
    }
  }
}

/// How a training ended; after a failure what was trained is saved all the
/// same.
struct Ended {
  Outcome outcome = Outcome::Finished;
  std::exception_ptr failure;
};

/// Trains, and tells where it ended and what is found of it. Throws Diverged,
/// or Missed after it: then there is nothing to save.
Ended train(Trainer &trainer, std::optional<Verification> &verification,
            bool saves, Console &console, Metrics &metrics) {
  if (verification)
    trainer.afterEpoch = [&](const EpochResult &result) {
      verification->measured(result);
    };
  Ended ended;
  try {
    ended.outcome = trainer.run();
  } catch (const Diverged &error) {
    if (!verification)
      throw;
    tellFindings(verification->conclude(Ending::Diverged), console, metrics);
    verification->requireMet(error.what());
    throw;
  } catch (...) {
    ended.failure = std::current_exception();
  }
  bool isWhole = !ended.failure && ended.outcome == Outcome::Finished;
  if (verification)
    tellFindings(
        verification->conclude(isWhole ? Ending::Whole : Ending::Interrupted),
        console, metrics);
  if (!isWhole)
    tellEnd(trainer, ended.failure ? "stopped" : "interrupted", saves, console);
  return ended;
}

/// Weights that fit the network and the classes of the data set.
MatchedWeights openWeightsFor(const data::DatasetInfo &dataset,
                              const Model &model, const std::string &path) {
  MatchedWeights weights = openWeights(model, path);
  if (model.takesLabels) // else classes mean nothing to it
    checkClassNames(weights.file, dataset);
  checkColumnNames(weights.file, dataset);
  return weights;
}

/// What a weights' file says beside the weights.
SafetensorsMetadata metadataOf(const data::DatasetInfo &dataset,
                               const Model &model) {
  SafetensorsMetadata metadata;
  if (model.takesLabels)
    metadata = classMetadata(dataset);
  addColumnMetadata(dataset, metadata);
  return metadata;
}

} // namespace

void checkOutputs(TrainRequest &request, uint64_t weightsBytes) {
  if (sameFile(request.save, request.metrics))
    throw Error(
        fmt::format("{}: given as --save and as --metrics", request.metrics));
  if (sameFile(request.weights, request.metrics))
    throw Error(fmt::format("{}: given as --weights and as --metrics",
                            request.metrics));
  for (const std::string *output : {&request.save, &request.metrics})
    if (sameFile(*output, request.program))
      throw Error(
          fmt::format("{}: cannot be written: it is what is run", *output));
  if (!request.save.empty())
    checkWritable(request.save, weightsBytes);
  if (request.metrics.empty() || request.metricsFile)
    return;
  auto file = std::make_shared<MetricsFile>(request.metrics);
  if (file->isPipe())
    request.metricsFile = std::move(file);
}

std::optional<Verification> planVerification(const Model &model,
                                             const data::DatasetInfo &dataset,
                                             const TrainRequest &request) {
  if (!request.verifies)
    return std::nullopt;
  return Verification(
      model, dataset.name,
      runLength(resolve(request, model), dataset.trainExamples, model.batch));
}

Outcome trainNetwork(Programs &programs, const data::DatasetInfo &dataset,
                     const TrainRequest &asked, Console &console,
                     const std::atomic<bool> &interrupted) {
  const Model &model = programs.model();
  checkDataset(model, dataset, /*training=*/true);
  TrainRequest request = asked;
  checkOutputs(request);
  std::optional<Verification> verification =
      planVerification(model, dataset, request);
  std::optional<MatchedWeights> weights;
  if (!request.weights.empty())
    weights = openWeightsFor(dataset, model, request.weights);
  data::Examples trainSet = loadExamples(dataset, data::Split::Train);
  data::Examples testSet = loadExamples(dataset, data::Split::Test);

  TrainSettings settings = resolve(request, model);
  std::optional<WeightsOutput> output;
  if (!request.save.empty())
    output.emplace(programs, request.save, metadataOf(dataset, model));
  else
    console.err << "note: without --save the trained weights will be gone at "
                   "the end"
                << std::endl;
  RunState state;
  state.seed = settings.seed;
  state.learningRate = settings.learningRate;
  programs.initialize(state); // the optimiser's state too
  writeScaling(programs, dataset);
  if (weights) // their scaling too: what is trained on goes on as it was
    loadWeights(programs, *weights);

  if (!request.metrics.empty() && !request.metricsFile)
    request.metricsFile = std::make_shared<MetricsFile>(request.metrics);
  std::optional<Metrics> file;
  Metrics none;
  if (request.metricsFile)
    file.emplace(*request.metricsFile, interrupted);
  Metrics &metrics = file ? *file : none;
  metrics.run(model, dataset, settings, programs.allocatedBytes());

  Trainer trainer(programs, trainSet, testSet, settings, metrics, console,
                  interrupted);
  Ended ended =
      train(trainer, verification, output.has_value(), console, metrics);
  if (output && trainer.stepsDone() > 0)
    save(*output, request.save, console, ended.failure);
  console.err << memoryReport(programs.allocatedBytes()) << std::endl;
  tellBroken(dataset, {&trainSet, &testSet}, console);
  if (ended.failure)
    std::rethrow_exception(ended.failure);
  metrics.close();
  if (verification && ended.outcome == Outcome::Finished)
    verification->requireMet();
  return ended.outcome;
}

Outcome evaluateNetwork(Programs &programs, const data::DatasetInfo &dataset,
                        const EvaluateRequest &request, Console &console,
                        const std::atomic<bool> &interrupted) {
  const Model &model = programs.model();
  checkDataset(model, dataset, /*training=*/false);
  std::optional<Verification> verification;
  if (request.verifies)
    verification.emplace(model, dataset.name);
  MatchedWeights weights = openWeightsFor(dataset, model, request.weights);
  data::Examples testSet = loadExamples(dataset, data::Split::Test);
  programs.initialize(RunState{});
  loadWeights(programs, weights);

  data::Loader loader(testSet, model.evaluateBatch, request.workers);
  Progress progress(console);
  std::vector<ClassCount> counts(static_cast<size_t>(dataset.classes));
  std::optional<Evaluation> test =
      evaluate(programs, loader, testSet.count, RunState{}, progress,
               interrupted, &counts);
  progress.clear();
  if (!test)
    return Outcome::Interrupted;
  if (std::isnan(test->accuracy))
    counts.clear();
  std::vector<Finding> findings;
  if (verification) {
    EpochResult result;
    result.testLoss = test->loss;
    result.testAccuracy = test->accuracy;
    verification->measured(result);
    findings = verification->conclude(Ending::Whole);
  }
  std::vector<std::string> names = namesFor(dataset, weights.file);
  if (request.json)
    console.out << evaluationJson(model, dataset, *test, counts, names,
                                  findings)
                << std::endl;
  else
    console.out << fmt::format("test loss {:.4f}{}\n", test->loss,
                               accuracyText("test", test->accuracy))
                << toText(counts, names) << toText(findings) << std::flush;
  console.err << memoryReport(programs.allocatedBytes()) << std::endl;
  tellBroken(dataset, {&testSet}, console);
  std::string problem;
  if (!std::isfinite(test->loss))
    problem = fmt::format("the test loss is {}: the weights of {} are no use",
                          test->loss, request.weights);
  if (verification)
    verification->requireMet(problem);
  if (!problem.empty())
    throw Error(problem);
  return Outcome::Finished;
}

} // namespace netc::runtime::train
