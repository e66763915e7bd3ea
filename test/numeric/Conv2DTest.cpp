// net.conv2d, net.conv2d_input_gradient and net.conv2d_filter_gradient.
#include "test/reference/Conv2D.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Activation.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

// The library may take Winograd, whose error is 2e-5 of the result's rms.
constexpr double tolerance = 1e-4;

struct ConvCase {
  const char *name;
  Shape input, filter; // [N, C, H, W], [O, C/groups, kh, kw]
  reference::Conv2D conv;
  bool bias = true;
};

void PrintTo(const ConvCase &one, std::ostream *out) { *out << one.name; }

const ConvCase cases[] = {
    {"OneProduct", {1, 1, 1, 1}, {1, 1, 1, 1}, {}},
    {"LeNetFirst", {2, 1, 28, 28}, {6, 1, 5, 5}, {.padding = {2, 2}}},
    {"LeNetSecond", {5, 6, 14, 14}, {16, 6, 5, 5}, {}},
    {"AlexNetFirst", {1, 1, 43, 43}, {96, 1, 11, 11}, {.stride = {4, 4}}},
    {"AlexNetSecond", {2, 96, 7, 7}, {32, 96, 5, 5}, {.padding = {2, 2}}},
    {"AlexNetThird", {2, 32, 12, 12}, {48, 32, 3, 3}, {.padding = {1, 1}}},
    {"Colours", {5, 3, 8, 9}, {16, 3, 3, 3}, {{2, 2}, {1, 1}, {1, 1}, 1}},
    {"SeventeenChannels", {2, 17, 9, 11}, {17, 17, 3, 3}, {.padding = {1, 1}}},
    {"OneByOne", {1, 16, 7, 7}, {96, 16, 1, 1}, {}},
    {"OneByOneStride", {2, 96, 5, 5}, {16, 96, 1, 1}, {.stride = {2, 2}}},
    {"Oblong",
     {1, 6, 9, 7},
     {17, 6, 2, 5},
     {.stride = {1, 3}, .padding = {1, 0}}},
    {"WholeInput", {2, 3, 4, 5}, {1, 3, 4, 5}, {}},
    {"UnreadRows", {2, 1, 8, 9}, {3, 1, 2, 2}, {.stride = {3, 4}}},
    {"PaddingPastKernel", {1, 3, 4, 4}, {5, 3, 1, 1}, {.padding = {2, 1}}},
    {"Dilation", {2, 3, 11, 10}, {6, 3, 3, 3}, {.dilation = {2, 2}}},
    {"DilationOfBlocks",
     {1, 16, 12, 12},
     {16, 16, 3, 3},
     {{1, 1}, {2, 2}, {2, 2}, 1}},
    {"EverythingOdd",
     {1, 17, 13, 9},
     {3, 17, 3, 2},
     {{2, 1}, {2, 1}, {3, 2}, 1}},
    {"Groups", {2, 6, 7, 7}, {6, 3, 3, 3}, {{1, 1}, {1, 1}, {1, 1}, 2}},
    {"GroupsOfBlocks",
     {2, 32, 8, 8},
     {64, 16, 3, 3},
     {{1, 1}, {1, 1}, {1, 1}, 2}},
    {"GroupsOfSeventeen",
     {1, 34, 6, 6},
     {34, 17, 3, 3},
     {{2, 2}, {1, 1}, {1, 1}, 2}},
    {"Depthwise", {2, 96, 6, 5}, {96, 1, 3, 3}, {{1, 1}, {1, 1}, {1, 1}, 96}},
    {"DepthwiseOdd", {5, 3, 7, 7}, {3, 1, 3, 3}, {{2, 2}, {1, 1}, {1, 1}, 3}},
    {"DepthwiseTwice",
     {1, 6, 5, 5},
     {12, 1, 2, 2},
     {{1, 1}, {0, 0}, {1, 1}, 6}},
    {"NoBias", {2, 16, 9, 9}, {16, 16, 3, 3}, {.padding = {1, 1}}, false},
    {"NoBiasOdd", {1, 3, 5, 6}, {7, 3, 2, 3}, {.stride = {2, 1}}, false},
};

