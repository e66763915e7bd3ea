// Whole runs on a small data set: files checked, written, kept.
#include "test/unit/train/SmallRun.h"

#include "runtime/train/ClassNames.h"

using namespace netc::runtime;
using namespace netc::runtime::train;
using namespace netc::test;

using RunTest = SmallRun;

namespace {

/// Of one test example each, the labels below 5 hit.
const std::string classLines = "  t-shirt/top  1.000  1 of 1\n"
                               "  trouser      1.000  1 of 1\n"
                               "  pullover     1.000  1 of 1\n"
                               "  dress        1.000  1 of 1\n"
                               "  coat         1.000  1 of 1\n"
                               "  sandal       0.000  0 of 1\n"
                               "  shirt        0.000  0 of 1\n"
                               "  sneaker      0.000  0 of 1\n"
                               "  bag          0.000  0 of 1\n"
                               "  ankle boot   0.000  0 of 1\n";

} // namespace

TEST_F(RunTest, TrainsSavesAndEvaluates) {
  request.save = weights;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_FALSE(said("will be gone"));
  EXPECT_TRUE(said("memory: 123456 bytes"));
  EXPECT_TRUE(said("peak resident"));
  std::vector<float> trained = programs.values[0];

  FakePrograms fresh(4, 22);
  EXPECT_EQ(evaluateNetwork(fresh, dataset, {weights}, console, interrupted),
            Outcome::Finished);
  EXPECT_EQ(fresh.values[0], trained);
  EXPECT_TRUE(
      out.str().ends_with("test loss 0.4500, test acc 0.500\n" + classLines))
      << out.str();

  out.str("");
  EXPECT_EQ(evaluateNetwork(fresh, dataset, {weights, 1, false, true}, console,
                            interrupted),
            Outcome::Finished);
  auto object = nlohmann::json::parse(out.str());
  EXPECT_EQ(object["network"], "Fake");
  EXPECT_EQ(object["dataset"], "fashion-mnist");
  EXPECT_EQ(object["test_examples"], 10);
  EXPECT_NEAR(object["test_loss"].get<double>(), 0.45, 1e-6);
  EXPECT_EQ(object["test_accuracy"], 0.5);
  ASSERT_EQ(object["classes"].size(), 10u);
  EXPECT_EQ(object["classes"][4]["name"], "coat");
  EXPECT_EQ(object["classes"][4]["accuracy"], 1);
  EXPECT_EQ(object["classes"][5]["accuracy"], 0);
  EXPECT_FALSE(object.contains("expectations"));

  out.str("");
  fresh.hasAccuracy = false;
  evaluateNetwork(fresh, dataset, {weights}, console, interrupted);
  EXPECT_EQ(out.str(), "test loss 0.4500\n");
  out.str("");
  evaluateNetwork(fresh, dataset, {weights, 1, false, true}, console,
                  interrupted);
  object = nlohmann::json::parse(out.str());
  EXPECT_EQ(object["test_accuracy"], nullptr);
  EXPECT_EQ(object["classes"], nlohmann::json::array());
}

// Where the data set does not name its classes, the weights do.
TEST_F(RunTest, ClassNamesOfTheWeights) {
  request.save = weights;
  train();
  dataset.classNames.clear();
  out.str("");
  evaluateNetwork(programs, dataset, {weights}, console, interrupted);
  EXPECT_NE(out.str().find("  ankle boot   0.000  0 of 1\n"),
            std::string::npos);
  request.save = folder.path("nameless.safetensors");
  train();
  out.str("");
  evaluateNetwork(programs, dataset, {request.save}, console, interrupted);
  EXPECT_NE(out.str().find("  class 9  0.000  0 of 1\n"), std::string::npos);
}

TEST_F(RunTest, EvaluationThatIsNoNumber) {
  request.save = weights;
  train();
  programs.nanInEvaluation = true;
  expectError(
      [&] {
        evaluateNetwork(programs, dataset, {weights}, console, interrupted);
      },
      {"the test loss is nan", weights});
  EXPECT_NE(out.str().find("test loss nan, test acc 0.500\n"),
            std::string::npos);
}

