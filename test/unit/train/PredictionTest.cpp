// What is said of pictures, and of files that are none.
#include "runtime/train/Prediction.h"
#include "runtime/train/Weights.h"
#include "test/unit/train/FakePrograms.h"
#include "test/unit/train/TestPictures.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace netc::runtime;
using namespace netc::runtime::train;
using namespace netc::test;

namespace {

struct PredictionTest : testing::Test {
  TempFolder folder;
  FakePrograms programs{4, 22}; // a picture's class is its first pixel
  PredictRequest request;
  std::ostringstream out, err;
  Console console{out, err};
  std::atomic<bool> interrupted{false};

  PredictionTest() {
    request.weights = folder.path("w.safetensors");
    request.top = 1;
    save({{"classes",
           R"(["c0","c1","c2","c3","c4","c5","c6","c7","c8","c9"])"}});
  }
  void save(const SafetensorsMetadata &metadata) {
    programs.initialize({});
    saveWeights(programs, request.weights, metadata);
  }
  std::string picture(const std::string &name, uint8_t level) {
    std::string path = folder.path(name);
    writeFile(path, png(2, 3, plain({level, level, level})));
    return path;
  }
  std::string broken(const std::string &name) {
    writeFile(folder.path(name), "no picture");
    return folder.path(name);
  }
  Outcome predict() {
    out.str("");
    return predictImages(programs, request, console, interrupted);
  }
  std::vector<nlohmann::json> lines() {
    std::vector<nlohmann::json> all;
    std::istringstream stream(out.str());
    for (std::string line; std::getline(stream, line);)
      all.push_back(nlohmann::json::parse(line));
    return all;
  }
};

std::vector<int64_t> labelsOf(const std::vector<ScoredClass> &scored) {
  std::vector<int64_t> labels;
  for (const ScoredClass &each : scored)
    labels.push_back(each.label);
  return labels;
}

} // namespace

TEST(ScoreClasses, Softmax) {
  std::vector<float> logits = {1, 3, -2, 3, 0.5f};
  auto scored = scoreClasses(Loss::SoftmaxCrossEntropy, logits);
  // Of equals the first, as the accuracy counts it.
  EXPECT_EQ(labelsOf(scored), (std::vector<int64_t>{1, 3, 0, 4, 2}));
  double sum = 0;
  for (float logit : logits)
    sum += std::exp(double(logit));
  for (const ScoredClass &each : scored)
    EXPECT_NEAR(each.score, std::exp(double(logits[size_t(each.label)])) / sum,
                1e-15);
}

TEST(ScoreClasses, LargeLogits) {
  std::vector<float> logits = {-3e38f, 3e38f, 2.9e38f};
  auto scored = scoreClasses(Loss::SoftmaxCrossEntropy, logits);
  EXPECT_EQ(scored[0].label, 1);
  EXPECT_EQ(scored[0].score, 1);
  EXPECT_EQ(scored[2].score, 0);
  for (float logit : {3e38f, -3e38f}) {
    auto two = scoreClasses(Loss::SigmoidBinaryCrossEntropy, {&logit, 1});
    EXPECT_EQ(two[0].score, 1);
    EXPECT_EQ(two[1].score, 0);
    EXPECT_EQ(two[0].label, logit > 0 ? 1 : 0);
  }
}

TEST(ScoreClasses, Sigmoid) {
  std::vector<float> logits = {-1, 2};
  auto scored = scoreClasses(Loss::SigmoidBinaryCrossEntropy, logits);
  EXPECT_EQ(labelsOf(scored), (std::vector<int64_t>{1, 0}));
  EXPECT_NEAR(scored[0].score, 1 / (1 + std::exp(-2.0)), 1e-15);
  EXPECT_NEAR(scored[1].score, 1 / (1 + std::exp(1.0)), 1e-15);
  // One output: the class 1 where it is above 0.
  float logit = 0;
  EXPECT_EQ(
      labelsOf(scoreClasses(Loss::SigmoidBinaryCrossEntropy, {&logit, 1})),
      (std::vector<int64_t>{0, 1}));
  logit = 0.5f;
  scored = scoreClasses(Loss::SigmoidBinaryCrossEntropy, {&logit, 1});
  EXPECT_EQ(labelsOf(scored), (std::vector<int64_t>{1, 0}));
  EXPECT_NEAR(scored[0].score + scored[1].score, 1, 1e-15);
  EXPECT_NEAR(scored[0].score, 1 / (1 + std::exp(-0.5)), 1e-15);
}

