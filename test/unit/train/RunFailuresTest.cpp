// What comes between a training and its weights: signals, errors, disks, links
// and pictures that go.
#include "test/unit/train/SmallRun.h"

#include "runtime/train/Safetensors.h"
#include "test/unit/train/OwnMounts.h"
#include "test/unit/train/TestPictures.h"

#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace netc::runtime;
using namespace netc::test;

namespace fs = std::filesystem;

namespace {

struct RunFailures : SmallRun {
  RunFailures() {
    request.save = weights;
    writeFile(weights, "good weights");
  }
  /// Does it when the step (from 1) is done.
  void atStep(size_t step, const std::function<void()> &action) {
    programs.afterRun = [this, step, action](const std::string &program) {
      if (program != "evaluate" && programs.states.size() == step)
        action();
    };
  }
  /// What a file holds of the first parameter.
  std::vector<float> savedAt(const std::string &path) {
    SafetensorsFile file(path);
    std::vector<float> values(6);
    file.read(file.tensors().at(0), std::as_writable_bytes(std::span(values)));
    return values;
  }
};

/// Two classes, 22 pictures to train and 10 to test; pixels of picture i are i.
struct PictureRun : RunFailures {
  std::string root = folder.path("photos");

  PictureRun() {
    auto add = [&](const std::string &half, int count) {
      for (int i = 0; i < count; ++i) {
        std::string path = pathOf(half, i, count);
        fs::create_directories(fs::path(path).parent_path());
        auto grey = static_cast<uint8_t>(10 * i);
        writeFile(path, png(2, 3, [grey](int, int) {
                    return std::vector<uint8_t>{grey, grey, grey};
                  }));
      }
    };
    add("train", 22);
    add("test", 10);
    programs.description.classes = 2;
  }
  /// The first half of the pictures are of the first class.
  std::string pathOf(const std::string &half, int i, int count) const {
    return fmt::format("{}/{}/{}/{:02}.png", root, half,
                       i < count / 2 ? "a" : "b", i);
  }
  void look(bool skipsBroken) {
    data::PictureRequest pictures{{1, {2, 3}}, skipsBroken};
    dataset = data::inspect("folder:" + root, {}, pictures);
  }
};

} // namespace

TEST_F(RunFailures, ASignalBeforeTheFirstStepSavesNothing) {
  interrupted = true;
  EXPECT_EQ(train(), Outcome::Interrupted);
  EXPECT_TRUE(programs.states.empty());
  EXPECT_EQ(readFile(weights), "good weights");
  EXPECT_TRUE(said("interrupted before the first step: no weights are saved"));
  EXPECT_FALSE(said("weights saved"));
}

TEST_F(RunFailures, AnErrorBeforeTheFirstStepSavesNothing) {
  programs.afterRun = [&](const std::string &) {
    throw netc::Error("a fault");
  };
  expectError([&] { train(); }, {"a fault"});
  EXPECT_EQ(readFile(weights), "good weights");
  EXPECT_TRUE(said("stopped before the first step: no weights are saved"));
}

TEST_F(RunFailures, AnErrorSavesWhatWasTrained) {
  atStep(9, [] { throw netc::Error("a fault"); });
  expectError([&] { train(); }, {"a fault"});
  EXPECT_TRUE(said("stopped after step 8 (epoch 2)"));
  EXPECT_TRUE(said("weights saved to " + weights));
  EXPECT_EQ(savedAt(weights), programs.values[0]);
  atStep(21, [] { throw std::bad_alloc(); });
  EXPECT_THROW(train(), std::bad_alloc);
  EXPECT_EQ(savedAt(weights), programs.values[0]);
}

TEST_F(RunFailures, AnErrorIsVerifiedAsAnInterruption) {
  request.verifies = true;
  programs.description.expectations = {
      {Metric::TestAccuracy, Comparison::GreaterEqual, 0.9, dataset.name, 2}};
  atStep(9, [] { throw netc::Error("a fault"); });
  expectError([&] { train(); }, {"a fault"});
  EXPECT_TRUE(out.str().ends_with("not compared, the run was interrupted\n"));
}

TEST_F(RunFailures, WhereSavingFailsTooBothAreSaid) {
  atStep(9, [&] {
    programs.values[1][0] = std::numeric_limits<float>::infinity();
    throw netc::Error("a fault");
  });
  expectError([&] { train(); }, {"a fault"});
  EXPECT_TRUE(said(weights + ": not saved: `dense_1.bias` holds inf"));
  EXPECT_EQ(readFile(weights), "good weights");
}

TEST_F(RunFailures, TheFolderIsRemovedMeanwhile) {
  std::string gone = folder.path("a/b");
  fs::create_directories(gone);
  request.save = gone + "/w.safetensors";
  atStep(3, [&] { fs::remove_all(gone); });
  std::string other =
      fmt::format("{}/w.{}.safetensors", folder.path("a"), getpid());
  expectError([&] { train(); },
              {gone + "/w.safetensors: cannot be written: No such file",
               "; the weights are in " + other});
  EXPECT_EQ(savedAt(other), programs.values[0]);
}

TEST_F(RunFailures, ItsPlaceIsTakenMeanwhile) {
  fs::remove(weights);
  atStep(3, [&] { fs::create_directories(weights + "/taken"); });
  try {
    train();
    FAIL() << "a folder was replaced";
  } catch (const WriteError &error) {
    EXPECT_EQ(savedAt(error.kept), programs.values[0]);
    EXPECT_NE(std::string(error.what()).find(error.kept), std::string::npos);
  }
}

