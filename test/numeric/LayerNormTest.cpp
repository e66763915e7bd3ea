// net.layer_norm and net.layer_norm_gradient.
#include "test/reference/LayerNorm.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 1e-5, epsilon = 1e-5;

const Shape shapes[] = {{1, 2},  {2, 3},   {3, 16},  {5, 17},
                        {1, 31}, {4, 784}, {7, 257}, {130, 9}};

} // namespace

TEST(LayerNorm, MatchesReference) {
  for (const Shape &shape : shapes)
    for (bool affine : {true, false}) {
      SCOPED_TRACE(tensorType(shape) + (affine ? "" : " plain"));
      std::string rows = tensorType({shape[0]});
      FunctionText function;
      FunctionText::Values operands{function.argument(shape)};
      if (affine)
        for (int i = 0; i < 2; ++i)
          operands.push_back(function.argument({shape[1]}));
      auto results =
          function.ops("layer_norm", operands, real("epsilon", epsilon),
                       {tensorType(shape), rows, rows});
      Tensor input = values(shape, Input), weight, bias;
      std::vector<Tensor> inputs{input};
      if (affine) {
        weight = values({shape[1]}, Filter);
        bias = values({shape[1]}, Bias);
        inputs.insert(inputs.end(), {weight, bias});
      }
      EXPECT_EQ(difference(runProgram(function.text({results[0]}), inputs)[0],
                           layerNorm(input, weight, bias, epsilon), tolerance,
                           1),
                "");
    }
}

TEST(LayerNorm, GradientMatchesReference) {
  for (const Shape &shape : shapes)
    for (bool affine : {true, false}) {
      SCOPED_TRACE(tensorType(shape) + (affine ? "" : " plain"));
      std::string rows = tensorType({shape[0]});
      FunctionText function;
      auto x = function.argument(shape), dy = function.argument(shape);
      FunctionText::Values operands{x};
      std::string columns = tensorType({shape[1]});
      if (affine) {
        auto w = function.argument({shape[1]}),
             b = function.argument({shape[1]});
        operands.insert(operands.end(), {w, b});
      }
      auto forward =
          function.ops("layer_norm", operands, real("epsilon", epsilon),
                       {tensorType(shape), rows, rows});
      FunctionText::Values back{x, forward[1], forward[2], dy};
      std::vector<std::string> types{tensorType(shape)};
      if (affine) {
        back.push_back(operands[1]);
        types.insert(types.end(), 2, columns);
      }
      auto results = function.ops("layer_norm_gradient", back,
                                  real("epsilon", epsilon), types);
      Tensor input = values(shape, Input);
      Tensor gradient = values(shape, OutputGradient), weight;
      std::vector<Tensor> inputs{input, gradient};
      if (affine) {
        weight = values({shape[1]}, Filter);
        inputs.insert(inputs.end(), {weight, values({shape[1]}, Bias)});
      }
      auto actual = runProgram(function.text(results), inputs);
      auto expected = layerNormGradient(input, weight, epsilon, gradient);
      EXPECT_EQ(difference(actual[0], expected.input, tolerance, 1), "");
      if (!affine)
        continue;
      EXPECT_EQ(difference(actual[1], expected.weight, tolerance, 1), "");
      EXPECT_EQ(difference(actual[2], expected.bias, tolerance, 1), "");
    }
}
