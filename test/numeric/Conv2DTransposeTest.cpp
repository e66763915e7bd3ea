// net.conv2d_transpose and its gradients, in sizes around the blocks' width.
#include "test/reference/Conv2DTranspose.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Conv2D.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

// Relative to a tensor's root mean square: sums whose terms cancel.
constexpr double tolerance = 2e-5;

struct TransposeCase {
  const char *name;
  Shape input, filter; // [N, C, H, W], [C, O/groups, kh, kw]
  reference::Conv2DTranspose conv;
  bool bias = true;

  int64_t outputs() const { return filter[1] * conv.groups; }
};

const TransposeCase cases[] = {
    {"OneByOne", {1, 1, 1, 1}, {1, 1, 1, 1}, {}},
    {"Plain", {2, 3, 5, 7}, {3, 4, 3, 2}, {}},
    {"Doubling", {2, 16, 7, 7}, {16, 32, 4, 4}, {{2, 2}, {1, 1}}},
    {"OutputPadding", {2, 17, 5, 6}, {17, 5, 3, 3}, {{2, 3}, {1, 1}, {1, 2}}},
    {"Wide", {1, 32, 9, 8}, {32, 16, 2, 2}, {{2, 2}}},
    {"Dilated", {2, 8, 6, 5}, {8, 17, 3, 2}, {{1, 2}, {1, 0}, {0, 0}, {2, 3}}},
    {"Grouped",
     {2, 32, 5, 5},
     {32, 16, 3, 3},
     {{2, 2}, {1, 1}, {1, 1}, {1, 1}, 2}},
    {"GroupedOdd",
     {1, 6, 4, 5},
     {6, 5, 2, 3},
     {{1, 2}, {0, 1}, {0, 0}, {1, 1}, 3}},
    {"Depthwise",
     {2, 16, 6, 6},
     {16, 1, 3, 3},
     {{1, 1}, {1, 1}, {0, 0}, {1, 1}, 16}},
    {"NoBias", {2, 16, 7, 7}, {16, 16, 3, 3}, {{2, 2}, {1, 1}, {1, 1}}, false},
    {"NoBiasOdd", {1, 3, 4, 3}, {3, 7, 2, 3}, {.stride = {2, 1}}, false},
};

class Conv2DTranspose : public testing::TestWithParam<TransposeCase> {};

/// With groups a filter is [G, C/G, O/G, kh, kw]: the same elements in order.
Shape netShape(const TransposeCase &one) {
  const Shape &filter = one.filter;
  int64_t groups = one.conv.groups;
  if (groups == 1)
    return filter;
  return {groups, filter[0] / groups, filter[1], filter[2], filter[3]};
}

std::string forwardText(const TransposeCase &one, const Shape &output) {
  FunctionText function("forward");
  FunctionText::Values operands{function.argument(one.input),
                                function.argument(netShape(one))};
  if (one.bias)
    operands.push_back(function.argument({one.outputs()}));
  return function.text(
      {function.op("conv2d_transpose", operands, attributesOf(one.conv),
                   tensorType(output))});
}

std::string inputGradientText(const TransposeCase &one, const Shape &output) {
  FunctionText function("input_gradient");
  auto gradient = function.argument(output);
  auto filter = function.argument(netShape(one));
  return function.text(
      {function.op("conv2d_transpose_input_gradient", {gradient, filter},
                   exampleSizes("input_shape", one.input) + ", " +
                       gradientAttributesOf(one.conv),
                   tensorType(one.input))});
}

std::string filterGradientText(const TransposeCase &one, const Shape &output) {
  FunctionText function("filter_gradient");
  auto input = function.argument(one.input);
  auto gradient = function.argument(output);
  Shape filter = netShape(one);
  std::vector<std::string> types{tensorType(filter)};
  if (one.bias)
    types.push_back(tensorType({one.outputs()}));
  return function.text(function.ops(
      "conv2d_transpose_filter_gradient", {input, gradient},
      sizes("filter_shape", filter) + ", with_bias = " +
          (one.bias ? "true" : "false") + ", " + gradientAttributesOf(one.conv),
      types));
}

} // namespace

TEST_P(Conv2DTranspose, MatchesReference) {
  const TransposeCase &one = GetParam();
  Tensor input = values(one.input, Input), filter = values(one.filter, Filter);
  Tensor bias = one.bias ? values({one.outputs()}, Bias) : Tensor();
  Tensor output = conv2DTranspose(input, filter, bias, one.conv);
  Tensor gradient = values(output.shape, OutputGradient);
  Tensor netFilter = filter.reshaped(netShape(one));

  Session session(forwardText(one, output.shape) +
                  inputGradientText(one, output.shape) +
                  filterGradientText(one, output.shape));
  std::vector<Tensor> inputs{input, netFilter};
  if (one.bias)
    inputs.push_back(bias);
  EXPECT_EQ(difference(session.run("forward", inputs)[0], output, tolerance),
            "");
  EXPECT_EQ(difference(session.run("input_gradient", {gradient, netFilter})[0],
                       conv2DTransposeInputGradient(gradient, filter, one.input,
                                                    one.conv),
                       tolerance),
            "");
  auto gradients = session.run("filter_gradient", {input, gradient});
  EXPECT_EQ(difference(gradients[0].reshaped(one.filter),
                       conv2DTransposeFilterGradient(input, gradient,
                                                     one.filter, one.conv),
                       tolerance),
            "");
  if (one.bias) {
    EXPECT_EQ(difference(gradients[1], reference::conv2DBiasGradient(gradient),
                         tolerance),
              "");
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2DTranspose, testing::ValuesIn(cases),
                         [](const auto &one) { return one.param.name; });