TEST_F(RunFailures, TheDiskIsFilledMeanwhile) {
  OwnMounts mounts;
  std::string disk = folder.path("disk");
  fs::create_directory(disk);
  if (!mounts.disk(disk, 64 << 10))
    GTEST_SKIP() << "may not mount";
  request.save = disk + "/w.safetensors";
  request.metrics = metrics = disk + "/m.jsonl";
  request.epochs = 30; // more lines than a page has room for
  atStep(3, [&] { writeFile(disk + "/filler", Bytes(1 << 20)); });
  expectError([&] { train(); },
              {"m.jsonl: metrics are incomplete: No space left"});
  EXPECT_EQ(savedAt(request.save), programs.values[0]);
  EXPECT_EQ(programs.states.size(), 180u);
  EXPECT_GT(metricsLines().size(), 4u); // each is one
}

TEST_F(RunFailures, AReaderOfTheMetricsThatGoes) {
  auto before = signal(SIGPIPE, SIG_IGN);
  request.metrics = metrics;
  ASSERT_EQ(mkfifo(metrics.c_str(), 0600), 0);
  int reader = open(metrics.c_str(), O_RDONLY | O_NONBLOCK);
  atStep(3, [&] { close(reader); });
  expectError([&] { train(); },
              {metrics + ": metrics are incomplete: Broken pipe"});
  EXPECT_TRUE(
      said("metrics are incomplete: Broken pipe; the training goes on"));
  EXPECT_EQ(savedAt(weights), programs.values[0]);
  EXPECT_EQ(programs.states.size(), 12u);

  programs.runs.clear(); // and one that never came
  expectError([&] { train(); }, {"it is a pipe that nothing reads"});
  EXPECT_TRUE(programs.runs.empty());
  signal(SIGPIPE, before);
}

TEST_F(RunFailures, TwoRunsWithOneFileOfMetrics) {
  request.metrics = metrics;
  bool isTold = false;
  atStep(3, [&] {
    FakePrograms others{4, 22};
    TrainRequest second;
    second.metrics = metrics;
    expectError(
        [&] { trainNetwork(others, dataset, second, console, interrupted); },
        {metrics + ": cannot be written: another run writes it"});
    EXPECT_TRUE(others.runs.empty());
    isTold = true;
  });
  EXPECT_EQ(train(), Outcome::Finished);
  EXPECT_TRUE(isTold);
  EXPECT_EQ(metricsLines().size(), 1u + 12 + 2);
}

TEST_F(PictureRun, APictureThatGoesEndsTheTrainingAndSaves) {
  for (const char *half : {"train", "test"}) {
    int count = half == std::string("train") ? 22 : 10;
    std::string gone = pathOf(half, 5, count);
    std::string content = readFile(gone);
    look(/*skipsBroken=*/false);
    request.workers = 0; // else it may have been read ahead
    programs.states.clear();
    atStep(1, [&] { fs::remove(gone); });
    expectError([&] { train(); },
                {gone + ": No such file", "with --skip-broken another takes"});
    EXPECT_TRUE(said("stopped after step"));
    EXPECT_EQ(savedAt(weights), programs.values[0]);
    writeFile(gone, content);
  }
}

TEST_F(PictureRun, OtherPicturesTakeTheirPlaces) {
  look(/*skipsBroken=*/true);
  fs::remove(pathOf("train", 4, 22)); // deleted, cut, and a folder
  std::string cut = pathOf("train", 5, 22), content = readFile(cut);
  writeFile(cut, content.substr(0, content.size() / 2));
  fs::remove(pathOf("train", 21, 22)); // the last: the first stands in
  fs::remove(pathOf("test", 0, 10));
  fs::create_directory(pathOf("test", 0, 10));
  std::vector<float> first;
  for (int workers : {0, 1, 4}) {
    request.workers = workers;
    err.str("");
    EXPECT_EQ(train(), Outcome::Finished);
    EXPECT_TRUE(said("replaced 3 broken pictures of folder:" + root +
                     " by the next that could be read: " +
                     pathOf("train", 4, 22) + ": No such file"))
        << err.str();
    EXPECT_TRUE(
        said("replaced 1 broken picture of folder:" + root +
             " by the next that could be read: " + pathOf("test", 0, 10)));
    std::vector<float> now = savedAt(weights);
    if (first.empty())
      first = now;
    EXPECT_EQ(now, first) << workers << " workers";
  }
  err.str("");
  evaluateNetwork(programs, dataset, {weights}, console, interrupted);
  EXPECT_TRUE(said("replaced 1 broken picture"));
}

// What is decoded once, beforehand, has the labels of what took the place.
TEST_F(PictureRun, PicturesThatAreKept) {
  look(/*skipsBroken=*/true);
  request.save.clear();
  fs::remove(pathOf("train", 10, 22)); // the last of its class
  data::Examples examples = loadExamples(dataset, data::Split::Train);
  data::Loader pixels(examples, 22, 2);
  pixels.start(data::exampleOrder(22, data::Order::Sequential, 0, 0));
  data::Batch whole = *pixels.next();
  data::Loader labels(examples, 22, 2, data::Contents::Labels);
  labels.start(data::exampleOrder(22, data::Order::Sequential, 0, 0));
  const data::Batch &batch = *labels.next();
  EXPECT_EQ(batch.samples[10], 11);
  EXPECT_EQ(batch.labels[10], 1);
  EXPECT_EQ(batch.labels, whole.labels);
  EXPECT_EQ(batch.samples, whole.samples);
}
