// The loop: which programs run on what, when it ends, what it adds up.
#include "runtime/train/Trainer.h"
#include "test/unit/train/FakePrograms.h"
#include "test/unit/train/TestFiles.h"

#include <nlohmann/json.hpp>
#include <sstream>

using namespace netc::runtime;
using namespace netc::runtime::train;
using namespace netc::test;

namespace {

data::Examples someExamples(int64_t count) {
  data::Examples examples;
  examples.count = count;
  examples.exampleBytes = 6;
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t p = 0; p < 6; ++p)
      examples.pixels.push_back(static_cast<uint8_t>(i + p));
    examples.labels.push_back(static_cast<uint8_t>(i % 10));
  }
  return examples;
}

struct TrainerTest : testing::Test {
  data::Examples trainSet = someExamples(22), testSet = someExamples(10);
  FakePrograms programs{4, 22}; // five batches of 4, one of 2
  TrainSettings settings;
  Metrics metrics;
  std::ostringstream out, err;
  Console console{out, err};
  std::atomic<bool> interrupted{false};

  TrainerTest() {
    settings.epochs = 2;
    settings.learningRate = 0.5f;
    settings.order = data::Order::Sequential;
    programs.initialize({});
  }
  Outcome train() {
    Trainer trainer(programs, trainSet, testSet, settings, metrics, console,
                    interrupted);
    return trainer.run();
  }
};

/// Lines without their times.
std::vector<std::string> timeless(const std::string &text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line.substr(0, line.find(", time ")));
  return lines;
}

} // namespace

TEST_F(TrainerTest, EpochsStepsAndEvaluations) {
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(programs.runs["train_step"], 10);
  EXPECT_EQ(programs.runs["train_last_step"], 2);
  EXPECT_EQ(programs.runs["evaluate"], 6);
  // Mean loss of 0.0 ... 2.1; labels below 5 are right: 12 of 22, 5 of 10.
  std::string rest = ", loss 1.0500, train acc 0.545, test acc 0.500";
  EXPECT_EQ(timeless(out.str()),
            (std::vector<std::string>{"epoch 1" + rest, "epoch 2" + rest}));
}

// Steps that gather from a set they keep are given it once, and no pixels then.
TEST_F(TrainerTest, KeptDataset) {
  EXPECT_EQ(train(), Outcome::Finished);
  std::string expected = out.str();
  FakePrograms keeping(4, 22);
  keeping.description.dataset = 0;
  keeping.initialize({});
  for (int workers : {0, 2}) {
    settings.workers = workers;
    out.str("");
    Trainer trainer(keeping, trainSet, testSet, settings, metrics, console,
                    interrupted);
    EXPECT_EQ(trainer.run(), Outcome::Finished);
    EXPECT_EQ(timeless(out.str()), timeless(expected));
  }
  EXPECT_EQ(keeping.runs["keep"], 2);
  EXPECT_EQ(programs.runs["keep"], 0);
}

// A device that computes one step while the host prepares the next gives the
// same sums, leaves nothing under way, and is told of each step in its order.
TEST_F(TrainerTest, TwoStepsUnderWay) {
  EXPECT_EQ(train(), Outcome::Finished);
  std::string expected = out.str();
  auto values = programs.values;
  out.str("");
  FakePrograms others{4, 22};
  others.inFlight = 2;
  others.initialize({});
  TempFolder folder;
  std::string path = folder.path("metrics.jsonl");
  {
    MetricsFile file(path);
    Metrics lines(file, interrupted);
    Trainer trainer(others, trainSet, testSet, settings, lines, console,
                    interrupted);
    EXPECT_EQ(trainer.run(), Outcome::Finished);
  }
  EXPECT_EQ(timeless(out.str()), timeless(expected));
  EXPECT_EQ(others.values, values);
  EXPECT_EQ(others.unfinished(), 0u);
  std::ifstream lines(path);
  int64_t steps = 0;
  for (std::string line; std::getline(lines, line);) {
    auto object = nlohmann::json::parse(line);
    if (object["kind"] == "step") {
      EXPECT_EQ(object["step"], ++steps);
    }
  }
  EXPECT_EQ(steps, 12);
}

TEST_F(TrainerTest, TwoStepsUnderWayAreFinishedAtALimit) {
  programs.inFlight = 2;
  settings.epochs.reset();
  settings.steps = 3;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(programs.runs["train_step"], 3);
  EXPECT_EQ(programs.unfinished(), 0u);
  EXPECT_EQ(timeless(out.str()),
            std::vector<std::string>{"step 3, loss 0.5500, train acc 0.583"});
}

// The step that diverged is the one that is told, though another has started.
TEST_F(TrainerTest, DivergenceWithTwoStepsUnderWay) {
  programs.inFlight = 2;
  programs.nanAtStep = 3;
  try {
    train();
    FAIL() << "it did not diverge";
  } catch (const Diverged &error) {
    EXPECT_NE(std::string(error.what()).find("at step 3 (epoch 1)"),
              std::string::npos)
        << error.what();
  }
}

// After an error no step is under way: the parameters can be read.
TEST_F(TrainerTest, AnErrorWithTwoStepsUnderWay) {
  programs.inFlight = 3;
  trainSet.decode = [](int64_t example, std::span<uint8_t> out) {
    if (example == 9)
      throw netc::Error("9: gone");
    std::fill(out.begin(), out.end(), static_cast<uint8_t>(example));
  };
  settings.workers = 0;
  Trainer trainer(programs, trainSet, testSet, settings, metrics, console,
                  interrupted);
  expectError([&] { trainer.run(); }, {"9: gone"});
  EXPECT_EQ(trainer.stepsDone(), 2);
  EXPECT_EQ(programs.unfinished(), 0u);
}

