// Ops whose elements are computed alone, in sizes around the vectors' width:
// net.activation, net.activation_gradient, net.dropout, net.add.
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Activation.h"
#include "test/reference/Conv2D.h"
#include "test/reference/Dropout.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 2e-6;

const Shape shapes[] = {{1, 1},    {1, 7},        {2, 8},         {1, 16},
                        {5, 17},   {3, 31},       {2, 96},        {2, 3, 5, 7},
                        {7, 1003}, {2, 17, 3, 3}, {5, 16, 10, 9}, {3, 2000}};

const std::pair<const char *, reference::Activation> kinds[] = {
    {"relu", reference::Activation::ReLU},
    {"sigmoid", reference::Activation::Sigmoid},
    {"tanh", reference::Activation::Tanh}};

std::string kindAttribute(const char *kind) {
  return "kind = #net.activation<" + std::string(kind) + ">";
}

/// A function of one op on `operands` values of one shape.
std::string elementText(const std::string &op, const std::string &attributes,
                        const Shape &shape, int operands) {
  FunctionText function;
  FunctionText::Values arguments;
  for (int i = 0; i < operands; ++i)
    arguments.push_back(function.argument(shape));
  return function.text(
      {function.op(op, arguments, attributes, tensorType(shape))});
}

std::string dropoutAttributes(double rate, const std::string &path) {
  return real("rate", rate) + ", path = \"" + path + "\"";
}

std::string traceOf(const Shape &shape) { return tensorType(shape); }

} // namespace

TEST(Activation, MatchesReference) {
  for (auto [name, kind] : kinds)
    for (const Shape &shape : shapes) {
      SCOPED_TRACE(name + traceOf(shape));
      Tensor input = values(shape, Input);
      for (double &x : input.values)
        x *= 6;
      auto results = runProgram(
          elementText("activation", kindAttribute(name), shape, 1), {input});
      EXPECT_EQ(difference(results[0], activation(kind, input), tolerance), "");
    }
}

// Each value on its own: a tolerance relative to the others would hide the
// small ones.
TEST(Activation, OfExtremesMatchesReference) {
  const std::vector<double> extremes{
      0,  -0.0, 1e-30, -1e-30, 1e-6, -1e-6, 1e-3,  -1e-3, 0.625, -0.625, 9,
      -9, 20,   -20,   80,     -80,  88.5,  -88.5, 1000,  -1000, 1e30,   -1e30};
  Shape shape{1, static_cast<int64_t>(extremes.size())};
  for (auto [name, kind] : kinds) {
    SCOPED_TRACE(name);
    auto results =
        runProgram(elementText("activation", kindAttribute(name), shape, 1),
                   {Tensor(shape, extremes)});
    for (size_t i = 0; i < extremes.size(); ++i) {
      Tensor expected = activation(kind, Tensor({1}, {extremes[i]}));
      // Below the least normal float a result may be anything as small.
      if (std::abs(expected.values[0]) < 2e-38)
        EXPECT_NEAR(results[0].values[i], expected.values[0], 2e-38)
            << extremes[i];
      else
        EXPECT_EQ(difference(Tensor({1}, {results[0].values[i]}), expected,
                             tolerance),
                  "")
            << extremes[i];
    }
  }
}

TEST(Activation, GradientMatchesReference) {
  for (auto [name, kind] : kinds)
    for (const Shape &shape : shapes) {
      SCOPED_TRACE(name + traceOf(shape));
      // With zeros, where ReLU passes nothing on.
      Tensor output = activation(kind, values(shape, Input, 21));
      Tensor gradient = values(shape, OutputGradient);
      auto results = runProgram(
          elementText("activation_gradient", kindAttribute(name), shape, 2),
          {output, gradient});
      EXPECT_EQ(difference(results[0],
                           activationGradientFromOutput(kind, output, gradient),
                           tolerance),
                "");
    }
}

TEST(Add, MatchesReference) {
  for (const Shape &shape : shapes) {
    SCOPED_TRACE(traceOf(shape));
    Tensor a = values(shape, Input), b = values(shape, Filter), sum = a;
    for (int64_t i = 0; i < sum.size(); ++i)
      sum.values[i] += b.values[i];
    EXPECT_EQ(
        difference(runProgram(elementText("add", "", shape, 2), {a, b})[0], sum,
                   tolerance),
        "");
  }
}

TEST(Dropout, MatchesReference) {
  const std::tuple<double, runtime::RunState> runs[] = {
      {0.5, {.seed = 0, .step = 0}},
      {0.1, {.seed = 42, .step = 7}},
      {0.9, {.seed = 0xfedcba9876543210, .step = 1}},
      {0.25, {.seed = 3, .step = 0x123456789a}},
      {0.0, {.seed = 1, .step = 1}},
  };
  for (const Shape &shape : shapes)
    for (const auto &[rate, state] : runs) {
      SCOPED_TRACE(traceOf(shape) + " rate " + std::to_string(rate));
      FunctionText function;
      auto x = function.argument(shape), s = function.state();
      auto y = function.op("dropout", {x, s},
                           dropoutAttributes(rate, "block_2.dropout_1"),
                           tensorType(shape));
      Tensor input = values(shape, Input);
      EXPECT_EQ(difference(runProgram(function.text({y}), {input}, state)[0],
                           reference::dropout(input, rate, state.seed,
                                              state.step, "block_2.dropout_1"),
                           tolerance),
                "");
    }
}

// Behind a convolution elements lie in blocks, with padding among them: their
// random numbers must be those of their row-major indices all the same.
TEST(Dropout, CountsLogicalElementsInAnyLayout) {
  for (int64_t channels : {16, 17, 96, 3}) {
    Shape inputShape{2, 3, 6, 7}, filterShape{channels, 3, 3, 3},
        outputShape{2, channels, 4, 5};
    FunctionText function;
    auto x = function.argument(inputShape), w = function.argument(filterShape);
    auto s = function.state();
    auto sum = function.op("conv2d", {x, w}, attributesOf(reference::Conv2D{}),
                           tensorType(outputShape));
    auto y = function.op("activation", {sum}, kindAttribute("sigmoid"),
                         tensorType(outputShape));
    auto z = function.op("dropout", {y, s}, dropoutAttributes(0.4, "dropout_3"),
                         tensorType(outputShape));
    Tensor input = values(inputShape, Input),
           filter = values(filterShape, Filter);
    Tensor expected =
        reference::dropout(activation(reference::Activation::Sigmoid,
                                      conv2D(input, filter, Tensor(), {})),
                           0.4, 5, 9, "dropout_3");
    EXPECT_EQ(difference(runProgram(function.text({z}), {input, filter},
                                    {.seed = 5, .step = 9})[0],
                         expected, 2e-5),
              "")
        << channels << " channels";
  }
}
