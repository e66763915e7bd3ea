// net.batch_norm, its form with given statistics, their gradients, and the
// running statistics.
#include "test/reference/BatchNorm.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Activation.h"
#include "test/reference/Conv2D.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;
using reference::Moments;

namespace {

constexpr double tolerance = 1e-5, epsilon = 1e-5;

struct NormCase {
  Shape shape;
  bool affine = true;
};

void PrintTo(const NormCase &one, std::ostream *out) {
  for (int64_t size : one.shape)
    *out << size << "x";
  *out << (one.affine ? "" : "Plain");
}

const NormCase cases[] = {
    {{2, 1, 1, 1}},   {{1, 1, 1, 2}},
    {{2, 3, 5, 7}},   {{5, 17, 4, 4}},
    {{2, 20, 3, 3}},  {{3, 16, 8, 9}},
    {{4, 64, 1, 1}},  {{2, 33, 6, 5}},
    {{2, 3}},         {{5, 17}},
    {{8, 120}},       {{33, 257}},
    {{3, 6, 14, 14}}, {{2, 17, 5, 5}, false},
    {{7, 20}, false},
};

class BatchNorm : public testing::TestWithParam<NormCase> {
protected:
  const NormCase &one = GetParam();
  Shape channels{one.shape[1]};
  Tensor input = values(one.shape, Input);
  Tensor weight = one.affine ? values(channels, Filter) : Tensor();
  Tensor bias = one.affine ? values(channels, Bias) : Tensor();
  Tensor gradient = values(one.shape, OutputGradient);

  /// What is given in place of the batch's.
  Moments given() const {
    Moments moments{values(channels, 7), values(channels, 8)};
    for (double &x : moments.variance.values)
      x = std::abs(x) + 0.1;
    return moments;
  }

  std::string statistics() const {
    std::string type = tensorType(channels);
    return "  net.parameter @m : " + type +
           " {init = \"zero\", trainable = false, statistic}\n"
           "  net.parameter @v : " +
           type + " {init = \"one\", trainable = false, statistic}\n";
  }

  /// A function of the input, given statistics where `isGiven`, and `affine`.
  std::string forwardText(bool isGiven, const std::string &activation) const {
    FunctionText function("forward");
    FunctionText::Values operands{function.argument(one.shape)};
    if (isGiven)
      for (int i = 0; i < 2; ++i)
        operands.push_back(function.argument(channels));
    if (one.affine)
      for (int i = 0; i < 2; ++i)
        operands.push_back(function.argument(channels));
    std::vector<std::string> types{tensorType(one.shape)};
    std::string attributes = real("epsilon", epsilon) + activation;
    if (!isGiven) {
      attributes += ", momentum = 0.1 : f64, running_mean = @m, "
                    "running_variance = @v";
      types.insert(types.end(), 2, tensorType(channels));
    }
    if (!activation.empty())
      types.push_back(tensorType(one.shape, "ui8"));
    auto results = function.ops(isGiven ? "batch_norm_inference" : "batch_norm",
                                operands, attributes, types);
    if (!activation.empty())
      results.pop_back();
    return statistics() + function.text(results);
  }

  /// A function of the input, its moments, the gradient, and the weight.
  std::string gradientText(bool isGiven) const {
    FunctionText function("gradient");
    auto x = function.argument(one.shape);
    auto mean = function.argument(channels);
    auto variance = function.argument(channels);
    auto dy = function.argument(one.shape);
    FunctionText::Values results{{"%dx", x.type}};
    std::string names = "%dx", operands, types, resultTypes = x.type;
    if (one.affine) {
      auto w = function.argument(channels);
      operands = " weight " + w.name;
      types = ", " + w.type;
      names += ", %dw, %db";
      resultTypes += ", " + w.type + ", " + w.type;
      results.push_back({"%dw", w.type});
      results.push_back({"%db", w.type});
    }
    function.line(names + " = net.batch_norm_gradient " + x.name + ", " +
                  mean.name + ", " + variance.name + ", " + dy.name + operands +
                  " {" + real("epsilon", epsilon) +
                  ", with_bias = " + (one.affine ? "true" : "false") +
                  (isGiven ? ", given_statistics" : "") + "} : (" + x.type +
                  ", " + mean.type + ", " + mean.type + ", " + x.type + types +
                  ") -> (" + resultTypes + ")");
    return function.text(results);
  }