// Two epochs of loss 1.05 and test accuracy 0.5.
TEST_F(RunTest, VerifiesWhatTheTextExpects) {
  request.verifies = true;
  expectError([&] { train(); }, {"expects nothing of a run"});
  EXPECT_TRUE(programs.runs.empty());

  programs.description.expectations = {
      {Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, dataset.name, 1},
      {Metric::TrainLoss, Comparison::Less, 1.06, dataset.name, 0}};
  request.metrics = metrics;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_TRUE(out.str().ends_with(
      "expect test_accuracy >= 0.5 on \"fashion-mnist\" after 1 epoch: met, "
      "0.5\n"
      "expect train_loss < 1.06 on \"fashion-mnist\": met, 1.05\n"));
  nlohmann::json line = metricsLines().at(15);
  EXPECT_EQ(line["kind"], "expectation");
  EXPECT_EQ(line["metric"], "test_accuracy");
  EXPECT_EQ(line["comparison"], ">=");
  EXPECT_EQ(line["value"], 0.5);
  EXPECT_EQ(line["dataset"], "fashion-mnist");
  EXPECT_EQ(line["epochs"], 1);
  EXPECT_EQ(line["verdict"], "met");
  EXPECT_EQ(line["reached"], 0.5);
  EXPECT_EQ(metricsLines().at(16)["epochs"], nullptr);

  // One epoch is enough for the one, and is the last for the other.
  request.epochs = 1;
  EXPECT_EQ(train(), Outcome::Finished);
  request.epochs.reset();
  request.steps = 5;
  expectError([&] { train(); }, {"there is nothing to verify",
                                 "the run ends within its first epoch",
                                 "the run ends within an epoch"});
}

// The weights of a run that misses are saved all the same.
TEST_F(RunTest, AMissIsSaidAtTheEnd) {
  request.verifies = true;
  request.save = weights;
  request.metrics = metrics;
  programs.description.expectations = {
      {Metric::TestAccuracy, Comparison::Greater, 0.5, dataset.name, 2}};
  EXPECT_THROW(train(), Missed);
  EXPECT_TRUE(out.str().ends_with(": missed, 0.5\n"));
  EXPECT_TRUE(std::filesystem::exists(weights));
  EXPECT_EQ(metricsLines().back()["verdict"], "missed");

  EXPECT_THROW(evaluateNetwork(programs, dataset, {weights, 1, true}, console,
                               interrupted),
               Missed);
  programs.description.expectations[0].comparison = Comparison::GreaterEqual;
  EXPECT_EQ(evaluateNetwork(programs, dataset, {weights, 1, true}, console,
                            interrupted),
            Outcome::Finished);
  EXPECT_TRUE(out.str().ends_with(
      "test loss 0.4500, test acc 0.500\n" + classLines +
      "expect test_accuracy >= 0.5 on \"fashion-mnist\" after 2 epochs: met, "
      "0.5\n"));
  out.str("");
  evaluateNetwork(programs, dataset, {weights, 1, true, true}, console,
                  interrupted);
  nlohmann::json findings = nlohmann::json::parse(out.str())["expectations"];
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0]["verdict"], "met");
  programs.nanInEvaluation = true;
  programs.description.expectations[0].metric = Metric::TestLoss;
  EXPECT_THROW(evaluateNetwork(programs, dataset, {weights, 1, true}, console,
                               interrupted),
               Missed);
  programs.description.expectations.clear();
  expectError(
      [&] {
        evaluateNetwork(programs, dataset, {weights, 1, true}, console,
                        interrupted);
      },
      {"expects nothing of a run"});
}

TEST_F(RunTest, WhatDivergesOrIsInterruptedIsVerifiedToo) {
  request.verifies = true;
  request.metrics = metrics;
  programs.description.expectations = {
      {Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, dataset.name, 1},
      {Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, dataset.name, 2}};
  programs.nanAtStep = 8;
  EXPECT_THROW(train(), Missed);
  EXPECT_TRUE(out.str().ends_with("after 1 epoch: met, 0.5\nexpect "
                                  "test_accuracy >= 0.5 on \"fashion-mnist\" "
                                  "after 2 epochs: missed, not a number\n"));
  EXPECT_EQ(metricsLines().back()["reached"], nullptr);

  programs.nanAtStep = -1;
  programs.description.expectations[0].comparison = Comparison::Less;
  programs.states.clear();
  programs.afterRun = [&](const std::string &) {
    interrupted = programs.states.size() == 8;
  };
  EXPECT_EQ(train(), Outcome::Interrupted); // 130, whatever was missed
  EXPECT_TRUE(out.str().ends_with(
      "after 1 epoch: missed, 0.5\nexpect test_accuracy >= 0.5 on "
      "\"fashion-mnist\" after 2 epochs: not compared, the run was "
      "interrupted\n"));
  // A divergence after all that is expected: an error, but no miss.
  programs.afterRun = nullptr;
  interrupted = false;
  programs.nanAtStep = 8;
  programs.description.expectations = {
      {Metric::TestAccuracy, Comparison::GreaterEqual, 0.5, dataset.name, 1}};
  expectError([&] { train(); }, {"the loss is nan at step 8"});
}

TEST_F(RunTest, WithoutSaveTheWeightsWillBeGone) {
  train();
  EXPECT_TRUE(said("without --save the trained weights will be gone"));
}

