// What training asks of an executable.
#include "runtime/train/Programs.h"
#include "test/unit/train/TestFiles.h"

using namespace netc::runtime;
using namespace netc::runtime::train;
using namespace netc::test;

namespace {

/// The tables of a small network, to be spoiled by a test.
struct Tables {
  struct ProgramSpec {
    std::string name;
    int64_t batch;
    std::string lossName = "loss";
    fb::ElementType labels = fb::ElementType::I32;
    std::vector<int64_t> labelShape = {};
    bool takesLabels = true, hasAccuracy = true, takesPixels = true;
    std::vector<int64_t> samples = {}; // the shape of this input, if any
    std::vector<int64_t> output = {};  // the shape of this output, if any
  };
  std::vector<ProgramSpec> programs = {{"initialize", 0},
                                       {"train_step", 4},
                                       {"train_last_step", 2},
                                       {"evaluate", 8}};
  Tables() { programs[3].output = {8, 10}; }
  std::vector<int64_t> stored = {6, 1, 1, 5, 5}, shape = {6, 1, 5, 5};
  fb::ElementType element = fb::ElementType::F32;
  std::vector<int64_t> dataset = {}; // the shape of a kept one
  bool coversInput = false;
  int64_t classes = 10;
  fb::ElementType pixels = fb::ElementType::U8, inputElement = pixels;
  std::vector<flatbuffers::Offset<fb::Expectation>> expectations;
  flatbuffers::FlatBufferBuilder builder;

  flatbuffers::Offset<fb::Buffer> buffer(const std::string &name,
                                         fb::ElementType type,
                                         const std::vector<int64_t> &sizes) {
    uint64_t bytes = type == fb::ElementType::U8    ? 1
                     : type == fb::ElementType::U16 ? 2
                                                    : 4;
    for (int64_t size : sizes)
      bytes *= static_cast<uint64_t>(size);
    uint64_t offset = arena;
    arena += (bytes + 63) / 64 * 64;
    return fb::CreateBufferDirect(
        builder, name.c_str(),
        fb::CreateTensorTypeDirect(builder, type, &sizes, ""), offset, bytes);
  }

  flatbuffers::Offset<fb::Program> program(const ProgramSpec &spec) {
    std::vector<flatbuffers::Offset<fb::Buffer>> inputs, outputs;
    inputs.push_back(buffer("state", fb::ElementType::I32, {8}));
    if (spec.batch > 0) {
      if (spec.takesPixels)
        inputs.push_back(buffer("pixels", pixels, {spec.batch, 1, 2, 3}));
      std::vector<int64_t> labels = spec.labelShape;
      labels.insert(labels.begin(), spec.batch);
      if (spec.takesLabels)
        inputs.push_back(buffer("labels", spec.labels, labels));
      if (!spec.samples.empty())
        inputs.push_back(buffer("samples", fb::ElementType::I32, spec.samples));
      outputs.push_back(
          buffer(spec.lossName, fb::ElementType::F32, {spec.batch}));
      if (spec.hasAccuracy)
        outputs.push_back(
            buffer("correct", fb::ElementType::I32, {spec.batch}));
      if (!spec.output.empty())
        outputs.push_back(buffer("output", fb::ElementType::F32, spec.output));
    }
    return fb::CreateProgramDirect(builder, spec.name.c_str(), spec.batch,
                                   &inputs, &outputs);
  }

