// What a run is compared with, and what is said of it.
#include "runtime/train/Verification.h"
#include "test/unit/train/TestFiles.h"

#include <limits>

using namespace netc::runtime;
using namespace netc::runtime::train;
using namespace netc::test;

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

struct VerificationTest : testing::Test {
  Model model;

  VerificationTest() { model.network = "Net"; }
  void expect(Metric metric, Comparison comparison, double value,
              const std::string &dataset = "mnist", int64_t epochs = 0) {
    model.expectations.push_back({metric, comparison, value, dataset, epochs});
  }
  /// Of a run of `steps` steps, 10 an epoch.
  Verification ofSteps(int64_t steps, std::string_view dataset = "mnist") {
    return Verification(model, dataset, {10, steps});
  }
  static std::string report(Verification &verification,
                            Ending ending = Ending::Whole) {
    return toText(verification.conclude(ending));
  }
  static EpochResult epoch(int64_t number, double accuracy) {
    return {number, 1.5, accuracy - 0.25, 2.5, accuracy, 0};
  }
};

} // namespace

TEST_F(VerificationTest, WordsOfAnExpectation) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.7, "mnist", 1);
  expect(Metric::TrainLoss, Comparison::NotEqual, 2, "folder:a b");
  EXPECT_EQ(toString(model.expectations[0]),
            "test_accuracy >= 0.7 on \"mnist\" after 1 epoch");
  EXPECT_EQ(toString(model.expectations[1]),
            "train_loss != 2 on \"folder:a b\"");
}

TEST_F(VerificationTest, EachMeasureAtItsEpoch) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 1);
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.625);
  expect(Metric::TrainAccuracy, Comparison::Less, 0.25, "mnist", 2);
  expect(Metric::TrainLoss, Comparison::Equal, 1.5);
  expect(Metric::TestLoss, Comparison::LessEqual, 2.5);
  Verification verification = ofSteps(30);
  for (int64_t number : {1, 2, 3})
    verification.measured(epoch(number, 0.25 + 0.125 * double(number)));
  EXPECT_EQ(report(verification),
            "expect test_accuracy >= 0.5 on \"mnist\" after 1 epoch: missed, "
            "0.375\n"
            "expect test_accuracy >= 0.625 on \"mnist\": met, 0.625\n"
            "expect train_accuracy < 0.25 on \"mnist\" after 2 epochs: missed, "
            "0.25\n"
            "expect train_loss == 1.5 on \"mnist\": met, 1.5\n"
            "expect test_loss <= 2.5 on \"mnist\": met, 2.5\n");
  expectError([&] { verification.requireMet(); },
              {"network `Net` missed 2 of 5 expectations"});
  EXPECT_THROW(verification.requireMet(), Missed);
}

TEST_F(VerificationTest, AllMet) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5);
  Verification verification = ofSteps(10);
  verification.measured(epoch(1, 0.5));
  EXPECT_EQ(report(verification),
            "expect test_accuracy >= 0.5 on \"mnist\": met, 0.5\n");
  EXPECT_NO_THROW(verification.requireMet());
}

TEST_F(VerificationTest, WhatDoesNotApplyIsSaid) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5);
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.9, "cifar-10");
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.9, "mnist", 2);
  Verification verification = ofSteps(10);
  verification.measured(epoch(1, 0.75));
  EXPECT_EQ(
      report(verification),
      "expect test_accuracy >= 0.5 on \"mnist\": met, 0.75\n"
      "expect test_accuracy >= 0.9 on \"cifar-10\": not compared, the run "
      "is on \"mnist\"\n"
      "expect test_accuracy >= 0.9 on \"mnist\" after 2 epochs: not "
      "compared, the run has 1 epoch\n");
  EXPECT_NO_THROW(verification.requireMet());
}

TEST_F(VerificationTest, ARunThatEndsWithinAnEpoch) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 1);
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5);
  Verification verification = ofSteps(15);
  verification.measured(epoch(1, 0.75));
  EXPECT_EQ(
      report(verification),
      "expect test_accuracy >= 0.5 on \"mnist\" after 1 epoch: met, 0.75\n"
      "expect test_accuracy >= 0.5 on \"mnist\": not compared, the run "
      "ends within an epoch\n");
}

