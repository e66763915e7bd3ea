// The lines a run writes.
#include "runtime/train/Progress.h"

#include <cmath>
#include <gtest/gtest.h>
#include <sstream>

using namespace netc::runtime::train;
using namespace std::chrono_literals;

namespace {

const ProgressState some = {.epoch = 2,
                            .epochs = 5,
                            .step = 120,
                            .steps = 469,
                            .loss = 0.83123,
                            .imagesPerSecond = 3541.26,
                            .secondsLeft = 12.4};

struct ProgressTest : testing::Test {
  std::ostringstream out, err;
  Console console{out, err};
  Progress::Clock::time_point start = Progress::Clock::now();
};

} // namespace

TEST(EpochLine, HasTheLecturesForm) {
  EXPECT_EQ(epochLine({.epoch = 1,
                       .loss = 1.30521,
                       .trainAccuracy = 0.5091,
                       .testLoss = 9,
                       .testAccuracy = 0.7449,
                       .seconds = 16.62}),
            "epoch 1, loss 1.3052, train acc 0.509, test acc 0.745, time 16.6 "
            "sec");
}

TEST(EpochLine, LeavesOutAccuraciesThatAreNone) {
  EXPECT_EQ(epochLine({.epoch = 3,
                       .loss = 0.03121,
                       .trainAccuracy = NAN,
                       .testLoss = 0.02984,
                       .testAccuracy = NAN,
                       .seconds = 1.04}),
            "epoch 3, loss 0.0312, test loss 0.0298, time 1.0 sec");
}

TEST(ProgressLine, SaysEverything) {
  EXPECT_EQ(progressLine(some), "epoch 2/5, step 120/469, loss 0.8312, 3541.3 "
                                "images/s, ETA 0:13");
  ProgressState unknown = some;
  unknown.epochs = 0;
  unknown.secondsLeft = 3725;
  EXPECT_EQ(progressLine(unknown), "epoch 2, step 120/469, loss 0.8312, 3541.3 "
                                   "images/s, ETA 1:02:05");
}

TEST(ProgressBar, FitsTheTerminal) {
  EXPECT_EQ(progressBar(some, 81),
            "epoch 2/5 [=====               ] 120/469, loss 0.8312, 3541.3 "
            "images/s, ETA 0:13");
  for (int columns = 0; columns < 200; ++columns)
    EXPECT_LT(progressBar(some, columns).size(),
              static_cast<size_t>(std::max(columns, 1)));
  ProgressState full = some;
  full.step = full.steps;
  EXPECT_NE(progressBar(full, 200).find("[" + std::string(40, '=') + "]"),
            std::string::npos);
}

TEST_F(ProgressTest, WithoutATerminalALineEvery30Seconds) {
  Progress progress(console, start);
  progress.beginEpoch(1, 2, 100, start);
  for (int i = 1; i <= 100; ++i)
    progress.step(10, 0.5, start + i * 1s);
  progress.clear();
  EXPECT_EQ(err.str(),
            "epoch 1/2, step 30/100, loss 0.5000, 10.0 images/s, ETA 1:10\n"
            "epoch 1/2, step 60/100, loss 0.5000, 10.0 images/s, ETA 0:40\n"
            "epoch 1/2, step 90/100, loss 0.5000, 10.0 images/s, ETA 0:10\n");
  EXPECT_EQ(out.str(), "");
}

TEST_F(ProgressTest, OnATerminalOneLineDrawnOver) {
  console.terminal = true;
  Progress progress(console, start);
  progress.beginEpoch(1, 2, 100, start);
  for (int i = 1; i <= 100; ++i)
    progress.step(10, 0.5, start + i * 60ms);
  progress.evaluation(1, 1, start + 7s);
  progress.clear();
  std::string text = err.str();
  EXPECT_EQ(text.find('\n'), std::string::npos);
  // Each 100 ms at most: every second step, and the evaluation's end, and the
  // clearing.
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 50 + 1 + 1);
  EXPECT_NE(text.find("\revaluating, batch 1/1"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\x1b[K"));
}

TEST_F(ProgressTest, Quiet) {
  console.quiet = console.terminal = true;
  Progress progress(console, start);
  progress.beginEpoch(1, 2, 10, start);
  for (int i = 1; i <= 10; ++i)
    progress.step(10, 0.5, start + i * 60s);
  progress.clear();
  EXPECT_EQ(err.str(), "");
}

TEST_F(ProgressTest, LossThatIsNoNumber) {
  ProgressState state = some;
  state.loss = std::nan("");
  EXPECT_NE(progressLine(state).find("loss nan"), std::string::npos);
}