  Executable finish() {
    std::vector<flatbuffers::Offset<fb::Program>> made;
    for (const ProgramSpec &spec : programs)
      made.push_back(program(spec));
    std::vector parameters = {
        fb::CreateParameterDirect(
            builder, buffer("conv2d_1.weight", element, stored), true, &shape),
        fb::CreateParameterDirect(
            builder, buffer("conv2d_1.bias", fb::ElementType::F32, {6}), true)};
    if (!dataset.empty())
      parameters.push_back(
          fb::CreateParameterDirect(builder, buffer("dataset", pixels, dataset),
                                    false, nullptr, false, true));
    std::vector<int64_t> input = {1, 2, 3};
    builder.Finish(fb::CreateExecutableDirect(
                       builder, "Tiny", "tiny.net", "cpu", "avx2", 2, arena,
                       &parameters, &made, nullptr, &input, classes, 22, 4, 3,
                       0.5f, coversInput, 0, &expectations,
                       fb::Loss::SoftmaxCrossEntropy, nullptr, nullptr, nullptr,
                       nullptr, inputElement),
                   fb::ExecutableIdentifier());
    return Executable::fromTables(
        {builder.GetBufferPointer(),
         builder.GetBufferPointer() + builder.GetSize()});
  }

  uint64_t arena = 0;
};

} // namespace

TEST(Describe, ReadsTheTables) {
  Tables tables;
  Model model = readModel(tables.finish());
  EXPECT_EQ(model.network, "Tiny");
  EXPECT_EQ(model.batch, 4);
  EXPECT_EQ(model.lastBatch, 2);
  EXPECT_EQ(model.evaluateBatch, 8);
  EXPECT_EQ(model.examples, 22);
  EXPECT_EQ(model.epochs, 3);
  EXPECT_EQ(model.learningRate, 0.5f);
  EXPECT_EQ(model.loss, Loss::SoftmaxCrossEntropy);
  EXPECT_EQ(model.outputShape, (std::vector<int64_t>{10}));
  ASSERT_EQ(model.parameters.size(), 2u);
  EXPECT_EQ(model.parameters[0].shape, (std::vector<int64_t>{6, 1, 5, 5}));
  EXPECT_EQ(model.parameters[1].shape, (std::vector<int64_t>{6}));
  EXPECT_TRUE(model.parameters[0].trainable);
}

TEST(Describe, ProgramsWithoutLabels) {
  Tables tables;
  for (auto &program : tables.programs)
    program.takesLabels = program.hasAccuracy = false;
  Model model = readModel(tables.finish());
  EXPECT_FALSE(model.takesLabels);
}

TEST(Describe, MapsOfLabels) {
  Tables tables;
  for (auto &program : tables.programs)
    program.labelShape = {2, 3};
  tables.programs[3].output = {8, 10, 2, 3};
  Model model = readModel(tables.finish());
  EXPECT_TRUE(model.takesLabels);
  EXPECT_EQ(model.labelShape, (std::vector<int64_t>{2, 3}));

  data::DatasetInfo dataset;
  dataset.name = "digits";
  dataset.shape = {1, 2, 3};
  dataset.classes = 10;
  dataset.trainExamples = 22;
  expectError(
      [&] { checkDataset(model, dataset, true); },
      {"data set `digits` has one label an example", "takes labels of 2x3"});
  dataset.labelShape = {2, 3};
  checkDataset(model, dataset, true);

  Tables one; // a map of labels, and one output for the whole
  for (auto &program : one.programs)
    program.labelShape = {2, 3};
  expectError([&] { readModel(one.finish()); },
              {"the `output` of its program `evaluate` is [8, 10], which does "
               "not go with its labels"});
  Tables mixed;
  mixed.programs[3].labelShape = {2, 3};
  expectError([&] { readModel(mixed.finish()); },
              {"`labels` of its program `evaluate` is not I32 [8]"});
}

TEST(Describe, NoLastBatch) {
  Tables tables;
  tables.programs.erase(tables.programs.begin() + 2);
  EXPECT_EQ(readModel(tables.finish()).lastBatch, 0);
}

TEST(Describe, ProgramsThatTrainingNeeds) {
  for (size_t absent : {0, 3}) {
    Tables tables;
    std::string name = tables.programs[absent].name;
    tables.programs.erase(tables.programs.begin() +
                          static_cast<ptrdiff_t>(absent));
    expectError([&] { readModel(tables.finish()); },
                {"network `Tiny` cannot be run", "no program `" + name + "`"});
  }
}

