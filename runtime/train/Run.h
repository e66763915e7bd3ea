// A whole run as the command line asks for it: paths checked, data loaded,
// weights read, trained or evaluated, saved, and told.
#pragma once

#include "runtime/train/Trainer.h"
#include "runtime/train/Verification.h"

namespace netc::runtime::train {

struct TrainRequest {
  std::optional<int64_t> epochs, steps; // without steps, the network's epochs
  std::optional<float> learningRate;    // else the network's
  uint64_t seed = 0;
  int workers = 1;
  data::Order order = data::Order::Shuffled;
  std::string weights, save, metrics; // paths; empty if not given
  /// The metrics' file, if it has been opened already: a pipe is opened once.
  std::shared_ptr<MetricsFile> metricsFile;
  std::string program;   // the path of what is run, which is never written over
  bool verifies = false; // against what the network's text expects
};

struct EvaluateRequest {
  std::string weights; // a path
  int workers = 1;
  bool verifies = false;
  bool json = false; // one object
};

/// Throws Error, before anything costly, where an output could not be written,
/// has no room for `weightsBytes` on its disk, or is one of the other files of
/// the run. Opens the metrics where they are a pipe.
void checkOutputs(TrainRequest &request, uint64_t weightsBytes = 0);

/// What a training will be verified against; none where it is not asked for.
/// Throws Error where there is nothing.
std::optional<Verification> planVerification(const Model &model,
                                             const data::DatasetInfo &dataset,
                                             const TrainRequest &request);

/// Trains, and saves the weights: at the end, after Ctrl-C, before Missed is
/// thrown, and before whatever else ends the training is. Not those of a
/// training that diverged, and none where no step was done. Throws Error.
Outcome trainNetwork(Programs &programs, const data::DatasetInfo &dataset,
                     const TrainRequest &request, Console &console,
                     const std::atomic<bool> &interrupted);

/// Prints `test loss 0.3512, test acc 0.871` of the weights at a path, and the
/// accuracy of each class. Throws Missed where they miss what is expected of
/// them.
Outcome evaluateNetwork(Programs &programs, const data::DatasetInfo &dataset,
                        const EvaluateRequest &request, Console &console,
                        const std::atomic<bool> &interrupted);

} // namespace netc::runtime::train
