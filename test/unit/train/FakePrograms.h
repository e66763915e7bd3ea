// A stand-in network: two weights and a momentum, moved by the pixels, labels,
// step and seed that it is run with, so that any difference in what the loop
// gives it shows in the weights.
#pragma once

#include "runtime/train/Programs.h"

#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <map>

namespace netc::test {

class FakePrograms : public runtime::train::Programs {
public:
  runtime::train::Model description;
  std::vector<std::vector<float>> values;
  std::map<std::string, int> runs;
  std::vector<runtime::RunState> states; // of the training steps
  std::vector<int32_t> evaluatedLabels;  // all rows, padding too
  std::vector<uint8_t> kept;             // of the training set
  int64_t nanAtStep = -1;                // from 1
  bool hasAccuracy = true;
  bool nanInEvaluation = false;
  bool nanInOutput = false;
  std::function<void(const std::string &program)> afterRun;
  int64_t inFlight = 1; // what depth() says

  FakePrograms(int64_t batch, int64_t trainExamples) {
    description.network = "Fake";
    description.source = "fake.net";
    description.target = "cpu";
    description.isa = "avx2";
    description.threads = 2;
    description.inputShape = {1, 2, 3};
    description.classes = 10;
    description.outputShape = {10};
    description.examples = trainExamples;
    description.batch = batch;
    description.lastBatch = trainExamples % batch;
    description.evaluateBatch = batch;
    description.epochs = 2;
    description.learningRate = 0.5f;
    description.parameters = {{"dense_1.weight", {2, 3}, true},
                              {"dense_1.bias", {2}, true},
                              {"dense_1.weight.momentum", {2, 3}, false}};
    for (const auto &parameter : description.parameters)
      values.emplace_back(runtime::train::elementCount(parameter.shape));
  }

  const runtime::train::Model &model() const override { return description; }

  void initialize(const runtime::RunState &state) override {
    ++runs["initialize"];
    for (size_t p = 0; p < values.size(); ++p)
      for (size_t i = 0; i < values[p].size(); ++i)
        values[p][i] = static_cast<float>(state.seed + 10 * p + i) / 100;
  }

  void keepDataset(const runtime::data::Examples &examples, int) override {
    ++runs["keep"];
    kept = examples.pixels;
  }

  /// The first pixel of an example: the batch's, or the kept set's.
  uint8_t pixelOf(std::string_view program, const runtime::data::Batch &batch,
                  size_t row) const {
    if (!description.dataset || program == "evaluate")
      return batch.pixels[row * 6];
    EXPECT_TRUE(batch.pixels.empty());
    return kept.at(static_cast<size_t>(batch.samples[row]) * 6);
  }

  Outputs run(std::string_view program, const runtime::RunState &state,
              const runtime::data::Batch &batch) override {
    ++runs[std::string(program)];
    auto rows =
        static_cast<size_t>(program == "train_last_step" ? description.lastBatch
                                                         : description.batch);
    loss.assign(rows, 0);
    correct.assign(rows, 0);
    for (size_t row = 0; row < rows; ++row) {
      // Example i has first pixel i and label i % 10: the padding's are 0.
      float pixel = pixelOf(program, batch, row);
      loss[row] = pixel / 10;
      correct[row] = batch.labels[row] < 5;
    }
    output.clear();
    if (program == "evaluate") {
      // The largest is that of the class that the first pixel is.
      for (size_t row = 0; row < rows; ++row)
        for (int k = 0; k < 10; ++k)
          output.push_back(
              -std::fabs(static_cast<float>(k - batch.pixels[row * 6])));
      if (nanInOutput)
        output[0] = std::numeric_limits<float>::quiet_NaN();
      if (nanInEvaluation)
        loss[0] = std::numeric_limits<float>::quiet_NaN();
      evaluatedLabels.insert(evaluatedLabels.end(), batch.labels.begin(),
                             batch.labels.end());
    } else {
      states.push_back(state);
      for (size_t row = 0; row < rows; ++row)
        for (float &value : values[0])
          value = value * 0.9f + state.learningRate * loss[row] +
                  static_cast<float>(state.step % 7) / 100;
      if (static_cast<int64_t>(state.step) + 1 == nanAtStep)
        loss[rows / 2] = std::numeric_limits<float>::quiet_NaN();
    }
    if (afterRun)
      afterRun(std::string(program));
    if (!hasAccuracy)
      return {loss, {}, output};
    return {loss, correct, output};
  }

  int64_t depth() const override { return inFlight; }
  void start(std::string_view program, const runtime::RunState &state,
             const runtime::data::Batch &batch) override {
    ASSERT_LT(static_cast<int64_t>(underWay.size()), inFlight);
    Outputs outputs = run(program, state, batch);
    underWay.push_back({{outputs.loss.begin(), outputs.loss.end()},
                        {outputs.output.begin(), outputs.output.end()},
                        {outputs.correct.begin(), outputs.correct.end()}});
  }
  Outputs finish() override {
    finished = underWay.front();
    underWay.pop_front();
    return {finished.loss, finished.correct, finished.output};
  }
  size_t unfinished() const { return underWay.size(); }

  void readParameter(size_t index,
                     std::span<std::byte> rowMajor) const override {
    ASSERT_EQ(rowMajor.size(), values[index].size() * sizeof(float));
    std::memcpy(rowMajor.data(), values[index].data(), rowMajor.size());
  }
  void writeParameter(size_t index,
                      std::span<const std::byte> rowMajor) override {
    ASSERT_EQ(rowMajor.size(), values[index].size() * sizeof(float));
    std::memcpy(values[index].data(), rowMajor.data(), rowMajor.size());
  }
  uint64_t allocatedBytes() const override { return 123456; }

private:
  struct Run {
    std::vector<float> loss, output;
    std::vector<int32_t> correct;
  };
  std::vector<float> loss, output;
  std::vector<int32_t> correct;
  std::deque<Run> underWay;
  Run finished;
};

} // namespace netc::test