// An executable that only evaluates and predicts.
TEST(Describe, NoTrainingStep) {
  Tables tables;
  tables.programs.erase(tables.programs.begin() + 1,
                        tables.programs.begin() + 3);
  Model model = readModel(tables.finish());
  EXPECT_EQ(model.batch, 0);
  EXPECT_EQ(model.evaluateBatch, 8);
  data::DatasetInfo dataset;
  dataset.name = "digits";
  dataset.shape = {1, 2, 3};
  dataset.classes = 10;
  checkDataset(model, dataset, /*training=*/false);
  expectError([&] { checkDataset(model, dataset, /*training=*/true); },
              {"network `Tiny` cannot train", "made to evaluate and predict"});
  Tables onlyLast;
  onlyLast.programs.erase(onlyLast.programs.begin() + 1);
  expectError([&] { readModel(onlyLast.finish()); },
              {"its last batch is not smaller"});
}

TEST(Describe, OutputsOfAnotherForm) {
  for (std::vector<int64_t> shape : std::vector<std::vector<int64_t>>{
           {8, 9}, {7, 10}, {8, 10, 1, 1}, {8, 10, 2}}) {
    Tables tables;
    tables.programs[3].output = shape;
    expectError([&] { readModel(tables.finish()); },
                {"the `output` of its program `evaluate` is [",
                 "which does not go with its labels"});
  }
  for (std::vector<int64_t> shape :
       std::vector<std::vector<int64_t>>{{}, {8}}) {
    Tables tables;
    tables.programs[3].output = shape;
    expectError([&] { readModel(tables.finish()); },
                {"its program `evaluate` has no `output`"});
  }
  Tables one; // of two classes
  one.programs[3].output = {8, 1};
  EXPECT_EQ(readModel(one.finish()).outputShape, std::vector<int64_t>{1});
}

TEST(Describe, ProgramsOfAnotherForm) {
  Tables noLoss;
  noLoss.programs[1].lossName = "cost";
  expectError([&] { readModel(noLoss.finish()); },
              {"its program `train_step` has no `loss`"});
  Tables floats;
  floats.programs[3].labels = fb::ElementType::F32;
  expectError([&] { readModel(floats.finish()); },
              {"`labels` of its program `evaluate` is not I32 [8]"});
  Tables large;
  large.programs[2].batch = 4;
  expectError([&] { readModel(large.finish()); },
              {"its last batch is not smaller"});
}

TEST(Describe, Samples) {
  Tables drawn;
  drawn.programs[1].samples = {4}; // others need not have them
  EXPECT_EQ(readModel(drawn.finish()).batch, 4);
  Tables wrong;
  wrong.programs[1].samples = {5};
  expectError([&] { readModel(wrong.finish()); },
              {"`samples` of its program `train_step` is not I32 [4]"});
}

TEST(Describe, KeptDataset) {
  EXPECT_EQ(readModel(Tables().finish()).dataset, std::nullopt);
  auto keeping = [](const std::vector<int64_t> &shape) {
    Tables tables;
    tables.dataset = shape;
    for (size_t step : {1, 2}) {
      tables.programs[step].takesPixels = false;
      tables.programs[step].samples = {tables.programs[step].batch};
    }
    return tables;
  };
  Model model = readModel(keeping({22, 1, 2, 3}).finish());
  EXPECT_EQ(model.dataset, std::optional<size_t>(2));
  EXPECT_FALSE(model.parameters[2].isSaved());
  expectError([&] { readModel(keeping({21, 1, 2, 3}).finish()); },
              {"`dataset` does not hold its 22 examples"});
  Tables without = keeping({});
  expectError([&] { readModel(without.finish()); },
              {"its program `train_step` has no `pixels`"});
  Tables samples = keeping({22, 1, 2, 3});
  samples.programs[2].samples = {};
  expectError([&] { readModel(samples.finish()); },
              {"its program `train_last_step` has no `samples`"});
}

