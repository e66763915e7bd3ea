// `data` and `train`: what they say, and the data set they meet.
#include "Analysis.h"

namespace netc::dsl {
namespace {

TEST(Train, Everything) {
  Analysis analysis(withDeclarations(
      "train { loss = SoftmaxCrossEntropy() init = Xavier batch = 256 epochs = "
      "7 optimizer = SGD(0.9, momentum=0.5, weight_decay=5e-4) }"));
  ASSERT_TRUE(analysis.network) << analysis.errors();
  const Train &train = analysis.network->train;
  EXPECT_TRUE(train.declared);
  EXPECT_EQ(train.batch, 256);
  EXPECT_EQ(train.epochs, 7);
  EXPECT_EQ(train.optimizer.learningRate(), 0.9);
  EXPECT_EQ(train.optimizer.settings.get("momentum"), 0.5);
  EXPECT_EQ(train.optimizer.settings.get("weight_decay"), 5e-4);
  EXPECT_EQ(text(train.lossRange), "SoftmaxCrossEntropy()");
  EXPECT_EQ(text(train.batchRange), "256");
}

TEST(Train, Defaults) {
  Analysis analysis(withDeclarations("train { }"));
  ASSERT_TRUE(analysis.network) << analysis.errors();
  const Train &train = analysis.network->train;
  EXPECT_EQ(train.batch, 128);
  EXPECT_EQ(train.epochs, 1);
  EXPECT_EQ(train.optimizer.learningRate(), 0.01);
  EXPECT_EQ(text(train.lossRange), "train");
}

TEST(Train, BadOptimizers) {
  auto errorsOf = [](std::string_view optimizer) {
    return Analysis(withDeclarations(
                        fmt::format("train {{ optimizer = {} }}", optimizer)))
        .errors();
  };
  EXPECT_EQ(errorsOf("SGD"), "2:21: `SGD` needs `lr`\n");
  EXPECT_EQ(errorsOf("SGD()"), "2:21: `SGD` needs `lr`\n");
  EXPECT_EQ(errorsOf("SGD(lr=-0.1)"),
            "2:25: `lr` must be at least 0, got -0.1\n");
  EXPECT_EQ(errorsOf("SGD(lr=1e300*1e300)"),
            "2:28: 1e+300 * 1e+300 is too large a number\n");
  EXPECT_EQ(errorsOf("SGD(lr=1, momentum=1)"),
            "2:31: `momentum` must be at least 0 and below 1, got 1.0\n");
  EXPECT_EQ(errorsOf("SGD(lr=1, weight_decay=-1)"),
            "2:31: `weight_decay` must be at least 0, got -1.0\n");
  EXPECT_EQ(errorsOf("SGD(lr=1e39)"),
            "2:25: `lr` must be below 3.4e38, a number of single precision, "
            "got 1e+39\n");
  EXPECT_EQ(errorsOf("SGD(learning_rate=1)"),
            "2:25: `SGD` has no argument `learning_rate`\n");
  EXPECT_EQ(errorsOf("optim.Adam(lr=x)"),
            "2:21: no optimizer is called `optim.Adam`\n"
            "2:35: no value is called `x`\n");
  EXPECT_EQ(errorsOf("0.1"), "2:21: `optimizer` must be a name, got 0.1\n");
  EXPECT_EQ(errorsOf("\"sgd\""),
            "2:21: `optimizer` must be a name, got \"sgd\"\n");
}

TEST(Train, Schedules) {
  Analysis step(
      withDeclarations("train { schedule = Step(30, factor=0.1) warmup = 2 }"));
  ASSERT_TRUE(step.network) << step.errors();
  EXPECT_EQ(step.network->train.schedule.kind, Schedule::Kind::Step);
  EXPECT_EQ(step.network->train.schedule.every, 30);
  EXPECT_EQ(step.network->train.schedule.factor, 0.1);
  EXPECT_EQ(step.network->train.schedule.warmup, 2);
  Analysis cosine(withDeclarations("train { schedule = Cosine }"));
  ASSERT_TRUE(cosine.network) << cosine.errors();
  EXPECT_EQ(cosine.network->train.schedule.kind, Schedule::Kind::Cosine);
  EXPECT_EQ(cosine.network->train.schedule.least, 0);

  auto errorsOf = [](std::string_view entries) {
    return Analysis(withDeclarations(fmt::format("train {{ {} }}", entries)))
        .errors();
  };
  EXPECT_EQ(errorsOf("schedule = Step(0, factor=2)"),
            "2:25: `every` must be above 0, got 0.0\n"
            "2:28: `factor` must be at least 0 and at most 1, got 2.0\n");
  EXPECT_EQ(errorsOf("schedule = Cosine(least=-1)"),
            "2:27: `least` must be at least 0, got -1.0\n");
  EXPECT_EQ(errorsOf("warmup = -1"),
            "2:18: `warmup` must be at least 0 and at most 2147483647, got "
            "-1\n");
  EXPECT_EQ(errorsOf("warmup = true"),
            "2:18: `warmup` must be a number, got true\n");
}

TEST(Train, BadCounts) {
  EXPECT_EQ(
      Analysis(withDeclarations("train { batch = -1 epochs = 0 }")).errors(),
      "2:17: `batch` must be at least 1, got -1\n"
      "2:29: `epochs` must be at least 1, got 0\n");
  EXPECT_EQ(
      Analysis(withDeclarations("train { batch = 4294967296 epochs = 1.5 }"))
          .errors(),
      "2:17: `batch` must be at most 2147483647, got 4294967296\n"
      "2:37: `epochs` must be an integer, got 1.5\n");
}

TEST(Train, Losses) {
  auto lossOf = [](std::string_view loss, std::string_view layers,
                   std::string_view shape) {
    Analysis analysis(withLayers(layers, shape, shape) +
                      fmt::format("train {{ loss = {} }}", loss));
    EXPECT_TRUE(analysis.network) << analysis.errors();
    return analysis.network ? analysis.network->train.loss : Loss();
  };
  Loss smooth =
      lossOf("SoftmaxCrossEntropy(label_smoothing=0.1)", "ReLU", "4x2x2");
  EXPECT_EQ(smooth.kind->name, "SoftmaxCrossEntropy");
  EXPECT_EQ(smooth.settings.get("label_smoothing"), 0.1);
  EXPECT_FALSE(smooth.targetsInput);
  Loss input = lossOf("MeanSquaredError(target=image)", "ReLU", "4x2x2");
  EXPECT_EQ(input.kind->name, "MeanSquaredError");
  EXPECT_TRUE(input.targetsInput);
  EXPECT_EQ(lossOf("SigmoidBinaryCrossEntropy", "ReLU", "1").kind->name,
            "SigmoidBinaryCrossEntropy");
}

TEST(Train, WhatLossesAskOfLabels) {
  auto asked = [](std::string_view loss, std::string_view shape) {
    Analysis analysis(withLayers("ReLU", shape, shape) +
                      fmt::format("train {{ loss = {} }}", loss));
    EXPECT_TRUE(analysis.network) << analysis.errors();
    auto labels = labelShapeOf(*analysis.network);
    return fmt::format("{} {}", classesOf(*analysis.network),
                       labels ? "[" + shape::toString(*labels) + "]" : "none");
  };
  EXPECT_EQ(asked("SoftmaxCrossEntropy", "10"), "10 []");
  EXPECT_EQ(asked("SoftmaxCrossEntropy", "21x4x6"), "21 [4x6]");
  EXPECT_EQ(asked("SigmoidBinaryCrossEntropy", "1"), "2 []");
  EXPECT_EQ(asked("SigmoidBinaryCrossEntropy", "1x4x6"), "2 [4x6]");
  EXPECT_EQ(asked("SigmoidBinaryCrossEntropy", "10"), "10 []");
  EXPECT_EQ(asked("MeanSquaredError", "1"), "0 []");
  EXPECT_EQ(asked("MeanSquaredError(target=image)", "3x4x4"), "0 none");
}

TEST(Train, LossTakesAVector) {
  EXPECT_EQ(Analysis(withLayers("ReLU", "1x2x2", "1x2x2") +
                     "train { loss = SoftmaxCrossEntropy }")
                .errors(),
            "4:16: `SoftmaxCrossEntropy` takes logits of two classes or more, "
            "`N` gives 1x2x2\n");
  // The loss that nobody wrote matters where the network is trained.
  Analysis silent(withLayers("ReLU", "1x2x2", "1x2x2") + "train { }");
  ASSERT_TRUE(silent.network);
  EXPECT_FALSE(fitsLoss(*silent.network));
  EXPECT_FALSE(checkTrainable(*silent.network, 8, {}, silent.diagnostics));
  EXPECT_EQ(silent.errors(),
            "4:1: `SoftmaxCrossEntropy` takes logits of two classes or more, "
            "`N` gives 1x2x2\n");
}

TEST(Data, Transforms) {
  Analysis analysis(
      withLayers("Flatten Dense(10)", "3x32x24") +
      "data { Resize(32x24) ToTensor Normalize([1, 2, 3], std=0.5) }");
  ASSERT_TRUE(analysis.network) << analysis.errors();
  const auto &transforms = analysis.network->transforms;
  ASSERT_EQ(transforms.size(), 3u);
  EXPECT_EQ(std::get<shape::Resize>(transforms[0].spec).size,
            (shape::Pair{32, 24}));
  const auto &normalize = std::get<shape::Normalize>(transforms[2].spec);
  EXPECT_EQ(normalize.mean, (std::vector{1.0, 2.0, 3.0}));
  EXPECT_EQ(normalize.deviation, (std::vector{0.5, 0.5, 0.5}));
  EXPECT_EQ(text(transforms[2].range), "Normalize");
}

TEST(Data, BadTransforms) {
  auto errorsOf = [](std::string_view transforms) {
    return Analysis(withDeclarations(fmt::format("data {{ {} }}", transforms)))
        .errors();
  };
  EXPECT_EQ(errorsOf("Resize(14) ToTensor"),
            "2:8: the transforms give 1x14x14, `N` takes 1x28x28\n");
  EXPECT_EQ(errorsOf("Normalize(mean=1, std=1) ToTensor"),
            "2:8: `Normalize` stands before `ToTensor`\n");
  EXPECT_EQ(errorsOf("ToTensor Normalize(mean=1, std=0)"),
            "2:35: `std` must be above 0, got 0\n");
  EXPECT_EQ(errorsOf("ToTensor Normalize(mean=[1, 2], std=1)"),
            "2:17: `mean` of `Normalize` has 2 values, its input 1x28x28 has 1 "
            "channels\n");
  EXPECT_EQ(errorsOf("ToTensor Normalize(mean=[], std=1)"),
            "2:32: `mean` must be a number or a list of numbers, got []\n");
  EXPECT_EQ(errorsOf("ToTensor(28) Resize(0) { }"),
            "2:17: `ToTensor` takes no arguments\n"
            "2:31: `Resize` takes no braces\n");
}

TEST(Data, DatasetFits) {
  Analysis small(withDeclarations(""));
  ASSERT_TRUE(small.network);
  EXPECT_TRUE(checkTransforms(*small.network, {1, 28, 28}, "digits",
                              small.diagnostics));
  EXPECT_FALSE(small.diagnostics.hasErrors());

  Analysis resized(withDeclarations("data { Resize(28) ToTensor }"));
  ASSERT_TRUE(resized.network);
  EXPECT_TRUE(checkTransforms(*resized.network, {1, 100, 9}, "digits",
                              resized.diagnostics));
}

TEST(Data, DatasetMismatch) {
  Analysis size(withDeclarations(""));
  ASSERT_TRUE(size.network);
  EXPECT_FALSE(
      checkTransforms(*size.network, {1, 32, 32}, "digits", size.diagnostics));
  EXPECT_EQ(size.diagnostics.toText(),
            "t.net:1:18: error: `digits` has pictures of 1x32x32, `N` takes "
            "1x28x28\n"
            "    1 | network N(image: 1x28x28) -> 10 = Sequential { Flatten "
            "Dense(10) }\n"
            "      |                  ^~~~~~~\n"
            "t.net:1:18: hint: `data { Resize(28)  ToTensor }` makes 1x28x28 "
            "of them\n");

  Analysis channels(withDeclarations("data { Resize(28) ToTensor }"));
  ASSERT_TRUE(channels.network);
  EXPECT_FALSE(checkTransforms(*channels.network, {3, 32, 32}, "photos",
                               channels.diagnostics));
  ASSERT_EQ(channels.diagnostics.all().size(), 1u);
  EXPECT_TRUE(channels.diagnostics.all()[0].notes.empty());

  Analysis normalized(
      withDeclarations("data { ToTensor Normalize(mean=[1], std=[1]) }"));
  ASSERT_TRUE(normalized.network);
  EXPECT_FALSE(checkTransforms(*normalized.network, {9}, "rows",
                               normalized.diagnostics));
}

/// `target` takes a word; other arguments take the file's values.
TEST(Losses, AParameterCalledLabel) {
  Analysis analysis("network N(image: 4, label=0.1) -> 10 = Dense(10)\n"
                    "train { loss = SoftmaxCrossEntropy(label_smoothing=label, "
                    "target=label) }");
  ASSERT_TRUE(analysis.network) << analysis.errors();
  EXPECT_EQ(analysis.network->train.loss.settings.get("label_smoothing"), 0.1);
  // Names of targets are no mistakes of their own.
  EXPECT_EQ(Analysis(withDeclarations("train { loss = MSELoss(target=image) }"))
                .errors(),
            "2:16: no loss is called `MSELoss`\n");
}

TEST(Losses, NumbersOfSinglePrecision) {
  EXPECT_EQ(Analysis(withDeclarations("train { optimizer = SGD(1e-60) "
                                      "schedule = Cosine(least=1e39) }"))
                .errors(),
            "2:25: `lr` must be 0 or above 1e-45, a number of single "
            "precision, got 1e-60\n"
            "2:50: `least` must be below 3.4e38, a number of single precision, "
            "got 1e+39\n");
}

} // namespace
} // namespace netc::dsl