// Verifying nothing is no success.
TEST_F(VerificationTest, NothingToVerify) {
  expectError([&] { ofSteps(10); },
              {"--verify: the text of network `Net` expects nothing of a run",
               "on \"mnist\""});
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 2);
  expectError([&] { ofSteps(10, "cifar-10"); },
              {"--verify: there is nothing to verify for network `Net`",
               "after 2 epochs: the run is on \"cifar-10\""});
  expectError([&] { ofSteps(19); }, {"the run has 1 epoch"});
  expectError([&] { ofSteps(9); }, {"the run ends within its first epoch"});
  EXPECT_NO_THROW(ofSteps(20));
  for (int i = 0; i < 4; ++i)
    expect(Metric::TestLoss, Comparison::Less, 1, "cifar-100");
  expectError([&] { ofSteps(9); }, {"; and 1 more"});
}

TEST_F(VerificationTest, FoldersWithASlash) {
  expect(Metric::TestLoss, Comparison::Less, 9, "folder:photos/");
  EXPECT_NO_THROW(ofSteps(10, "folder:photos"));
  EXPECT_NO_THROW(ofSteps(10, "folder:photos//"));
  EXPECT_THROW(ofSteps(10, "folder:photo"), netc::Error);
}

TEST_F(VerificationTest, WhatIsNotANumberIsMissed) {
  expect(Metric::TestLoss, Comparison::NotEqual, 1);
  Verification verification = ofSteps(10);
  EpochResult result = epoch(1, 0.5);
  result.testLoss = notANumber;
  verification.measured(result);
  EXPECT_EQ(report(verification),
            "expect test_loss != 1 on \"mnist\": missed, not a number\n");
  EXPECT_THROW(verification.requireMet(), Missed);
}

// What was measured before stays so; the rest is open.
TEST_F(VerificationTest, Interrupted) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 1);
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 2);
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5);
  Verification verification = ofSteps(30);
  verification.measured(epoch(1, 0.75));
  EXPECT_EQ(
      report(verification, Ending::Interrupted),
      "expect test_accuracy >= 0.5 on \"mnist\" after 1 epoch: met, 0.75\n"
      "expect test_accuracy >= 0.5 on \"mnist\" after 2 epochs: not "
      "compared, the run was interrupted\n"
      "expect test_accuracy >= 0.5 on \"mnist\": not compared, the run "
      "was interrupted\n");
}

TEST_F(VerificationTest, Diverged) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 1);
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 2);
  expect(Metric::TestLoss, Comparison::Less, 9, "cifar-10", 2);
  Verification verification = ofSteps(30);
  verification.measured(epoch(1, 0.75));
  EXPECT_EQ(
      report(verification, Ending::Diverged),
      "expect test_accuracy >= 0.5 on \"mnist\" after 1 epoch: met, 0.75\n"
      "expect test_accuracy >= 0.5 on \"mnist\" after 2 epochs: missed, "
      "not a number\n"
      "expect test_loss < 9 on \"cifar-10\" after 2 epochs: not compared, "
      "the run is on \"mnist\"\n");
  expectError([&] { verification.requireMet("the loss is nan"); },
              {"the loss is nan; network `Net` missed 1 of 2 expectations"});
}

// Weights do not say after how many epochs they are.
TEST_F(VerificationTest, AnEvaluation) {
  expect(Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, "mnist", 5);
  expect(Metric::TrainLoss, Comparison::Less, 9);
  Verification verification(model, "mnist");
  verification.measured(epoch(0, 0.75));
  EXPECT_EQ(report(verification),
            "expect test_accuracy >= 0.5 on \"mnist\" after 5 epochs: met, "
            "0.75\n"
            "expect train_loss < 9 on \"mnist\": not compared, it takes a "
            "training\n");
  EXPECT_NO_THROW(verification.requireMet());
  model.expectations.erase(model.expectations.begin());
  expectError([&] { Verification(model, "mnist"); }, {"it takes a training"});
}
