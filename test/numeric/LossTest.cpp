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
};

const LossCase cases[] = {
    {1, 1},      {1, 2},        {5, 10},      {128, 10},
    {2, 16},     {3, 17},       {2, 96},      {1, 1000},
    {5, 10, 30}, {7, 10, 1000}, {5, 3, 1, 3}, {20, 10, 1, 3},
};

class Loss : public testing::TestWithParam<LossCase> {
protected:
  // Rounded to float first: a scaled rounding error would not be the op's.
  Tensor logits = [] {
    Tensor x = values({GetParam().batch, GetParam().classes}, Input,
                      GetParam().levels);
    for (double &value : x.values)
      value = static_cast<float>(value * GetParam().scale);
    return x;
  }();
  Tensor labels = wholeNumbers({GetParam().batch}, Labels,
                               static_cast<uint32_t>(GetParam().classes));
  std::string logitsType = tensorType(logits.shape);
  std::string labelsType = tensorType(labels.shape, "i32");
  std::string lossType = tensorType(labels.shape);
};

} // namespace

TEST_P(Loss, MatchesReference) {
  FunctionText function;
  auto x = function.argument(logits.shape),
       t = function.argument(labels.shape, "i32");
  auto results =
      runProgram(function.text(function.ops("softmax_cross_entropy", {x, t}, "",
                                            {lossType, labelsType})),
                 {logits, labels});
  auto [loss, correct] = softmaxCrossEntropy(logits, labels);
  EXPECT_EQ(difference(results[0], loss, tolerance), "");
  EXPECT_EQ(results[1].values, correct.values);
}

TEST_P(Loss, GradientMatchesReference) {
  FunctionText function;
  auto x = function.argument(logits.shape),
       t = function.argument(labels.shape, "i32");
  auto g = function.argument(labels.shape);
  Tensor lossGradient = values(labels.shape, OutputGradient);
  auto results =
      runProgram(function.text({function.op("softmax_cross_entropy_gradient",
                                            {x, t, g}, "", logitsType)}),
                 {logits, labels, lossGradient});
  EXPECT_EQ(
      difference(results[0],
                 softmaxCrossEntropyGradient(logits, labels, lossGradient),
                 tolerance),
      "");
}

TEST_P(Loss, WithGradientMatchesReference) {
  FunctionText function;
  auto x = function.argument(logits.shape),
       t = function.argument(labels.shape, "i32");
  double scale = 1 / static_cast<double>(GetParam().batch);
  auto results =
      runProgram(function.text(function.ops(
                     "softmax_cross_entropy_with_gradient", {x, t},
                     real("scale", scale), {lossType, labelsType, logitsType})),
                 {logits, labels});
  auto [loss, correct] = softmaxCrossEntropy(logits, labels);
  EXPECT_EQ(difference(results[0], loss, tolerance), "");
  EXPECT_EQ(results[1].values, correct.values);
  EXPECT_EQ(difference(results[2],
                       softmaxCrossEntropyMeanGradient(logits, labels),
                       tolerance),
            "");
}

INSTANTIATE_TEST_SUITE_P(Cases, Loss, testing::ValuesIn(cases),
                         [](const auto &one) {
                           return std::to_string(one.param.batch) + "x" +
                                  std::to_string(one.param.classes) + "Scale" +
                                  std::to_string(
                                      static_cast<int>(one.param.scale)) +
                                  "Levels" + std::to_string(one.param.levels);
                         });
