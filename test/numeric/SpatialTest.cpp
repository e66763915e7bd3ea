// net.upsample2d, net.pad2d and their gradients, row-major and in blocks.
#include "test/reference/Spatial.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Conv2D.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 2e-6;

const Shape shapes[] = {{1, 1, 1, 1},  {2, 3, 5, 7},  {1, 16, 4, 4},
                        {2, 17, 3, 2}, {1, 2, 1, 16}, {3, 5, 2, 33}};

const reference::Pair scales[] = {{1, 1}, {2, 2}, {3, 1}, {2, 5}, {4, 3}};

std::string modeAttribute(bool bilinear) {
  return std::string("mode = #net.interpolation<") +
         (bilinear ? "bilinear>" : "nearest>");
}

std::string scaleAttributes(reference::Pair scale, bool bilinear) {
  return sizes("scale", {scale[0], scale[1]}) + ", " + modeAttribute(bilinear);
}

/// A function of one op on one operand.
std::string text(const std::string &name, const std::string &op,
                 const std::string &attributes, const Shape &input,
                 const Shape &output) {
  FunctionText function(name);
  auto x = function.argument(input);
  return function.text({function.op(op, {x}, attributes, tensorType(output))});
}

} // namespace

TEST(Upsample2D, MatchesReference) {
  for (const Shape &shape : shapes)
    for (bool bilinear : {false, true}) {
      std::string module;
      for (auto [down, across] : scales) {
        std::string name =
            "s" + std::to_string(down) + "x" + std::to_string(across);
        Shape enlarged{shape[0], shape[1], shape[2] * down, shape[3] * across};
        std::string attributes = scaleAttributes({down, across}, bilinear);
        module += text(name, "upsample2d", attributes, shape, enlarged) +
                  text(name + "_gradient", "upsample2d_gradient", attributes,
                       enlarged, shape);
      }
      Session session(module);
      for (reference::Pair scale : scales) {
        std::string name =
            "s" + std::to_string(scale[0]) + "x" + std::to_string(scale[1]);
        SCOPED_TRACE(name + tensorType(shape) + modeAttribute(bilinear));
        Tensor input = values(shape, Input);
        Tensor output = upsample2D(input, scale, bilinear);
        EXPECT_EQ(difference(session.run(name, {input})[0], output, tolerance),
                  "");
        Tensor gradient = values(output.shape, OutputGradient);
        EXPECT_EQ(difference(session.run(name + "_gradient", {gradient})[0],
                             upsample2DGradient(gradient, scale, bilinear),
                             tolerance),
                  "");
      }
    }
}

TEST(Pad2D, MatchesReference) {
  const reference::Sides paddings[] = {
      {0, 0, 0, 0}, {1, 1, 1, 1}, {0, 2, 3, 0}, {5, 0, 0, 17}};
  for (const Shape &shape : shapes)
    for (const reference::Sides &sides : paddings) {
      reference::Sides cut{-sides[0], -sides[1], -sides[2], -sides[3]};
      Tensor input = values(shape, Input), output = pad2D(input, sides);
      auto attribute = [](const reference::Sides &all) {
        return numeric::sizes("sides", {all.begin(), all.end()});
      };
      Session session(
          text("pad", "pad2d", attribute(sides), shape, output.shape) +
          text("crop", "pad2d", attribute(cut), output.shape, shape));
      EXPECT_EQ(difference(session.run("pad", {input})[0], output, tolerance),
                "");
      Tensor gradient = values(output.shape, OutputGradient);
      EXPECT_EQ(difference(session.run("crop", {gradient})[0],
                           reference::pad2DGradient(gradient, sides),
                           tolerance),
                "");
    }
}

// Both at once: padded at the top, cut at the left.
TEST(Pad2D, OfMixedSides) {
  reference::Sides sides{2, -1, -2, 3};
  Tensor input = values({2, 3, 5, 6}, Input), output = pad2D(input, sides);
  Session session(text("f", "pad2d", numeric::sizes("sides", {2, -1, -2, 3}),
                       input.shape, output.shape));
  EXPECT_EQ(difference(session.run("f", {input})[0], output, tolerance), "");
}

// Behind a convolution elements lie in blocks of channels: the lanes are then
// channels at one place. Padding of the blocks that is not zero would show in
// the second convolution.
TEST(Spatial, InBlockedLayouts) {
  for (int64_t channels : {3, 16, 17, 32})
    for (bool bilinear : {false, true}) {
      Shape inputShape{2, 3, 6, 7}, filterShape{channels, 3, 3, 3},
          sumShape{2, channels, 4, 5}, largeShape{2, channels, 8, 15},
          padded{2, channels, 9, 13}, lastFilter{2, channels, 2, 2},
          outputShape{2, 2, 8, 12};
      FunctionText function;
      auto x = function.argument(inputShape),
           w = function.argument(filterShape),
           last = function.argument(lastFilter);
      auto sum =
          function.op("conv2d", {x, w}, attributesOf(reference::Conv2D{}),
                      tensorType(sumShape));
      auto large =
          function.op("upsample2d", {sum}, scaleAttributes({2, 3}, bilinear),
                      tensorType(largeShape));
      auto moved = function.op("pad2d", {large}, sizes("sides", {1, 0, -3, 1}),
                               tensorType(padded));
      auto small =
          function.op("upsample2d_gradient", {large},
                      scaleAttributes({2, 3}, bilinear), tensorType(sumShape));
      auto y = function.op("conv2d", {moved, last},
                           attributesOf(reference::Conv2D{}),
                           tensorType(outputShape));
      Tensor input = values(inputShape, Input),
             filter = values(filterShape, Filter),
             lastWeights = values(lastFilter, Bias);
      Tensor expectedLarge =
          upsample2D(conv2D(input, filter, Tensor(), {}), {2, 3}, bilinear);
      Tensor expected = conv2D(pad2D(expectedLarge, {1, 0, -3, 1}), lastWeights,
                               Tensor(), {});
      auto results =
          runProgram(function.text({y, small}), {input, filter, lastWeights});
      EXPECT_EQ(difference(results[0], expected, 2e-5), "")
          << channels << " channels";
      EXPECT_EQ(difference(results[1],
                           upsample2DGradient(expectedLarge, {2, 3}, bilinear),
                           2e-5),
                "")
          << channels << " channels";
    }
}
