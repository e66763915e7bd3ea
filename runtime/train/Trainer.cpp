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

/// What the first `rows` rows of a step's outputs add up to.
struct StepSum {
  double loss = 0;
  int64_t correct = 0;
  bool hasAccuracy = true;
};

StepSum sumOf(const Programs::Outputs &outputs, int64_t rows) {
  auto count = static_cast<size_t>(rows);
  assert(count <= outputs.loss.size());
  StepSum sum;
  sum.hasAccuracy = !outputs.correct.empty();
  for (size_t row = 0; row < count; ++row) {
    sum.loss += outputs.loss[row];
    if (sum.hasAccuracy)
      sum.correct += outputs.correct[row];
  }
  return sum;
}

/// The share of the labels of `examples`; not a number where there is none.
double accuracyOf(const Model &model, int64_t examples, int64_t correct,
                  bool hasAccuracy) {
  if (!hasAccuracy)
    return std::numeric_limits<double>::quiet_NaN();
  int64_t labels = examples * elementCount(model.labelShape);
  return static_cast<double>(correct) / static_cast<double>(labels);
}

} // namespace

std::optional<Evaluation> evaluate(Programs &programs, data::Loader &loader,
                                   int64_t examples, const RunState &state,
                                   Progress &progress,
                                   const std::atomic<bool> &interrupted,
                                   std::vector<ClassCount> *classes) {
  int64_t batches = batchesOf(examples, programs.model().evaluateBatch);
  double loss = 0;
  int64_t correct = 0, done = 0;
  bool hasAccuracy = true;
  loader.start(data::Order::Sequential, /*seed=*/0, /*epoch=*/0);
  while (const data::Batch *batch = loader.next()) {
    if (interrupted)
      return std::nullopt;
    Programs::Outputs outputs = programs.run(program::evaluate, state, *batch);
    StepSum sum = sumOf(outputs, batch->size);
    if (classes && sum.hasAccuracy)
      countClasses(programs.model(), outputs, *batch, *classes);
    loss += sum.loss;
    correct += sum.correct;
    hasAccuracy = sum.hasAccuracy;
    progress.evaluation(++done, batches);
  }
  auto count = static_cast<double>(examples);
  return Evaluation{loss / count, accuracyOf(programs.model(), examples,
                                             correct, hasAccuracy)};
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
  underWay.push_back({stepsDone(), batch.size, start});
}

void Trainer::finishStep(Sums &sums) {
  StartedStep step = underWay.front();
  underWay.pop_front();
  StepSum sum = sumOf(programs.finish(), step.examples);
  double loss = sum.loss / static_cast<double>(step.examples);
  // A step that starts beside another counts from that one's end.
  metrics.step(step.number, loss, secondsSince(std::max(step.start, lastEnd)));
  lastEnd = Clock::now();
  if (!std::isfinite(loss)) {
    progress.clear();
    throw Diverged(fmt::format("the loss is {} at step {} (epoch {}): training "
                               "stopped, no weights are saved; a smaller --lr "
                               "may help",
                               loss, step.number, epoch()));
  }
  sums.loss += sum.loss;
  sums.correct += sum.correct;
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
  while (!limitReached()) {
    Clock::time_point start = Clock::now();
    const data::Batch *batch = trainLoader.next();
    if (!batch) {
      finishAll(sums);
      return true;
    }
    startStep(*batch, start);
    if (static_cast<int64_t>(underWay.size()) == programs.depth())
      finishStep(sums);
    if (interrupted) {
      finishAll(sums);
      return false;
    }
  }
  finishAll(sums);
  // The limit may have come with the epoch's end.
  return sums.examples == trainSet.count;
}

Outcome Trainer::run() {
  if (programs.model().dataset)
    programs.keepDataset(trainSet, settings.workers);
  for (; !limitReached(); ++state.epoch) {
    if (settings.epochs && state.epoch >= *settings.epochs)
      break;
    Clock::time_point start = Clock::now();
    Sums sums;
    bool whole = trainEpoch(sums);
    auto count = static_cast<double>(sums.examples);
    EpochResult result;
    result.epoch = epoch();
    result.loss = sums.loss / count;
    result.trainAccuracy = accuracyOf(programs.model(), sums.examples,
                                      sums.correct, sums.hasAccuracy);
    if (!whole) {
      progress.clear();
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
    if (afterEpoch)
      afterEpoch(result);
  }
  return interrupted ? Outcome::Interrupted : Outcome::Finished;
}

} // namespace netc::runtime::train