class Conv2D : public testing::TestWithParam<ConvCase> {};

/// With groups a filter is [G, O/G, C/G, kh, kw]: the same elements in order.
Shape netShape(const Shape &filter, int64_t groups) {
  if (groups == 1)
    return filter;
  return {groups, filter[0] / groups, filter[1], filter[2], filter[3]};
}

std::string forwardText(const ConvCase &one, const Shape &output,
                        const std::string &activation) {
  FunctionText function("forward");
  FunctionText::Values operands{
      function.argument(one.input),
      function.argument(netShape(one.filter, one.conv.groups))};
  if (one.bias)
    operands.push_back(function.argument({one.filter[0]}));
  return function.text(
      {function.op("conv2d", operands, attributesOf(one.conv) + activation,
                   tensorType(output))});
}

std::string inputGradientText(const ConvCase &one, const Shape &output) {
  FunctionText function("input_gradient");
  auto gradient = function.argument(output);
  auto filter = function.argument(netShape(one.filter, one.conv.groups));
  return function.text({function.op("conv2d_input_gradient", {gradient, filter},
                                    exampleSizes("input_shape", one.input) +
                                        ", " + attributesOf(one.conv),
                                    tensorType(one.input))});
}

std::string filterGradientText(const ConvCase &one, const Shape &output) {
  FunctionText function("filter_gradient");
  auto input = function.argument(one.input);
  auto gradient = function.argument(output);
  Shape filter = netShape(one.filter, one.conv.groups);
  std::vector<std::string> types{tensorType(filter)};
  if (one.bias)
    types.push_back(tensorType({one.filter[0]}));
  return function.text(function.ops(
      "conv2d_filter_gradient", {input, gradient},
      sizes("filter_shape", filter) + ", with_bias = " +
          (one.bias ? "true" : "false") + ", " + attributesOf(one.conv),
      types));
}

} // namespace

TEST_P(Conv2D, MatchesReference) {
  const ConvCase &one = GetParam();
  Tensor input = values(one.input, Input), filter = values(one.filter, Filter);
  Tensor bias = one.bias ? values({one.filter[0]}, Bias) : Tensor();
  Tensor output = conv2D(input, filter, bias, one.conv);
  Tensor gradient = values(output.shape, OutputGradient);
  Shape grouped = netShape(one.filter, one.conv.groups);

  Session session(forwardText(one, output.shape, "") +
                  inputGradientText(one, output.shape) +
                  filterGradientText(one, output.shape));
  std::vector<Tensor> inputs{input, filter.reshaped(grouped)};
  if (one.bias)
    inputs.push_back(bias);
  EXPECT_EQ(difference(session.run("forward", inputs)[0], output, tolerance),
            "");
  EXPECT_EQ(
      difference(session.run("input_gradient",
                             {gradient, filter.reshaped(grouped)})[0],
                 conv2DInputGradient(gradient, filter, one.input, one.conv),
                 tolerance),
      "");
  auto gradients = session.run("filter_gradient", {input, gradient});
  EXPECT_EQ(
      difference(gradients[0].reshaped(one.filter),
                 conv2DFilterGradient(input, gradient, one.filter, one.conv),
                 tolerance),
      "");
  if (one.bias) {
    EXPECT_EQ(difference(gradients[1], reference::conv2DBiasGradient(gradient),
                         tolerance),
              "");
  }
}

TEST_P(Conv2D, WithReLUMatchesReference) {
  const ConvCase &one = GetParam();
  Tensor input = values(one.input, Input), filter = values(one.filter, Filter);
  Tensor bias = one.bias ? values({one.filter[0]}, Bias) : Tensor();
  Tensor sum = conv2D(input, filter, bias, one.conv);
  Session session(
      forwardText(one, sum.shape, ", activation = #net.activation<relu>"));
  std::vector<Tensor> inputs{
      input, filter.reshaped(netShape(one.filter, one.conv.groups))};
  if (one.bias)
    inputs.push_back(bias);
  EXPECT_EQ(difference(session.run("forward", inputs)[0],
                       activation(reference::Activation::ReLU, sum), tolerance),
            "");
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2D, testing::ValuesIn(cases),
                         [](const auto &one) { return one.param.name; });