  std::vector<Tensor> withAffine(std::vector<Tensor> inputs) const {
    if (one.affine)
      inputs.insert(inputs.end(), {weight, bias});
    return inputs;
  }

  void expectGradients(const std::vector<Tensor> &actual,
                       const reference::NormGradients &expected) const {
    // Sums whose terms cancel: their size is that of the terms.
    EXPECT_EQ(difference(actual[0], expected.input, tolerance, 1), "");
    if (!one.affine)
      return;
    EXPECT_EQ(difference(actual[1], expected.weight, tolerance, 1), "");
    EXPECT_EQ(difference(actual[2], expected.bias, tolerance, 1), "");
  }
};

} // namespace

TEST_P(BatchNorm, MatchesReference) {
  Moments moments = channelMoments(input);
  auto results =
      Session(forwardText(false, "")).run("forward", withAffine({input}));
  EXPECT_EQ(difference(results[0],
                       normalizeChannels(input, moments, weight, bias, epsilon),
                       tolerance, 1),
            "");
  EXPECT_EQ(difference(results[1], moments.mean, tolerance, 1), "");
  EXPECT_EQ(difference(results[2], moments.variance, tolerance), "");
}

TEST_P(BatchNorm, GradientMatchesReference) {
  Moments moments = channelMoments(input);
  std::vector<Tensor> inputs{input, moments.mean, moments.variance, gradient};
  if (one.affine)
    inputs.push_back(weight);
  expectGradients(Session(gradientText(false)).run("gradient", inputs),
                  batchNormGradient(input, weight, epsilon, gradient));
}

TEST_P(BatchNorm, WithGivenStatisticsMatchesReference) {
  Moments moments = given();
  auto results =
      Session(forwardText(true, ""))
          .run("forward", withAffine({input, moments.mean, moments.variance}));
  EXPECT_EQ(difference(results[0],
                       normalizeChannels(input, moments, weight, bias, epsilon),
                       tolerance, 1),
            "");
  std::vector<Tensor> inputs{input, moments.mean, moments.variance, gradient};
  if (one.affine)
    inputs.push_back(weight);
  expectGradients(Session(gradientText(true)).run("gradient", inputs),
                  givenNormGradient(input, moments, weight, epsilon, gradient));
}

