// The learning rate of each step: what the network's text says of it, as plain
// data, and the rule.
#pragma once

#include "runtime/Enumerations.h"

#include <cstdint>

namespace netc::runtime::train {

struct Schedule {
  using Kind = fb::ScheduleKind;
  Kind kind = Kind::Constant;
  double every = 1, factor = 1; // Step: times `factor` every so many epochs
  double least = 0;             // Cosine: where it ends
  double warmup = 0;            // epochs in which the rate grows to its own
};

/// How long a run is, in steps.
struct RunLength {
  int64_t stepsPerEpoch = 1;
  int64_t steps = 1; // of the whole run
};

/// The rate of step `step`, counted from 0, of a run whose own rate is `rate`.
/// In the warmup it grows linearly, from one step's share on. Behind it, Step
/// is PyTorch's StepLR by epochs, counted from the run's beginning; Cosine is
/// CosineAnnealingLR by steps, from the warmup's end to the run's.
double learningRateAt(const Schedule &schedule, double rate, int64_t step,
                      const RunLength &run);

} // namespace netc::runtime::train
