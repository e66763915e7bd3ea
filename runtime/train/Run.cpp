// The order of a run: what is cheap to get wrong is checked first.
#include "runtime/train/Run.h"

#include "runtime/OutputFile.h"
#include "runtime/Printable.h"
#include "runtime/data/PictureFolder.h"
#include "runtime/train/ClassNames.h"
#include "runtime/train/Weights.h"

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

/// The broken pictures that were left out, if any.
void tellSkipped(const data::DatasetInfo &dataset, Console &console) {
  if (std::string report = data::skippedReport(dataset); !report.empty())
    console.err << report << std::endl;
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

void tellFindings(const std::vector<Finding> &findings, Console &console,
                  Metrics &metrics) {
  console.out << toText(findings) << std::flush;
  for (const Finding &finding : findings)
    metrics.finding(finding);
}

} // namespace

void checkPaths(const TrainRequest &request, const Model &model) {
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
    checkWritable(request.save, weightsBytes(model));
  if (!request.metrics.empty())
    Metrics::check(request.metrics);
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
                     const TrainRequest &request, Console &console,
                     const std::atomic<bool> &interrupted) {
  const Model &model = programs.model();
  checkDataset(model, dataset, /*training=*/true);
  checkPaths(request, model);
  std::optional<Verification> verification =
      planVerification(model, dataset, request);
  std::optional<MatchedWeights> weights;
  if (!request.weights.empty()) {
    weights = openWeights(model, request.weights);
    if (model.takesLabels) // else classes mean nothing to it
      checkClassNames(weights->file, dataset);
  }
  data::Examples trainSet = loadExamples(dataset, data::Split::Train);
  data::Examples testSet = loadExamples(dataset, data::Split::Test);

  TrainSettings settings = resolve(request, model);
  if (request.save.empty())
    console.err << "note: without --save the trained weights will be gone at "
                   "the end"
                << std::endl;
  RunState state;
  state.seed = settings.seed;
  state.learningRate = settings.learningRate;
  programs.initialize(state); // the optimiser's state too
  if (weights)
    loadWeights(programs, *weights);

  std::optional<Metrics> file;
  Metrics none;
  if (!request.metrics.empty())
    file.emplace(request.metrics);
  Metrics &metrics = file ? *file : none;
  metrics.run(model, dataset, settings, programs.allocatedBytes());

  Trainer trainer(programs, trainSet, testSet, settings, metrics, console,
                  interrupted);
  if (verification)
    trainer.afterEpoch = [&](const EpochResult &result) {
      verification->measured(result);
    };
  Outcome outcome = Outcome::Finished;
  try {
    outcome = trainer.run();
  } catch (const Diverged &error) {
    if (!verification)
      throw;
    tellFindings(verification->conclude(Ending::Diverged), console, metrics);
    verification->requireMet(error.what());
    throw;
  }
  if (verification)
    tellFindings(verification->conclude(outcome == Outcome::Interrupted
                                            ? Ending::Interrupted
                                            : Ending::Whole),
                 console, metrics);
  if (outcome == Outcome::Interrupted)
    console.err << fmt::format("interrupted after step {} (epoch {})",
                               trainer.stepsDone(), trainer.epoch())
                << std::endl;
  if (!request.save.empty()) {
    saveWeights(programs, request.save,
                model.takesLabels ? classMetadata(dataset)
                                  : SafetensorsMetadata());
    console.err << fmt::format("weights saved to {}", printable(request.save))
                << std::endl;
  }
  console.err << memoryReport(programs.allocatedBytes()) << std::endl;
  tellSkipped(dataset, console);
  metrics.close();
  if (verification && outcome == Outcome::Finished)
    verification->requireMet();
  return outcome;
}

Outcome evaluateNetwork(Programs &programs, const data::DatasetInfo &dataset,
                        const EvaluateRequest &request, Console &console,
                        const std::atomic<bool> &interrupted) {
  const Model &model = programs.model();
  checkDataset(model, dataset, /*training=*/false);
  std::optional<Verification> verification;
  if (request.verifies)
    verification.emplace(model, dataset.name);
  MatchedWeights weights = openWeights(model, request.weights);
  if (model.takesLabels)
    checkClassNames(weights.file, dataset);
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
  tellSkipped(dataset, console);
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