TEST_P(BatchNorm, WithReLUMatchesReference) {
  for (bool isGiven : {false, true}) {
    Moments moments = isGiven ? given() : channelMoments(input);
    std::vector<Tensor> inputs{input};
    if (isGiven)
      inputs.insert(inputs.end(), {moments.mean, moments.variance});
    auto results =
        Session(forwardText(isGiven, ", activation = #net.activation<relu>"))
            .run("forward", withAffine(inputs));
    EXPECT_EQ(difference(results[0],
                         activation(reference::Activation::ReLU,
                                    normalizeChannels(input, moments, weight,
                                                      bias, epsilon)),
                         tolerance, 1),
              "")
        << (isGiven ? "given" : "the batch's");
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, BatchNorm, testing::ValuesIn(cases),
                         [](const auto &one) {
                           std::ostringstream name;
                           PrintTo(one.param, &name);
                           return name.str();
                         });

// Behind a convolution the channels come in blocks, and the padding of the last
// block reaches the next convolution: it must not be something times infinity.
TEST(BatchNormInBlocks, MatchesReference) {
  for (int64_t count : {3, 17, 20}) {
    Shape image{2, 4, 6, 5}, middle{2, count, 6, 5}, channels{count};
    Shape firstShape{count, 4, 3, 3}, secondShape{5, count, 1, 1};
    reference::Conv2D around{.padding = {1, 1}};
    FunctionText function;
    auto x = function.argument(image), first = function.argument(firstShape);
    auto w = function.argument(channels), b = function.argument(channels);
    auto second = function.argument(secondShape);
    auto inner = function.op("conv2d", {x, first}, attributesOf(around),
                             tensorType(middle));
    auto norm = function.ops("batch_norm", {inner, w, b},
                             real("epsilon", epsilon) +
                                 ", momentum = 0.1 : f64, running_mean = "
                                 "@m, running_variance = @v, activation = "
                                 "#net.activation<relu>",
                             {tensorType(middle), tensorType(channels),
                              tensorType(channels), tensorType(middle, "ui8")});
    auto y = function.op("conv2d", {norm[0], second},
                         attributesOf(reference::Conv2D{}),
                         tensorType({2, 5, 6, 5}));
    std::string statistics =
        "  net.parameter @m : " + w.type +
        " {init = \"zero\", trainable = false, statistic}\n"
        "  net.parameter @v : " +
        w.type + " {init = \"one\", trainable = false, statistic}\n";
    Tensor input = values(image, Input), weight = values(channels, 11),
           bias = values(channels, Bias), one = values(firstShape, Filter),
           two = values(secondShape, 12);
    Tensor expected = conv2D(input, one, Tensor(), around);
    expected = normalizeChannels(expected, channelMoments(expected), weight,
                                 bias, epsilon);
    expected = conv2D(activation(reference::Activation::ReLU, expected), two,
                      Tensor(), {});
    auto results = runProgram(statistics + function.text({y}),
                              {input, one, weight, bias, two});
    EXPECT_EQ(difference(results[0], expected, tolerance, 1), "")
        << count << " channels";
  }
}

// Sums of many values, far from zero: in single precision, one after the other,
// they are off by hundreds of roundings.
TEST(BatchStatistics, OfALargeBatchAreExact) {
  for (const Shape &shape :
       {Shape{64, 3, 48, 48}, {32, 20, 40, 30}, {4096, 17}})
    for (bool inBlocks : {false, true}) {
      if (inBlocks && shape.size() != 4)
        continue;
      Tensor input = values(shape, Input);
      for (double &x : input.values)
        x = static_cast<float>(x + 3); // what the program is given
      Shape channels{shape[1]};
      std::string layout = inBlocks ? ", #net.layout<\"aBcd8b\">" : "";
      std::string type = tensorType(shape);
      type.insert(type.size() - 1, layout);
      FunctionText function;
      auto x = function.argument(shape);
      if (inBlocks) {
        function.line("%inner = net.reorder " + x.name + " : (" + x.type +
                      ") -> " + type);
        x = {"%inner", type};
      }
      auto results = function.ops("batch_statistics", {x}, "",
                                  {tensorType(channels), tensorType(channels)});
      auto actual = runProgram(function.text(results), {input});
      Moments expected = channelMoments(input);
      constexpr double oneRounding = 6.1e-8;
      EXPECT_EQ(difference(actual[0], expected.mean, oneRounding), "") << type;
      EXPECT_EQ(difference(actual[1], expected.variance, oneRounding), "")
          << type;
    }
}

TEST(UpdateStatistic, MatchesReference) {
  for (int64_t count : {1, 3, 16, 17, 120}) {
    Shape channels{count};
    std::string type = tensorType(channels);
    FunctionText function("update");
    auto mean = function.argument(channels);
    auto variance = function.argument(channels);
    function.line("net.update_statistic @m, " + mean.name + " {" +
                  real("momentum", 0.3) + ", " + real("scale", 1) +
                  "} : " + type);
    function.line("net.update_statistic @v, " + variance.name + " {" +
                  real("momentum", 0.3) + ", " + real("scale", 5.0 / 4) +
                  "} : " + type);
    Session session("  net.parameter @m : " + type +
                    " {init = \"zero\", trainable = false, statistic}\n"
                    "  net.parameter @v : " +
                    type + " {init = \"one\", trainable = false, statistic}\n" +
                    function.text({}));
    Moments running{values(channels, 1), values(channels, 2)};
    session.setParameter("m", running.mean);
    session.setParameter("v", running.variance);
    for (uint32_t step = 0; step < 3; ++step) {
      Moments moments{values(channels, 3 + step), values(channels, 9 + step)};
      session.run("update", {moments.mean, moments.variance});
      updateRunning(moments, 5, 0.3, running);
    }
    EXPECT_EQ(difference(session.parameter("m"), running.mean, tolerance, 1),
              "");
    EXPECT_EQ(
        difference(session.parameter("v"), running.variance, tolerance, 1), "");
  }
}
