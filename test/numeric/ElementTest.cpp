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
std::string elementText(const std::string &name, const std::string &op,
                        const std::string &attributes, const Shape &shape,
                        int operands) {
  FunctionText function(name);
  FunctionText::Values arguments;
  for (int i = 0; i < operands; ++i)
    arguments.push_back(function.argument(shape));
  return function.text(
      {function.op(op, arguments, attributes, tensorType(shape))});
}

/// One module with a function for each activation, of its name.
std::string activationTexts(const std::string &op, const Shape &shape,
                            int operands) {
  std::string text;
  for (auto [name, kind] : kinds)
    text += elementText(name, op, kindAttribute(name), shape, operands);
  return text;
}

std::string dropoutAttributes(double rate, const std::string &path) {
  return real("rate", rate) + ", path = \"" + path + "\"";
}

} // namespace

TEST(Activation, MatchesReference) {
  for (const Shape &shape : shapes) {
    Session session(activationTexts("activation", shape, 1));
    Tensor input = values(shape, Input);
    for (double &x : input.values)
      x *= 6;
    for (auto [name, kind] : kinds)
      EXPECT_EQ(difference(session.run(name, {input})[0],
                           activation(kind, input), tolerance),
                "")
          << name << tensorType(shape);
  }
}

// Each value on its own: a tolerance relative to the others would hide the
// small ones.
TEST(Activation, OfExtremesMatchesReference) {
  const std::vector<double> extremes{
      0,  -0.0, 1e-30, -1e-30, 1e-6, -1e-6, 1e-3,  -1e-3, 0.625, -0.625, 9,
      -9, 20,   -20,   80,     -80,  88.5,  -88.5, 1000,  -1000, 1e30,   -1e30};
  Shape shape{1, static_cast<int64_t>(extremes.size())};
  Session session(activationTexts("activation", shape, 1));
  for (auto [name, kind] : kinds) {
    SCOPED_TRACE(name);
    auto results = session.run(name, {Tensor(shape, extremes)});
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
  for (const Shape &shape : shapes) {
    Session session(activationTexts("activation_gradient", shape, 2));
    Tensor gradient = values(shape, OutputGradient);
    for (auto [name, kind] : kinds) {
      // With zeros, where ReLU passes nothing on.
      Tensor output = activation(kind, values(shape, Input, 21));
      EXPECT_EQ(difference(session.run(name, {output, gradient})[0],
                           activationGradientFromOutput(kind, output, gradient),
                           tolerance),
                "")
          << name << tensorType(shape);
    }
  }
}

TEST(Add, MatchesReference) {
  for (const Shape &shape : shapes) {
    Tensor a = values(shape, Input), b = values(shape, Filter), sum = a;
    for (int64_t i = 0; i < sum.size(); ++i)
      sum.values[i] += b.values[i];
    auto results = runProgram(elementText("f", "add", "", shape, 2), {a, b});
    EXPECT_EQ(difference(results[0], sum, tolerance), "") << tensorType(shape);
  }
}

TEST(Dropout, MatchesReference) {
  const std::vector<std::pair<double, runtime::RunState>> runs{
      {0.5, {.seed = 0, .step = 0}},
      {0.1, {.seed = 42, .step = 7}},
      {0.9, {.seed = 0xfedcba9876543210, .step = 1}},
      {0.25, {.seed = 3, .step = 0x123456789a}},
      {0.0, {.seed = 1, .step = 1}},
  };
  const std::string path = "block_2.dropout_1";
  for (const Shape &shape : shapes) {
    std::string text;
    for (size_t i = 0; i < runs.size(); ++i) {
      FunctionText function("run" + std::to_string(i));
      auto x = function.argument(shape), state = function.state();
      text += function.text({function.op("dropout", {x, state},
                                         dropoutAttributes(runs[i].first, path),
                                         tensorType(shape))});
    }
    Session session(text);
    Tensor input = values(shape, Input);
    for (size_t i = 0; i < runs.size(); ++i) {
      const auto &[rate, state] = runs[i];
      auto results = session.run("run" + std::to_string(i), {input}, state);
      EXPECT_EQ(difference(results[0],
                           reference::dropout(input, rate, state.seed,
                                              state.step, path),
                           tolerance),
                "")
          << "rate " << rate << " of " << tensorType(shape);
    }
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