TEST(ScoreClasses, NoProbabilities) {
  std::vector<float> outputs = {0.25f, 1.5f};
  auto scored = scoreClasses(Loss::MeanSquaredError, outputs);
  EXPECT_EQ(labelsOf(scored), (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(scored[0].score, 1.5);
}

TEST_F(PredictionTest, ALineAPictureInBatches) {
  for (uint8_t level : {3, 0, 9, 5, 5, 1, 2, 7, 8})
    request.images.push_back(
        picture(std::to_string(request.images.size()) + ".png", level));
  for (int workers : {0, 1, 4}) {
    request.workers = workers;
    programs.runs.clear();
    EXPECT_EQ(predict(), Outcome::Finished);
    EXPECT_EQ(programs.runs["evaluate"], 3); // nine in batches of four
    std::string expected;
    const char *classes[] = {"c3", "c0", "c9", "c5", "c5",
                             "c1", "c2", "c7", "c8"};
    std::istringstream stream(out.str());
    for (size_t i = 0; i < std::size(classes); ++i) {
      std::string line;
      std::getline(stream, line);
      EXPECT_TRUE(
          line.starts_with(request.images[i] + ": " + classes[i] + " 0."))
          << line;
    }
  }
}

TEST_F(PredictionTest, Words) {
  request.images = {picture("a.png", 4)};
  request.top = 3;
  predict();
  // exp(0), exp(-1), exp(-1) of the sum.
  double sum =
      1 + 2 * (std::exp(-1.) + std::exp(-2.) + std::exp(-3.) + std::exp(-4.)) +
      std::exp(-5.);
  EXPECT_EQ(out.str(),
            request.images[0] + fmt::format(": c4 {:.3f}, c3 {:.3f}, "
                                            "c5 {:.3f}\n",
                                            1 / sum, std::exp(-1) / sum,
                                            std::exp(-1) / sum));
  save({});
  request.top = 1;
  predict();
  EXPECT_EQ(out.str(),
            request.images[0] + fmt::format(": class 4 {:.3f}\n", 1 / sum));
  request.top = 100;
  request.json = true;
  predict();
  nlohmann::json line = lines().at(0);
  EXPECT_EQ(line["image"], request.images[0]);
  ASSERT_EQ(line["classes"].size(), 10u);
  EXPECT_EQ(line["classes"][0]["label"], 4);
  EXPECT_NEAR(line["classes"][0]["probability"].get<double>(), 1 / sum, 1e-12);
  EXPECT_FALSE(line["classes"][0].contains("name"));
}

TEST_F(PredictionTest, NumbersAndOutputs) {
  request.images = {picture("a.png", 4)};
  programs.description.loss = Loss::MeanSquaredError;
  predict();
  EXPECT_EQ(out.str(), request.images[0] + ": c4 -0\n");
  request.json = true;
  predict();
  EXPECT_EQ(lines().at(0)["classes"][0]["output"], 0);
  programs.description.outputShape = {1}; // the first of the fake's
  programs.description.classes = 0;
  predict();
  EXPECT_EQ(lines().at(0)["output"], -4);
  request.json = false;
  predict();
  EXPECT_EQ(out.str(), request.images[0] + ": -4\n");
}

TEST_F(PredictionTest, BrokenPicturesAreNamedBehindTheOthers) {
  request.images = {broken("a.png"), picture("b.png", 1),
                    folder.path("none.png"), picture("c.png", 2),
                    folder.path()};
  expectError([&] { predict(); }, {"3 of 5 pictures could not be decoded"});
  EXPECT_EQ(err.str(), folder.path("a.png") +
                           ": neither a PNG nor a JPEG, WebP, BMP or TIFF\n" +
                           folder.path("none.png") +
                           ": No such file or directory\n" + folder.path() +
                           ": not a regular file\n");
  EXPECT_TRUE(out.str().starts_with(request.images[1] + ": c1 "));
  EXPECT_NE(out.str().find(request.images[3] + ": c2 "), std::string::npos);

  request.json = true;
  expectError([&] { predict(); }, {"3 of 5 pictures"});
  ASSERT_EQ(lines().size(), 5u);
  EXPECT_EQ(lines()[0]["error"],
            folder.path("a.png") +
                ": neither a PNG nor a JPEG, WebP, BMP or TIFF");
  EXPECT_EQ(lines()[1]["classes"][0]["name"], "c1");

  request.json = false;
  request.images.resize(2);
  expectError([&] { predict(); },
              {"a.png: neither a PNG nor a JPEG, WebP, BMP or TIFF"});
  request.skipsBroken = true;
  EXPECT_EQ(predict(), Outcome::Finished);
  EXPECT_TRUE(
      err.str().ends_with("skipped 1 broken picture: " + request.images[0] +
                          ": neither a PNG nor a JPEG, WebP, BMP or TIFF\n"));
  request.images.resize(1); // nothing is left
  expectError([&] { predict(); },
              {"a.png: neither a PNG nor a JPEG, WebP, BMP or TIFF"});
}

TEST_F(PredictionTest, NamesThatControlATerminal) {
  request.images = {picture("a\x1b[2J\n\xff.png", 1)};
  save({{"classes", R"(["0","\u001b[2J","2","3","4","5","6","7","8","9"])"}});
  predict();
  EXPECT_TRUE(out.str().starts_with(folder.path("a\\x1b[2J\\x0a\\xff.png") +
                                    ": \\x1b[2J 0."))
      << out.str();
  request.json = true;
  predict();
  EXPECT_EQ(lines().size(), 1u);
}

TEST_F(PredictionTest, WeightsThatDoNotFit) {
  request.images = {picture("a.png", 1)};
  save({{"classes", R"(["cat","dog"])"}});
  expectError([&] { predict(); },
              {request.weights, "has the names of 2 classes, network `Fake` "
                                "has 10"});
  save({});
  programs.nanInOutput = true;
  expectError([&] { predict(); },
              {"a.png: the network gives nan: the weights of " +
               request.weights + " are no use"});
}

TEST_F(PredictionTest, NetworksWithoutClasses) {
  request.images = {picture("a.png", 1)};
  programs.runs.clear();
  Model whole = programs.description;
  programs.description.labelShape = {2, 3};
  programs.description.outputShape = {10, 2, 3};
  expectError([&] { predict(); }, {"network `Fake` gives a map of 10x2x3",
                                   "--predict tells the class of a picture"});
  programs.description = whole;
  programs.description.takesLabels = false;
  expectError([&] { predict(); }, {"makes its input anew"});
  programs.description = whole;
  programs.description.inputShape = {2, 1, 3};
  expectError([&] { predict(); }, {"network `Fake`: pictures have 1 channel or "
                                   "3, the network takes 2"});
  EXPECT_TRUE(programs.runs.empty());
}

TEST_F(PredictionTest, Interrupted) {
  for (int i = 0; i < 9; ++i)
    request.images.push_back(picture(std::to_string(i) + ".png", 1));
  programs.afterRun = [&](const std::string &program) {
    interrupted = program == "evaluate";
  };
  EXPECT_EQ(predict(), Outcome::Interrupted);
  EXPECT_EQ(std::ranges::count(out.str(), '\n'), 4); // one batch
}