TEST_F(RunTest, TheNetworksDefaultsUnlessAskedOtherwise) {
  train();
  EXPECT_EQ(programs.states.size(), 12u);
  EXPECT_EQ(programs.states[0].learningRate, 0.5f);
  request.epochs = 1;
  request.learningRate = 0.25f;
  train();
  EXPECT_EQ(programs.states.size(), 18u);
  EXPECT_EQ(programs.states.back().learningRate, 0.25f);
}

TEST_F(RunTest, StepsAloneGoBeyondTheNetworksEpochs) {
  request.steps = 20;
  train();
  EXPECT_EQ(programs.states.size(), 20u);
}

TEST_F(RunTest, BeginsWithGivenWeights) {
  request.save = weights;
  request.epochs = 1;
  train();
  std::vector<float> first = programs.values[1];
  request.seed = 99;
  request.weights = weights;
  train();
  EXPECT_EQ(programs.values[1], first); // the bias is not trained
}

TEST_F(RunTest, SameSeedSameFile) {
  request.save = weights;
  request.seed = 3;
  train();
  std::string first = readFile(weights);
  request.workers = 4;
  train();
  EXPECT_EQ(readFile(weights), first);
  request.seed = 4;
  train();
  EXPECT_NE(readFile(weights), first);
}

TEST_F(RunTest, MetricsContent) {
  request.metrics = metrics;
  train();
  std::vector<nlohmann::json> lines = metricsLines();
  ASSERT_EQ(lines.size(), 1u + 12 + 2);
  EXPECT_EQ(lines[0]["kind"], "run");
  EXPECT_EQ(lines[0]["network"], "Fake");
  EXPECT_EQ(lines[0]["parameters"], 8);
  EXPECT_EQ(lines[0]["training_bytes"], 123456);
  EXPECT_EQ(lines[0]["steps"], nullptr);
  EXPECT_EQ(lines[0]["epochs"], 2);
  EXPECT_EQ(lines[1]["kind"], "step");
  EXPECT_EQ(lines[1]["step"], 1);
  EXPECT_TRUE(lines[1]["loss"].is_number());
  EXPECT_TRUE(lines[1]["seconds"].is_number());
  EXPECT_EQ(lines[7]["kind"], "epoch");
  EXPECT_EQ(lines[7]["epoch"], 1);
  EXPECT_NEAR(lines[7]["loss"].get<double>(), 1.05, 1e-6);
  EXPECT_NEAR(lines[7]["train_accuracy"].get<double>(), 12.0 / 22, 1e-9);
  EXPECT_NEAR(lines[7]["test_loss"].get<double>(), 0.45, 1e-6);
  EXPECT_EQ(lines[7]["test_accuracy"], 0.5);
  EXPECT_TRUE(lines[7]["seconds"].is_number());
  EXPECT_EQ(lines[14]["epoch"], 2);
}

TEST_F(RunTest, MetricsOfAFileWithAnyName) {
  request.metrics = metrics;
  programs.description.source = "caf\xe9.net"; // Latin 1
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(metricsLines()[0]["source"], "caf\xef\xbf\xbd.net");
}

TEST_F(RunTest, MetricsAreFlushedAsTheyGo) {
  request.metrics = metrics;
  programs.afterRun = [&](const std::string &) {
    // The run, and the steps before this one.
    if (programs.runs["evaluate"] == 0) {
      EXPECT_EQ(metricsLines().size(), programs.states.size());
    }
  };
  train();
}

TEST_F(RunTest, LossThatIsNoNumber) {
  request.save = weights;
  request.metrics = metrics;
  writeFile(weights, "good weights");
  programs.nanAtStep = 2;
  expectError([&] { train(); }, {"nan at step 2 (epoch 1)"});
  EXPECT_EQ(readFile(weights), "good weights");
  std::vector<nlohmann::json> lines = metricsLines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2]["step"], 2);
  EXPECT_EQ(lines[2]["loss"], nullptr);
}

TEST_F(RunTest, CtrlCSaves) {
  request.save = weights;
  programs.afterRun = [&](const std::string &) {
    interrupted = programs.states.size() == 3;
  };
  EXPECT_EQ(train(), Outcome::Interrupted);
  EXPECT_TRUE(said("interrupted after step 3 (epoch 1)"));
  EXPECT_TRUE(said("weights saved to " + weights));
  EXPECT_TRUE(std::filesystem::exists(weights));
}

TEST_F(RunTest, PathsAreCheckedBeforeTraining) {
  request.save = folder.path("none/w.safetensors");
  expectError([&] { train(); }, {"none/w.safetensors", "cannot be written"});
  request.save = "";
  request.metrics = folder.path("none/m.jsonl");
  expectError([&] { train(); }, {"none/m.jsonl", "cannot be written"});
  request.metrics = folder.path();
  expectError([&] { train(); }, {"Is a directory"});
  request.metrics = "";
  request.weights = folder.path("none.safetensors");
  expectError([&] { train(); }, {"none.safetensors", "no such file"});
  EXPECT_TRUE(programs.runs.empty());
}

