// The layer Scale as the language emits it: a normalisation by given constants.
#include "test/reference/Scale.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 1e-5;

const Shape shapes[] = {{1, 1, 1, 1},  {2, 3, 5, 7}, {1, 17, 3, 3},
                        {2, 20, 4, 4}, {3, 5},       {2, 33}};

/// The constants, as values of the function: a mean of 0, and a variance that
/// is 1 with the epsilon.
FunctionText::Values constants(FunctionText &function, const Shape &channels) {
  std::string type = tensorType(channels);
  function.line("%zero = net.fill {value = 0.0 : f64} : " + type);
  function.line("%one = net.fill {value = 0.9990234375 : f64} : " + type);
  return {{"%zero", type}, {"%one", type}};
}

} // namespace

TEST(Scale, MatchesReference) {
  for (const Shape &shape : shapes)
    for (bool useBias : {true, false}) {
      SCOPED_TRACE(tensorType(shape) + (useBias ? "" : " without bias"));
      Shape channels{shape[1]};
      FunctionText function;
      FunctionText::Values operands{function.argument(shape)};
      auto known = constants(function, channels);
      operands.insert(operands.end(), known.begin(), known.end());
      operands.push_back(function.argument(channels));
      if (useBias)
        operands.push_back(function.argument(channels));
      auto y = function.op("batch_norm_inference", operands,
                           real("epsilon", 0x1p-10), tensorType(shape));
      Tensor input = values(shape, Input), weight = values(channels, Filter);
      std::vector<Tensor> inputs{input, weight};
      Tensor bias = useBias ? values(channels, Bias) : Tensor();
      if (useBias)
        inputs.push_back(bias);
      EXPECT_EQ(difference(runProgram(function.text({y}), inputs)[0],
                           scale(input, weight, bias), tolerance),
                "");
    }
}

TEST(Scale, GradientMatchesReference) {
  for (const Shape &shape : shapes) {
    SCOPED_TRACE(tensorType(shape));
    Shape channels{shape[1]};
    FunctionText function;
    auto x = function.argument(shape), dy = function.argument(shape);
    auto w = function.argument(channels);
    constants(function, channels);
    function.line("%dx, %dw, %db = net.batch_norm_gradient " + x.name +
                  ", %zero, %one, " + dy.name + " weight " + w.name + " {" +
                  real("epsilon", 0x1p-10) +
                  ", with_bias = true, given_statistics} : (" + x.type + ", " +
                  w.type + ", " + w.type + ", " + x.type + ", " + w.type +
                  ") -> (" + x.type + ", " + w.type + ", " + w.type + ")");
    Tensor input = values(shape, Input), weight = values(channels, Filter);
    Tensor gradient = values(shape, OutputGradient);
    auto actual = runProgram(
        function.text({{"%dx", x.type}, {"%dw", w.type}, {"%db", w.type}}),
        {input, gradient, weight});
    auto expected = scaleGradient(input, weight, gradient);
    EXPECT_EQ(difference(actual[0], expected.input, tolerance), "");
    EXPECT_EQ(difference(actual[1], expected.weight, tolerance, 1), "");
    EXPECT_EQ(difference(actual[2], expected.bias, tolerance, 1), "");
  }
}
