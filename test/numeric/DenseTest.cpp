// net.dense, net.dense_input_gradient and net.dense_weight_gradient.
#include "test/reference/Dense.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Activation.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 1e-5;

struct DenseCase {
  int64_t batch, in, out;
  bool bias = true;
};

void PrintTo(const DenseCase &one, std::ostream *out) {
  *out << one.batch << "x" << one.in << "x" << one.out
       << (one.bias ? "" : "NoBias");
}

const DenseCase cases[] = {
    {1, 1, 1},          {1, 7, 3},         {2, 16, 16},      {5, 17, 17},
    {2, 96, 6},         {5, 400, 120},     {1, 120, 84},     {2, 84, 10},
    {5, 3, 96},         {1, 1, 17},        {2, 31, 1},       {5, 257, 33},
    {2, 96, 16, false}, {1, 17, 3, false}, {5, 1, 1, false},
};

class Dense : public testing::TestWithParam<DenseCase> {};

std::string forwardText(const DenseCase &one, const std::string &attributes) {
  FunctionText function("forward");
  FunctionText::Values operands{function.argument({one.batch, one.in}),
                                function.argument({one.out, one.in})};
  if (one.bias)
    operands.push_back(function.argument({one.out}));
  return function.text({function.op("dense", operands, attributes,
                                    tensorType({one.batch, one.out}))});
}

std::string gradientText(const DenseCase &one) {
  FunctionText inputs("input_gradient");
  auto gradient = inputs.argument({one.batch, one.out});
  auto weight = inputs.argument({one.out, one.in});
  auto dx = inputs.op("dense_input_gradient", {gradient, weight}, "",
                      tensorType({one.batch, one.in}));
  FunctionText weights("weight_gradient");
  auto x = weights.argument({one.batch, one.in});
  auto dy = weights.argument({one.batch, one.out});
  std::vector<std::string> types{tensorType({one.out, one.in})};
  if (one.bias)
    types.push_back(tensorType({one.out}));
  auto dw =
      weights.ops("dense_weight_gradient", {x, dy},
                  one.bias ? "with_bias = true" : "with_bias = false", types);
  return inputs.text({dx}) + weights.text(dw);
}

} // namespace

TEST_P(Dense, MatchesReference) {
  const DenseCase &one = GetParam();
  Tensor input = values({one.batch, one.in}, Input);
  Tensor weight = values({one.out, one.in}, Filter);
  Tensor bias = one.bias ? values({one.out}, Bias) : Tensor();
  Tensor gradient = values({one.batch, one.out}, OutputGradient);
  Session session(forwardText(one, "") + gradientText(one));
  std::vector<Tensor> inputs{input, weight};
  if (one.bias)
    inputs.push_back(bias);
  EXPECT_EQ(difference(session.run("forward", inputs)[0],
                       dense(input, weight, bias), tolerance),
            "");
  EXPECT_EQ(difference(session.run("input_gradient", {gradient, weight})[0],
                       denseInputGradient(gradient, weight), tolerance),
            "");
  auto gradients = session.run("weight_gradient", {input, gradient});
  EXPECT_EQ(
      difference(gradients[0], denseWeightGradient(input, gradient), tolerance),
      "");
  if (one.bias) {
    EXPECT_EQ(difference(gradients[1], reference::denseBiasGradient(gradient),
                         tolerance),
              "");
  }
}

TEST_P(Dense, WithReLUMatchesReference) {
  const DenseCase &one = GetParam();
  Tensor input = values({one.batch, one.in}, Input);
  Tensor weight = values({one.out, one.in}, Filter);
  Tensor bias = one.bias ? values({one.out}, Bias) : Tensor();
  Session session(forwardText(one, "activation = #net.activation<relu>"));
  std::vector<Tensor> inputs{input, weight};
  if (one.bias)
    inputs.push_back(bias);
  EXPECT_EQ(difference(session.run("forward", inputs)[0],
                       activation(reference::Activation::ReLU,
                                  dense(input, weight, bias)),
                       tolerance),
            "");
}

INSTANTIATE_TEST_SUITE_P(Cases, Dense, testing::ValuesIn(cases),
                         [](const auto &one) {
                           std::ostringstream name;
                           PrintTo(one.param, &name);
                           return name.str();
                         });
