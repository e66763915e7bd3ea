// The rates of a schedule, beside what torch.optim.lr_scheduler gives.
#include "runtime/train/Schedule.h"

#include <gtest/gtest.h>

using namespace netc::runtime::train;

namespace {
constexpr RunLength run{.stepsPerEpoch = 4, .steps = 20};
using Kind = Schedule::Kind;
} // namespace

TEST(Schedule, ConstantIsTheRate) {
  for (int64_t step : {0, 7, 19, 1000})
    EXPECT_EQ(learningRateAt({}, 0.1, step, run), 0.1);
}

// StepLR(step_size=2, gamma=0.1), stepped at each epoch's end.
TEST(Schedule, StepCountsEpochs) {
  Schedule schedule{.kind = Kind::Step, .every = 2, .factor = 0.1};
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.5, 0, run), 0.5);
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.5, 7, run), 0.5);
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.5, 8, run), 0.05);
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.5, 16, run), 0.005);
}

// CosineAnnealingLR(T_max=20, eta_min=0.02), stepped at each step's end.
TEST(Schedule, CosineFallsToTheLeast) {
  Schedule schedule{.kind = Kind::Cosine, .least = 0.02};
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.1, 0, run), 0.1);
  EXPECT_NEAR(learningRateAt(schedule, 0.1, 1, run), 0.0995075336, 1e-9);
  EXPECT_NEAR(learningRateAt(schedule, 0.1, 10, run), 0.06, 1e-12);
  EXPECT_NEAR(learningRateAt(schedule, 0.1, 19, run), 0.0204924664, 1e-9);
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.1, 25, run), 0.02);
}

TEST(Schedule, WarmupGrowsToTheRate) {
  Schedule schedule{.warmup = 0.5}; // two steps
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.1, 0, run), 0.05);
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.1, 1, run), 0.1);
  schedule.kind = Kind::Cosine;
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.1, 2, run), 0.1);
  EXPECT_NEAR(learningRateAt(schedule, 0.1, 11, run), 0.05, 1e-12);
  // A warmup longer than the run never ends.
  schedule.warmup = 10;
  EXPECT_DOUBLE_EQ(learningRateAt(schedule, 0.1, 19, run), 0.05);
}
