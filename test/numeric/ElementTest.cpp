// Ops whose elements are computed alone, in sizes around the vectors' width:
// net.activation, net.activation_gradient, net.dropout, net.add.
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Activation.h"
#include "test/reference/Conv2D.h"
#include "test/reference/Dropout.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 2e-6;

const Shape shapes[] = {{1, 1},    {1, 7},        {2, 8},         {1, 16},
                        {5, 17},   {3, 31},       {2, 96},        {2, 3, 5, 7},
                        {7, 1003}, {2, 17, 3, 3}, {5, 16, 10, 9}, {3, 2000}};

struct Kind {
  const char *name;
  reference::Activation kind;
  reference::Parameter parameter = {};
  bool outputTellsSlope = false;

  /// Of its function in a module: `elu`, `elu_2`.
  std::string function() const;
  std::string attributes() const;
};

const Kind kinds[] = {
    {"relu", reference::Activation::ReLU, {}, true},
    {"relu", reference::Activation::ReLU, 6, true},
    {"sigmoid", reference::Activation::Sigmoid, {}, true},
    {"tanh", reference::Activation::Tanh, {}, true},
    {"leaky_relu", reference::Activation::LeakyReLU, {}, true},
    {"leaky_relu", reference::Activation::LeakyReLU, -0.25, false},
    {"gelu", reference::Activation::GELU},
    {"silu", reference::Activation::SiLU},
    {"elu", reference::Activation::ELU},
    {"elu", reference::Activation::ELU, 2},
    {"softplus", reference::Activation::Softplus},
    {"hard_swish", reference::Activation::HardSwish}};

std::string kindAttribute(const char *kind) {
  return "kind = #net.activation<" + std::string(kind) + ">";
}

std::string Kind::function() const {
  return parameter ? std::string(name) + "_told" : name;
}

std::string Kind::attributes() const {
  std::string text = kindAttribute(name);
  return parameter ? text + ", " + real("argument", *parameter) : text;
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
  for (const Kind &kind : kinds)
    text +=
        elementText(kind.function(), op, kind.attributes(), shape, operands);
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
      x *= 8;
    for (const Kind &kind : kinds)
      EXPECT_EQ(difference(session.run(kind.function(), {input})[0],
                           activation(kind.kind, input, kind.parameter),
                           tolerance),
                "")
          << kind.function() << tensorType(shape);
  }
}

/// Each value on its own: a tolerance relative to the others would hide the
/// small ones. Below the least normal float a result may be anything as small,
/// and an input times it as well.
static void expectEachClose(const Tensor &actual, const Tensor &expected,
                            const Tensor &input, double relative) {
  for (size_t i = 0; i < input.values.size(); ++i)
    EXPECT_NEAR(actual.values[i], expected.values[i],
                2e-38 * std::max(1.0, std::abs(input.values[i])) +
                    relative * std::abs(expected.values[i]))
        << "at " << input.values[i];
}

TEST(Activation, OfExtremesMatchesReference) {
  const std::vector<double> extremes{
      0,  -0.0, 1e-30, -1e-30, 1e-6, -1e-6, 1e-3,  -1e-3, 0.625, -0.625, 9,
      -9, 20,   -20,   80,     -80,  88.5,  -88.5, 1000,  -1000, 1e30,   -1e30};
  Shape shape{1, static_cast<int64_t>(extremes.size())};
  Tensor input(shape, extremes), ones(shape, 1);
  for (double &x : input.values)
    x = static_cast<float>(x); // the rounding of x is not the function's
  Session session(activationTexts("activation", shape, 1));
  Session slopes(activationTexts("activation_gradient", shape, 2));
  for (const Kind &kind : kinds) {
    SCOPED_TRACE(kind.function());
    expectEachClose(session.run(kind.function(), {input})[0],
                    activation(kind.kind, input, kind.parameter), input,
                    tolerance);
    if (!kind.outputTellsSlope)
      expectEachClose(
          slopes.run(kind.function(), {input, ones})[0],
          activationGradientFromInput(kind.kind, input, ones, kind.parameter),
          input, tolerance);
  }
}

// The polynomials: erf and log(1 + x) as they are used, to a few units in the
// last place of each value, tails included.
TEST(Activation, IsAccurateEverywhere) {
  Shape shape{1, 40001};
  Tensor input(shape);
  for (int64_t i = 0; i < input.size(); ++i)
    input.values[i] = static_cast<float>((i - 20000) * 6.7e-4);
  constexpr double ulp = 1.1920929e-7; // of a value just above a power of two
  FunctionText function;
  auto x = function.argument(shape);
  FunctionText::Values results;
  for (const char *kind : {"gelu", "softplus", "silu", "elu"})
    results.push_back(
        function.op("activation", {x}, kindAttribute(kind), tensorType(shape)));
  auto actual = runProgram(function.text(results), {input});
  const reference::Activation functions[] = {
      reference::Activation::GELU, reference::Activation::Softplus,
      reference::Activation::SiLU, reference::Activation::ELU};
  for (size_t i = 0; i < actual.size(); ++i) {
    Tensor expected = activation(functions[i], input);
    double worst = 0, at = 0;
    for (int64_t j = 0; j < input.size(); ++j) {
      double truth = expected.values[j];
      double error = std::abs(actual[i].values[j] - truth);
      if (std::abs(truth) > 1e-36 && error > worst * std::abs(truth)) {
        worst = error / std::abs(truth);
        at = input.values[j];
      }
    }
    EXPECT_LT(worst, 6 * ulp) << "function " << i << " at " << at;
  }
}

TEST(Activation, GradientMatchesReference) {
  for (const Shape &shape : shapes) {
    Session session(activationTexts("activation_gradient", shape, 2));
    Tensor gradient = values(shape, OutputGradient);
    for (const Kind &kind : kinds) {
      // With zeros, where ReLU passes nothing on, and the other kinks.
      Tensor input = values(shape, Input, 21);
      for (double &x : input.values)
        x *= kind.outputTellsSlope ? 1 : 10;
      Tensor value = kind.outputTellsSlope
                         ? activation(kind.kind, input, kind.parameter)
                         : input;
      Tensor expected = kind.outputTellsSlope
                            ? activationGradientFromOutput(
                                  kind.kind, value, gradient, kind.parameter)
                            : activationGradientFromInput(
                                  kind.kind, value, gradient, kind.parameter);
      EXPECT_EQ(difference(session.run(kind.function(), {value, gradient})[0],
                           expected, tolerance),
                "")
          << kind.function() << tensorType(shape);
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
