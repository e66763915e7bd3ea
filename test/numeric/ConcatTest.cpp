// net.concat and net.channel_slice: in row-major order, and in the blocked
// layouts that convolutions leave, cut between blocks and through them.
#include "test/reference/Concat.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Conv2D.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

std::string integer(const std::string &name, int64_t value) {
  return name + " = " + std::to_string(value) + " : i64";
}

std::string sliceAttributes(int64_t offset, int64_t channels) {
  return integer("offset", offset) + ", " + integer("channels", channels);
}

Shape withChannels(Shape shape, int64_t channels) {
  shape[1] = channels;
  return shape;
}

} // namespace

TEST(Concat, PutsChannelsBehindOneAnother) {
  const Shape shapes[] = {
      {1, 1}, {2, 1}, {3, 1, 1, 1}, {2, 1, 5, 7}, {1, 1, 33, 31}};
  const std::vector<int64_t> counts[] = {{1}, {1, 1}, {3, 16, 5}, {17, 64}};
  for (const Shape &shape : shapes)
    for (const auto &channels : counts) {
      FunctionText function;
      FunctionText::Values operands;
      std::vector<Tensor> inputs;
      for (int64_t count : channels) {
        Shape input = withChannels(shape, count);
        operands.push_back(function.argument(input));
        inputs.push_back(values(input, Input + inputs.size()));
      }
      Tensor expected = concat(inputs);
      auto y = function.op("concat", operands, "", tensorType(expected.shape));
      EXPECT_EQ(
          difference(runProgram(function.text({y}), inputs)[0], expected, 1e-7),
          "")
          << tensorType(expected.shape);
    }
}

TEST(ChannelSlice, TakesChannels) {
  const Shape shapes[] = {{2, 21}, {1, 21, 1, 1}, {2, 21, 5, 7}};
  for (const Shape &shape : shapes)
    for (auto [offset, channels] :
         {std::pair(0, 21), {0, 4}, {16, 5}, {20, 1}, {3, 8}}) {
      Tensor input = values(shape, Input);
      Tensor expected = reference::channelSlice(input, offset, channels);
      FunctionText function;
      auto x = function.argument(shape);
      auto y =
          function.op("channel_slice", {x}, sliceAttributes(offset, channels),
                      tensorType(expected.shape));
      EXPECT_EQ(difference(runProgram(function.text({y}), {input})[0], expected,
                           1e-7),
                "")
          << tensorType(shape) << " from " << offset;
    }
}

// Convolutions leave blocks of 8 or 16 channels. Their concatenation goes to a
// convolution again, and slices of it to others.
TEST(Concat, BetweenConvolutions) {
  const std::vector<int64_t> counts[] = {{16, 32}, {32, 16, 16}, {8, 8},
                                         {16, 20}, {20, 16},     {3, 5, 9}};
  for (const auto &channels : counts) {
    Shape inputShape{2, 3, 6, 7};
    Tensor input = values(inputShape, Input);
    FunctionText function;
    auto x = function.argument(inputShape);
    std::vector<Tensor> arguments{input}, parts;
    FunctionText::Values branches;
    auto conv = [&](FunctionText::Value from, const Tensor &truth,
                    int64_t outputs) {
      Shape filterShape{outputs, truth.dim(1), 3, 3};
      Tensor filter =
          values(filterShape, Filter + static_cast<uint32_t>(arguments.size()));
      arguments.push_back(filter);
      auto w = function.argument(filterShape);
      reference::Conv2D same{.padding = {1, 1}};
      return std::pair(
          function.op("conv2d", {from, w}, attributesOf(same),
                      tensorType(withChannels(truth.shape, outputs))),
          conv2D(truth, filter, Tensor(), same));
    };
    for (int64_t count : channels) {
      auto [value, truth] = conv(x, input, count);
      branches.push_back(value);
      parts.push_back(truth);
    }
    Tensor joined = concat(parts);
    auto y = function.op("concat", branches, "", tensorType(joined.shape));
    auto [z, output] = conv(y, joined, 16);
    FunctionText::Values results{z};
    std::vector<Tensor> expected{output};
    int64_t offset = 0;
    for (int64_t count : channels) {
      Tensor part = reference::channelSlice(joined, offset, count);
      auto slice =
          function.op("channel_slice", {y}, sliceAttributes(offset, count),
                      tensorType(part.shape));
      auto [value, truth] = conv(slice, part, 8);
      results.push_back(value);
      expected.push_back(truth);
      offset += count;
    }
    auto actual = runProgram(function.text(results), arguments);
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(difference(actual[i], expected[i], 1e-4), "")
          << "result " << i << " of " << channels.size() << " branches";
  }
}
