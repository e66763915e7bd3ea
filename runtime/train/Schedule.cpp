// Computes in double and rounds once: the same on every machine.
#include "runtime/train/Schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace netc::runtime::train {

double learningRateAt(const Schedule &schedule, double rate, int64_t step,
                      const RunLength &run) {
  auto at = static_cast<double>(step);
  auto perEpoch = static_cast<double>(run.stepsPerEpoch);
  double warm = std::ceil(schedule.warmup * perEpoch); // steps
  if (at < warm)
    return rate * (at + 1) / warm;
  switch (schedule.kind) {
  case Schedule::Kind::Constant:
    return rate;
  case Schedule::Kind::Step:
    return rate * std::pow(schedule.factor,
                           std::floor(at / (perEpoch * schedule.every)));
  case Schedule::Kind::Cosine: {
    double length = std::max(static_cast<double>(run.steps) - warm, 1.0);
    double share = std::min((at - warm) / length, 1.0);
    return schedule.least + (rate - schedule.least) *
                                (1 + std::cos(std::numbers::pi * share)) / 2;
  }
  }
  return rate;
}

} // namespace netc::runtime::train
