// The training loop: epochs of steps, an evaluation after each, and what is
// said and recorded of them. Its course depends on the programs, the examples
// and the settings' seed and order alone.
#pragma once

#include "runtime/train/ClassCounts.h"
#include "runtime/train/Progress.h"

#include <atomic>
#include <deque>
#include <functional>

namespace netc::runtime::train {

enum class Outcome { Finished, Interrupted };

/// A loss that is not finite: the training cannot go on.
class Diverged : public Error {
public:
  using Error::Error;
};

/// What is known of a run's length beforehand: epochs, or steps, whichever
/// ends first. \pre settings name one
RunLength runLength(const TrainSettings &settings, int64_t trainExamples,
                    int64_t batch);

/// Means over the examples of a pass, weighted by how many of their labels
/// count; an accuracy that is not a number is none.
struct Evaluation {
  double loss = 0, accuracy = 0;
};

/// Runs `evaluate` over all examples of the loader, in their own order; the
/// rows that fill up the last batch do not count. None if interrupted. What
/// each batch adds is summed in order, in double; `classes`, one for each
/// label, are added to where the loss has an accuracy.
std::optional<Evaluation> evaluate(Programs &programs, data::Loader &loader,
                                   int64_t examples, const RunState &state,
                                   Progress &progress,
                                   const std::atomic<bool> &interrupted,
                                   std::vector<ClassCount> *classes = nullptr);

class Trainer {
public:
  /// Everything outlives the trainer. The parameters are as they are:
  /// initialised or loaded.
  Trainer(Programs &programs, const data::Examples &trainSet,
          const data::Examples &testSet, const TrainSettings &settings,
          Metrics &metrics, Console &console,
          const std::atomic<bool> &interrupted);

  /// Called with each whole epoch, when it is done.
  std::function<void(const EpochResult &)> afterEpoch;

  /// Trains to the end or until interrupted. Throws Diverged for a loss that is
  /// not finite, with its step and epoch. After any other exception no step is
  /// under way: the parameters are those behind step stepsDone().
  Outcome run();

  int64_t stepsDone() const { return static_cast<int64_t>(state.step); }
  int64_t epoch() const { return state.epoch + int64_t{1}; }

private:
  struct Sums {
    double loss = 0, weight = 0; // of the examples: 1 where all labels count
    int64_t correct = 0, labels = 0, examples = 0;
    bool hasAccuracy = true;
  };

  Outcome runEpochs();
  /// Whether the whole epoch was done, or a limit or Ctrl-C came first.
  bool trainEpoch(Sums &sums);
  /// Starts the steps of an epoch; whether Ctrl-C ended it.
  bool trainBatches(Sums &sums);
  /// `start` is when the step's batch was asked for: waiting for it counts.
  void startStep(const data::Batch &batch, Progress::Clock::time_point start);
  /// Ends the step that started first of those under way.
  void finishStep(Sums &sums);
  void finishAll(Sums &sums);
  bool limitReached() const;
  /// Says it when the metrics miss a line, once.
  void tellMissingMetrics();

  Programs &programs;
  const data::Examples &trainSet, &testSet;
  const TrainSettings &settings;
  Metrics &metrics;
  Console &console;
  const std::atomic<bool> &interrupted;
  data::Loader trainLoader, testLoader;
  Progress progress;
  // Steps and epochs started so far, both counted from 0 as programs see them.
  RunState state;

  struct StartedStep {
    int64_t number, examples;
    std::vector<int64_t> counted; // labels of each example that count
    Progress::Clock::time_point start;
  };
  std::deque<StartedStep> underWay;
  Progress::Clock::time_point lastEnd; // of a step
};

} // namespace netc::runtime::train
