// Epochs, steps and sums.
#include "runtime/train/Trainer.h"

#include "runtime/Contract.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace netc::runtime::train {
namespace {

using Clock = Progress::Clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int64_t batchesOf(int64_t examples, int64_t batch) {
  return (examples + batch - 1) / batch;
}

/// How many of the labels [rows, places] of each example count: all but those
/// below 0. Numbers, which are no classes, and inputs all do.
std::vector<int64_t> countedLabels(const Model &model,
                                   std::span<const int32_t> labels,
                                   int64_t rows) {
  auto places = static_cast<size_t>(placesOf(model));
  std::vector<int64_t> counted(static_cast<size_t>(rows),
                               static_cast<int64_t>(places));
  if (places == 1 || !model.takesLabels ||
      model.labelKind != data::LabelKind::Classes ||
      labels.size() < counted.size() * places) // transforms will move them
    return counted;
  for (size_t row = 0; row < counted.size(); ++row)
    counted[row] =
        std::ranges::count_if(labels.subspan(row * places, places),
                              [](int32_t label) { return label >= 0; });
  return counted;
}

/// The labels that a step compared its outputs with: those of the batch, unless
/// transforms have moved them.
std::span<const int32_t> labelsOf(const Programs::Outputs &outputs,
                                  std::span<const int32_t> given) {
  return outputs.labels.empty() ? given : outputs.labels;
}

/// What the rows of a step's outputs add up to, one for each of `counted`. An
/// example of which some labels do not count has that much less weight.
struct StepSum {
  double loss = 0, weight = 0;
  int64_t correct = 0, labels = 0;
  bool hasAccuracy = true;

  /// Nothing that counts has no loss.
  double meanLoss() const { return weight > 0 ? loss / weight : 0; }
};

StepSum sumOf(const Model &model, const Programs::Outputs &outputs,
              const std::vector<int64_t> &counted) {
  assert(counted.size() <= outputs.loss.size());
  auto all = static_cast<double>(placesOf(model));
  StepSum sum;
  sum.hasAccuracy = !outputs.correct.empty();
  for (size_t row = 0; row < counted.size(); ++row) {
    double weight = static_cast<double>(counted[row]) / all; // mostly 1
    sum.loss += weight * outputs.loss[row];
    sum.weight += weight;
    sum.labels += counted[row];
    if (sum.hasAccuracy)
      sum.correct += outputs.correct[row];
  }
  return sum;
}

/// The share of the labels; not a number where there is none.
double accuracyOf(int64_t labels, int64_t correct, bool hasAccuracy) {
  if (!hasAccuracy || labels == 0)
    return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(correct) / static_cast<double>(labels);
}

} // namespace

std::optional<Evaluation> evaluate(Programs &programs, data::Loader &loader,
                                   int64_t examples, const RunState &state,
                                   Progress &progress,
                                   const std::atomic<bool> &interrupted,
                                   std::vector<ClassCount> *classes) {
  int64_t batches = batchesOf(examples, programs.model().evaluateBatch);
  StepSum all;
  int64_t done = 0;
  loader.start(data::Order::Sequential, /*seed=*/0, /*epoch=*/0);
  while (const data::Batch *batch = loader.next()) {
    if (interrupted)
      return std::nullopt;
    Programs::Outputs outputs = programs.run(program::evaluate, state, *batch);
    StepSum sum =
        sumOf(programs.model(), outputs,
              countedLabels(programs.model(), labelsOf(outputs, batch->labels),
                            batch->size));
    if (classes && sum.hasAccuracy)
      countClasses(programs.model(), outputs, *batch, *classes);
    all.loss += sum.loss;
    all.weight += sum.weight;
    all.correct += sum.correct;
    all.labels += sum.labels;
    all.hasAccuracy = sum.hasAccuracy;
    progress.evaluation(++done, batches);
  }
  return Evaluation{all.meanLoss(),
                    accuracyOf(all.labels, all.correct, all.hasAccuracy)};
}

Trainer::Trainer(Programs &programs, const data::Examples &trainSet,
                 const data::Examples &testSet, const TrainSettings &settings,
                 Metrics &metrics, Console &console,
                 const std::atomic<bool> &interrupted)
    : programs(programs), trainSet(trainSet), testSet(testSet),
      settings(settings), metrics(metrics), console(console),
      interrupted(interrupted),
      trainLoader(trainSet, programs.model().batch, settings.workers,
                  programs.model().dataset ? data::Contents::Labels
                                           : data::Contents::PixelsAndLabels),
      testLoader(testSet, programs.model().evaluateBatch, settings.workers),
      progress(console) {
  assert((settings.epochs || settings.steps) && "else it would never end");
  state.seed = settings.seed;
  state.learningRate = settings.learningRate;
}

bool Trainer::limitReached() const {
  return settings.steps && stepsDone() >= *settings.steps;
}

RunLength runLength(const TrainSettings &settings, int64_t trainExamples,
                    int64_t batch) {
  RunLength run;
  run.stepsPerEpoch = batchesOf(trainExamples, batch);
  run.steps = settings.steps.value_or(std::numeric_limits<int64_t>::max());
  if (settings.epochs)
    run.steps = std::min(run.steps, *settings.epochs * run.stepsPerEpoch);
  return run;
}