TEST_F(TrainerTest, LossesWithoutAnAccuracy) {
  programs.hasAccuracy = false;
  settings.epochs = 1;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(timeless(out.str()),
            std::vector<std::string>{"epoch 1, loss 1.0500, test loss 0.4500"});
}

// Six steps an epoch: half the rate from the second on.
TEST_F(TrainerTest, SchedulesChangeTheRate) {
  programs.description.schedule = {
      .kind = Schedule::Kind::Step, .every = 1, .factor = 0.5};
  EXPECT_EQ(train(), Outcome::Finished);
  ASSERT_EQ(programs.states.size(), 12u);
  EXPECT_EQ(programs.states[5].learningRate, 0.5f);
  EXPECT_EQ(programs.states[6].learningRate, 0.25f);
}

// Of maps every pixel's label counts: here each example has two.
TEST_F(TrainerTest, AccuracyIsTheShareOfLabels) {
  programs.description.labelShape = {1, 2};
  settings.epochs = 1;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(timeless(out.str()),
            std::vector<std::string>{
                "epoch 1, loss 1.0500, train acc 0.273, test acc 0.250"});
}

TEST_F(TrainerTest, ProgramsSeeStepEpochSeedAndRate) {
  settings.seed = 7;
  train();
  ASSERT_EQ(programs.states.size(), 12u);
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(programs.states[i].step, i);
    EXPECT_EQ(programs.states[i].epoch, i / 6);
    EXPECT_EQ(programs.states[i].seed, 7u);
    EXPECT_EQ(programs.states[i].learningRate, 0.5f);
  }
}

TEST_F(TrainerTest, PaddingOfTheTestSetDoesNotCount) {
  // Two rows of padding have label 0, "right", and would give 7 of 12.
  settings.epochs = 1;
  train();
  ASSERT_EQ(programs.evaluatedLabels.size(), 12u);
  EXPECT_EQ(programs.evaluatedLabels[10], 0);
  EXPECT_NE(out.str().find("test acc 0.500"), std::string::npos);
}

TEST_F(TrainerTest, WholeBatchesOnly) {
  trainSet = someExamples(20);
  programs.description.lastBatch = 0;
  train();
  EXPECT_EQ(programs.runs["train_step"], 10);
  EXPECT_EQ(programs.runs["train_last_step"], 0);
}

TEST_F(TrainerTest, StepsEndWithinAnEpoch) {
  settings.epochs.reset();
  settings.steps = 8;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(programs.states.size(), 8u);
  EXPECT_EQ(programs.runs["evaluate"], 3); // after the first epoch only
  std::vector<std::string> lines = timeless(out.str());
  ASSERT_EQ(lines.size(), 2u);
  // Examples 0 to 7 of the second epoch.
  EXPECT_EQ(lines[1], "step 8, loss 0.3500, train acc 0.625");
}

TEST_F(TrainerTest, StepsEndWithAnEpoch) {
  settings.steps = 6;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(programs.states.size(), 6u);
  EXPECT_EQ(programs.runs["evaluate"], 3);
  EXPECT_EQ(timeless(out.str()).size(), 1u);
}

TEST_F(TrainerTest, EpochsEndBeforeSteps) {
  settings.steps = 100;
  train();
  EXPECT_EQ(programs.states.size(), 12u);
}

TEST_F(TrainerTest, LossThatIsNoNumberStopsTheTraining) {
  programs.nanAtStep = 9;
  expectError([&] { train(); },
              {"the loss is nan at step 9 (epoch 2)", "no weights are saved"});
  EXPECT_EQ(programs.states.size(), 9u);
}

TEST_F(TrainerTest, CtrlCEndsAfterTheStep) {
  programs.afterRun = [&](const std::string &program) {
    if (programs.states.size() == 3)
      interrupted = true;
  };
  EXPECT_EQ(train(), Outcome::Interrupted);
  EXPECT_EQ(programs.states.size(), 3u);
  EXPECT_EQ(programs.runs["evaluate"], 0);
}

TEST_F(TrainerTest, CtrlCBeforeTheFirstStep) {
  interrupted = true;
  EXPECT_EQ(train(), Outcome::Interrupted);
  EXPECT_TRUE(programs.states.empty());
  EXPECT_EQ(out.str(), "");
}

// Between two epochs: there is nothing to say of the second.
TEST_F(TrainerTest, CtrlCBeforeAnEpochsFirstStep) {
  programs.afterRun = [&](const std::string &) {
    interrupted = programs.runs["evaluate"] == 3; // the last of the first epoch
  };
  EXPECT_EQ(train(), Outcome::Interrupted);
  EXPECT_EQ(programs.states.size(), 6u);
  EXPECT_EQ(timeless(out.str()).size(), 1u);
}

TEST_F(TrainerTest, CtrlCEndsAnEvaluation) {
  programs.afterRun = [&](const std::string &program) {
    if (program == "evaluate")
      interrupted = true;
  };
  EXPECT_EQ(train(), Outcome::Interrupted);
  EXPECT_EQ(programs.runs["evaluate"], 1);
  EXPECT_EQ(out.str(), "");
}

TEST_F(TrainerTest, WeightsDependOnTheSeedAloneNotOnTheWorkers) {
  settings.order = data::Order::Shuffled;
  auto weights = [&](uint64_t seed, int workers) {
    settings.seed = seed;
    settings.workers = workers;
    programs.initialize({});
    train();
    return programs.values[0];
  };
  std::vector<float> first = weights(1, 1);
  EXPECT_EQ(weights(1, 1), first);
  EXPECT_EQ(weights(1, 0), first);
  EXPECT_EQ(weights(1, 5), first);
  EXPECT_NE(weights(2, 1), first);
}