TEST_F(RunTest, OneFileForTwoThings) {
  request.save = weights;
  request.metrics = folder.path(".") + "/w.safetensors";
  expectError([&] { train(); }, {"as --save and as --metrics"});
  request.save = "";
  request.weights = weights;
  writeFile(weights, "precious");
  expectError([&] { train(); }, {"as --weights and as --metrics"});
  EXPECT_EQ(readFile(weights), "precious");
}

TEST_F(RunTest, WhatIsRunIsNotWrittenOver) {
  request.program = folder.path("network.netx");
  writeFile(request.program, "precious");
  std::filesystem::create_symlink("network.netx", folder.path("link"));
  for (std::string *output : {&request.save, &request.metrics}) {
    *output = folder.path("link");
    expectError([&] { train(); },
                {"link: cannot be written: it is what is run"});
    output->clear();
  }
  EXPECT_EQ(readFile(request.program), "precious");
}

TEST_F(RunTest, AFailedStartKeepsOldMetrics) {
  writeFile(metrics, "old");
  request.metrics = metrics;
  request.weights = folder.path("none.safetensors");
  expectError([&] { train(); }, {"no such file"});
  EXPECT_EQ(readFile(metrics), "old");
}

TEST_F(RunTest, MetricsMayBeADevice) {
  request.metrics = "/dev/null";
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/null"));
}

TEST_F(RunTest, FullDiskUnderMetricsIsSaidAtTheEnd) {
  if (!std::filesystem::exists("/dev/full"))
    GTEST_SKIP() << "no /dev/full here";
  request.metrics = "/dev/full";
  request.save = weights;
  expectError([&] { train(); },
              {"/dev/full: metrics are incomplete", "No space left"});
  EXPECT_EQ(programs.states.size(), 12u);
  EXPECT_TRUE(std::filesystem::exists(weights));
  // And early, once.
  size_t note = err.str().find("note: /dev/full: metrics are incomplete: No "
                               "space left on device; the training goes on\n");
  EXPECT_LT(note, err.str().find("weights saved"));
  EXPECT_EQ(err.str().find("metrics are", note + 30), std::string::npos);
}

TEST_F(RunTest, OtherDataset) {
  dataset.shape = {1, 28, 28};
  expectError([&] { train(); },
              {"`fashion-mnist` has examples of 1x28x28", "for 1x2x3"});
  dataset.shape = {1, 2, 3};
  dataset.classes = 100;
  expectError([&] { train(); }, {"has 100 classes; network `Fake` is for 10"});
  dataset.classes = 10;
  dataset.trainExamples = 21;
  expectError([&] { train(); },
              {"has 21 training examples", "was compiled for 22"});
  programs.description.examples = 0;
  expectError([&] { train(); },
              {"has 1 examples (21 in batches of 4)", "was compiled for 2"});
  programs.description.lastBatch = 0;
  expectError([&] { train(); }, {"was compiled for whole batches only"});
  EXPECT_TRUE(programs.runs.empty());
}

// The names of the classes go with the weights, and weights of others are
// refused, before anything is trained.
TEST_F(RunTest, ClassesOfTheWeights) {
  request.save = weights;
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_EQ(classNamesOf(SafetensorsFile(weights)), dataset.classNames);

  request.save.clear();
  request.weights = weights;
  std::swap(dataset.classNames[0], dataset.classNames[4]);
  programs.runs.clear();
  expectError([&] { train(); },
              {weights, "weights of other classes: class 0 is `t-shirt/top`",
               "data set `fashion-mnist` is `coat`"});
  expectError(
      [&] {
        evaluateNetwork(programs, dataset, {weights}, console, interrupted);
      },
      {"weights of other classes"});
  EXPECT_TRUE(programs.runs.empty());
  dataset.classNames.pop_back();
  expectError([&] { train(); }, {"weights for 10 classes", "has 9"});
  dataset.classNames.clear(); // not known: nothing to compare
  EXPECT_EQ(train(), Outcome::Finished);
}

TEST_F(RunTest, ClassesThatAreNoList) {
  auto write = [&](const std::string &classes) {
    writeSafetensors(weights,
                     {{"dense_1.weight", {2, 3}}, {"dense_1.bias", {2}}},
                     [](size_t, std::span<std::byte> bytes) {
                       std::fill(bytes.begin(), bytes.end(), std::byte{0});
                     },
                     {{"classes", classes}});
  };
  request.weights = weights;
  for (const char *classes : {"cat, dog", "{}", "[1, 2]", "[\"a\"", "[[]]"}) {
    write(classes);
    expectError([&] { train(); },
                {weights, "`classes` in its metadata is no list of names"});
  }
  write("[]");
  EXPECT_EQ(train(), Outcome::Finished);
}