void Trainer::startStep(const data::Batch &batch, Clock::time_point start) {
  bool whole = batch.size == programs.model().batch;
  assert((whole || batch.size == programs.model().lastBatch) &&
         "checkDataset proved that each batch has its program");
  state.learningRate = static_cast<float>(learningRateAt(
      programs.model().schedule, settings.learningRate, stepsDone(),
      runLength(settings, trainSet.count, programs.model().batch)));
  programs.start(whole ? program::trainStep : program::trainLastStep, state,
                 batch);
  ++state.step;
  underWay.push_back({stepsDone(), batch.size,
                      countedLabels(programs.model(), batch.labels, batch.size),
                      start});
}

void Trainer::tellMissingMetrics() {
  std::string note = metrics.takeNote();
  if (note.empty())
    return;
  progress.clear();
  console.err << "note: " << note
              << (interrupted ? "" : "; the training goes on") << std::endl;
}

void Trainer::finishStep(Sums &sums) {
  StartedStep step = underWay.front();
  underWay.pop_front();
  Programs::Outputs outputs = programs.finish();
  if (!outputs.labels.empty())
    step.counted =
        countedLabels(programs.model(), outputs.labels, step.examples);
  StepSum sum = sumOf(programs.model(), outputs, step.counted);
  double loss = sum.meanLoss();
  // A step that starts beside another counts from that one's end.
  metrics.step(step.number, loss, secondsSince(std::max(step.start, lastEnd)));
  tellMissingMetrics();
  lastEnd = Clock::now();
  if (!std::isfinite(loss))
    throw Diverged(fmt::format("the loss is {} at step {} (epoch {}): training "
                               "stopped, no weights are saved; a smaller --lr "
                               "may help",
                               loss, step.number, epoch()));
  sums.loss += sum.loss;
  sums.weight += sum.weight;
  sums.correct += sum.correct;
  sums.labels += sum.labels;
  sums.hasAccuracy = sum.hasAccuracy;
  sums.examples += step.examples;
  progress.step(step.examples, loss);
}

void Trainer::finishAll(Sums &sums) {
  while (!underWay.empty())
    finishStep(sums);
}

bool Trainer::trainEpoch(Sums &sums) {
  int64_t steps = batchesOf(trainSet.count, programs.model().batch);
  if (settings.steps)
    steps = std::min(steps, *settings.steps - stepsDone());
  progress.beginEpoch(epoch(), settings.epochs.value_or(0), steps);
  trainLoader.start(settings.order, settings.seed, state.epoch);
  bool endsEarly = trainBatches(sums);
  finishAll(sums);
  // A limit may have come with the epoch's end.
  return !endsEarly && sums.examples == trainSet.count;
}

bool Trainer::trainBatches(Sums &sums) {
  while (!limitReached()) {
    Clock::time_point start = Clock::now();
    const data::Batch *batch = trainLoader.next();
    if (!batch)
      return false;
    if (interrupted) // while the first batch was waited for, or before
      return true;
    startStep(*batch, start);
    if (static_cast<int64_t>(underWay.size()) == programs.depth())
      finishStep(sums);
    if (interrupted)
      return true;
  }
  return false;
}

Outcome Trainer::run() {
  try {
    return runEpochs();
  } catch (const Diverged &) {
    progress.clear();
    throw;
  } catch (...) {
    Sums dropped;
    finishAll(dropped);
    progress.clear();
    throw;
  }
}

Outcome Trainer::runEpochs() {
  if (programs.model().dataset)
    programs.keepDataset(trainSet, settings.workers);
  tellMissingMetrics(); // of what was written before the training
  for (; !limitReached(); ++state.epoch) {
    if (settings.epochs && state.epoch >= *settings.epochs)
      break;
    Clock::time_point start = Clock::now();
    Sums sums;
    bool whole = trainEpoch(sums);
    EpochResult result;
    result.epoch = epoch();
    result.loss = sums.weight > 0 ? sums.loss / sums.weight : 0;
    result.trainAccuracy =
        accuracyOf(sums.labels, sums.correct, sums.hasAccuracy);
    if (!whole) {
      progress.clear();
      if (sums.examples == 0) // interrupted before the epoch's first step
        return Outcome::Interrupted;
      console.out << fmt::format("step {}, loss {:.4f}{}, time {:.1f} sec",
                                 stepsDone(), result.loss,
                                 accuracyText("train", result.trainAccuracy),
                                 secondsSince(start))
                  << std::endl;
      return interrupted ? Outcome::Interrupted : Outcome::Finished;
    }

    std::optional<Evaluation> test = evaluate(
        programs, testLoader, testSet.count, state, progress, interrupted);
    progress.clear();
    if (!test)
      return Outcome::Interrupted;
    result.testLoss = test->loss;
    result.testAccuracy = test->accuracy;
    result.seconds = secondsSince(start);
    console.out << epochLine(result) << std::endl;
    metrics.epoch(result);
    tellMissingMetrics();
    if (afterEpoch)
      afterEpoch(result);
  }
  return interrupted ? Outcome::Interrupted : Outcome::Finished;
}

} // namespace netc::runtime::train