TEST(Describe, Expectations) {
  Tables tables;
  EXPECT_TRUE(readModel(tables.finish()).expectations.empty());
  Tables expecting;
  expecting.expectations = {
      fb::CreateExpectationDirect(expecting.builder, fb::Metric::TestAccuracy,
                                  fb::Comparison::GreaterEqual, 0.7,
                                  "fashion-mnist", 5),
      fb::CreateExpectationDirect(expecting.builder, fb::Metric::TrainLoss,
                                  fb::Comparison::Less, 0.25, "mnist", 0)};
  Model model = readModel(expecting.finish());
  ASSERT_EQ(model.expectations.size(), 2u);
  EXPECT_EQ(toString(model.expectations[0]),
            "test_accuracy >= 0.7 on \"fashion-mnist\" after 5 epochs");
  EXPECT_EQ(toString(model.expectations[1]), "train_loss < 0.25 on \"mnist\"");
}

TEST(Describe, HowPicturesAreScaled) {
  Tables tables;
  data::PictureFormat format = pictureFormat(readModel(tables.finish()));
  EXPECT_EQ(format.channels, 1);
  EXPECT_EQ(format.size, (data::PictureSize{2, 3}));
  EXPECT_EQ(format.fit, data::Fit::Stretch);
  Tables covered;
  covered.coversInput = true;
  EXPECT_EQ(pictureFormat(readModel(covered.finish())).fit, data::Fit::Cover);
}

TEST(Describe, ParametersOfAnotherForm) {
  Tables type;
  type.element = fb::ElementType::I32;
  expectError([&] { readModel(type.finish()); },
              {"`conv2d_1.weight` is not float32"});
}

TEST(Describe, LabelsThatAreNumbers) {
  Tables tables;
  tables.classes = 0;
  tables.programs[3].output = {8, 2};
  for (auto &program : tables.programs) {
    program.labels = fb::ElementType::F32;
    program.labelShape = {2};
    program.hasAccuracy = false;
  }
  Model model = readModel(tables.finish());
  EXPECT_EQ(model.labelKind, data::LabelKind::Numbers);
  EXPECT_EQ(model.labelShape, std::vector<int64_t>{2});

  data::DatasetInfo dataset;
  dataset.name = "prices";
  dataset.shape = {1, 2, 3};
  dataset.trainExamples = 22;
  expectError([&] { checkDataset(model, dataset, true); },
              {"data set `prices` has classes as labels", "numbers of 2"});
  dataset.labelKind = data::LabelKind::Numbers;
  dataset.labelShape = {1};
  expectError([&] { checkDataset(model, dataset, true); },
              {"has one number an example as labels", "takes numbers of 2"});
  dataset.labelShape = {2};
  checkDataset(model, dataset, true);
  dataset.element = ElementType::F32;
  expectError([&] { checkDataset(model, dataset, true); },
              {"has elements of f32", "compiled for u8"});

  Tables classes;
  expectError([&] { checkDataset(readModel(classes.finish()), dataset, true); },
              {"elements of f32"});
  dataset.element = ElementType::U8;
  expectError([&] { checkDataset(readModel(classes.finish()), dataset, true); },
              {"has numbers of 2 as labels", "takes classes"});
  Tables wrong; // numbers are as many as there are outputs
  wrong.classes = 0;
  wrong.programs[3].output = {8, 3};
  for (auto &program : wrong.programs) {
    program.labels = fb::ElementType::F32;
    program.labelShape = {2};
  }
  expectError([&] { readModel(wrong.finish()); },
              {"which does not go with its labels"});
}

TEST(Describe, InputsOfSixteenBits) {
  Tables tables;
  tables.pixels = tables.inputElement = fb::ElementType::U16;
  EXPECT_EQ(readModel(tables.finish()).inputElement, ElementType::U16);
  Tables other;
  other.inputElement = fb::ElementType::F32;
  expectError([&] { readModel(other.finish()); },
              {"`pixels` of its program `evaluate` is not F32 [8, 1, 2, 3]"});
}
