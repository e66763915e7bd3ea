// net.softmax_cross_entropy, its gradient, and both in one op.
#include "test/reference/Loss.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 5e-6;

struct LossCase {
  int64_t batch, classes;
  double scale = 1;
  uint32_t levels = 2001;
  double smoothing = 0;
  Shape map = {}; // [H, W] of a map of labels
  bool ignores = false;
};

const LossCase cases[] = {
    {1, 1},
    {1, 2},
    {5, 10},
    {128, 10},
    {2, 16},
    {3, 17},
    {2, 96},
    {1, 1000},
    {5, 10, 30},
    {7, 10, 1000},
    {5, 3, 1, 3},
    {20, 10, 1, 3},
    // Smoothed labels.
    {5, 10, 3, 2001, 0.1},
    {3, 17, 1, 2001, 1},
    {2, 2, 20, 2001, 0.25},
    // Maps of labels, around the vectors' width.
    {2, 3, 4, 2001, 0, {5, 7}},
    {1, 2, 1, 2001, 0, {1, 1}},
    {3, 5, 30, 2001, 0, {4, 8}},
    {2, 21, 2, 3, 0.1, {3, 11}},
    {1, 4, 1, 3, 0, {1, 16}},
    {5, 2, 100, 2001, 0.3, {9, 13}},
    // Some of them ignored.
    {3, 4, 2, 2001, 0, {5, 7}, true},
    {2, 3, 1, 2001, 0, {1, 1}, true},
    {5, 21, 30, 2001, 0, {4, 8}, true},
    {4, 5, 2, 3, 0.1, {3, 11}, true},
    {1, 3, 2, 2001, 0, {3, 3}, true}, // all
};

class Loss : public testing::TestWithParam<LossCase> {
protected:
  /// `sizes` in front of the map's.
  static Shape withMap(Shape sizes) {
    const Shape &map = GetParam().map;
    sizes.insert(sizes.end(), map.begin(), map.end());
    return sizes;
  }

  // Rounded to float first: a scaled rounding error would not be the op's.
  Tensor logits = [] {
    Tensor x = values(withMap({GetParam().batch, GetParam().classes}), Input,
                      GetParam().levels);
    for (double &value : x.values)
      value = static_cast<float>(value * GetParam().scale);
    return x;
  }();
  Tensor labels = [] {
    Tensor all = wholeNumbers(withMap({GetParam().batch}), Labels,
                              static_cast<uint32_t>(GetParam().classes));
    return GetParam().ignores ? ignoreThirds(all) : all;
  }();
  Shape perExample{GetParam().batch};
  double smoothing = GetParam().smoothing;
  std::string attribute = real("label_smoothing", smoothing);
  std::string logitsType = tensorType(logits.shape);
  std::string correctType = tensorType(perExample, "i32");
  std::string lossType = tensorType(perExample);
};

} // namespace

TEST_P(Loss, MatchesReference) {
  FunctionText function;
  auto x = function.argument(logits.shape),
       t = function.argument(labels.shape, "i32");
  auto results = runProgram(
      function.text(function.ops("softmax_cross_entropy", {x, t}, attribute,
                                 {lossType, correctType})),
      {logits, labels});
  auto [loss, correct] = softmaxCrossEntropy(logits, labels, smoothing);
  EXPECT_EQ(difference(results[0], loss, tolerance), "");
  EXPECT_EQ(results[1].values, correct.values);
}

TEST_P(Loss, GradientMatchesReference) {
  FunctionText function;
  auto x = function.argument(logits.shape),
       t = function.argument(labels.shape, "i32");
  auto g = function.argument(perExample);
  Tensor lossGradient = values(perExample, OutputGradient);
  auto results =
      runProgram(function.text({function.op("softmax_cross_entropy_gradient",
                                            {x, t, g}, attribute, logitsType)}),
                 {logits, labels, lossGradient});
  EXPECT_EQ(difference(results[0],
                       softmaxCrossEntropyGradient(logits, labels, lossGradient,
                                                   smoothing),
                       tolerance),
            "");
}

TEST_P(Loss, WithGradientMatchesReference) {
  FunctionText function;
  auto x = function.argument(logits.shape),
       t = function.argument(labels.shape, "i32");
  double scale = 1 / static_cast<double>(GetParam().batch);
  auto results = runProgram(
      function.text(function.ops("softmax_cross_entropy_with_gradient", {x, t},
                                 real("scale", scale) + ", " + attribute,
                                 {lossType, correctType, logitsType})),
      {logits, labels});
  auto [loss, correct] = softmaxCrossEntropy(logits, labels, smoothing);
  EXPECT_EQ(difference(results[0], loss, tolerance), "");
  EXPECT_EQ(results[1].values, correct.values);
  EXPECT_EQ(
      difference(results[2],
                 softmaxCrossEntropyMeanGradient(logits, labels, smoothing),
                 tolerance),
      "");
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Loss, testing::ValuesIn(cases), [](const auto &one) {
      const LossCase &c = one.param;
      std::string name = std::to_string(c.batch) + "x" +
                         std::to_string(c.classes) + "Scale" +
                         std::to_string(static_cast<int>(c.scale)) + "Levels" +
                         std::to_string(c.levels) + "Smoothed" +
                         std::to_string(static_cast<int>(c.smoothing * 100));
      for (int64_t size : c.map)
        name += "x" + std::to_string(size);
      return name + (c.ignores ? "Ignoring" : "");
    });
