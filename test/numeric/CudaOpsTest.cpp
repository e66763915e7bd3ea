// The ops that only GPUs have, as generated kernels: cuda.channel_sums against
// the reference's bias gradients, in one part and in two steps, and the pieces
// of batch and layer normalisation against the reference's.
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/BatchNorm.h"
#include "test/reference/Conv2D.h"
#include "test/reference/Dense.h"
#include "test/reference/LayerNorm.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

static std::string parts(int64_t count) {
  return "parts = " + std::to_string(count) + " : i64";
}

/// What one op makes of these.
static Tensor runOp(const std::string &op, const std::vector<Tensor> &inputs,
                    const std::string &attributes, const Shape &result) {
  FunctionText function;
  FunctionText::Values operands;
  for (const Tensor &tensor : inputs)
    operands.push_back(function.argument(tensor.shape));
  auto y = function.op(op, operands, attributes, tensorType(result));
  return runProgram(function.text({y}), inputs)[0];
}

/// The sums in `count` parts, and those summed.
static Tensor sums(const Tensor &values, int64_t count) {
  int64_t channels = values.dim(1);
  FunctionText function;
  auto x = function.argument(values.shape);
  auto y = x;
  if (count > 1)
    y = function.op("cuda.channel_sums", {x}, parts(count),
                    tensorType({count, channels}));
  auto z =
      function.op("cuda.channel_sums", {y}, parts(1), tensorType({channels}));
  return runProgram(function.text({z}), {values})[0];
}

TEST(ChannelSums, OfPictures) {
  for (const Shape &shape : {Shape{1, 1, 1, 1}, Shape{2, 3, 5, 7},
                             Shape{3, 17, 4, 4}, Shape{5, 8, 1, 1}})
    for (int64_t count : {1, 2, 3}) {
      if (count > shape[0] * shape[2] * shape[3])
        continue;
      Tensor input = values(shape, OutputGradient);
      EXPECT_EQ(difference(sums(input, count),
                           reference::conv2DBiasGradient(input), 1e-5),
                "")
          << tensorType(shape) << " in " << count;
    }
}

TEST(ChannelSums, OfRows) {
  for (const Shape &shape : {Shape{1, 10}, Shape{7, 5}, Shape{64, 33}})
    for (int64_t count : {1, 2, 7}) {
      if (count > shape[0])
        continue;
      Tensor input = values(shape, OutputGradient);
      EXPECT_EQ(difference(sums(input, count),
                           reference::denseBiasGradient(input), 1e-5),
                "")
          << tensorType(shape) << " in " << count;
    }
}

TEST(ChannelSums, OfProducts) {
  for (const Shape &shape : {Shape{2, 3, 5, 7}, Shape{7, 5}}) {
    Tensor dy = values(shape, OutputGradient), x = values(shape, Input);
    Tensor products = dy;
    for (size_t i = 0; i < x.values.size(); ++i)
      products.values[i] *= x.values[i];
    EXPECT_EQ(
        difference(runOp("cuda.channel_sums", {dy, x}, parts(1), {shape[1]}),
                   shape.size() == 4 ? reference::conv2DBiasGradient(products)
                                     : reference::denseBiasGradient(products),
                   1e-5, 1),
        "")
        << tensorType(shape);
  }
}

TEST(ChannelAffine, NormalisesWithGivenStatistics) {
  for (const Shape &shape :
       {Shape{2, 3, 5, 7}, Shape{1, 17, 1, 1}, Shape{6, 9}}) {
    Tensor input = values(shape, Input), weight = values({shape[1]}, Filter),
           bias = values({shape[1]}, Bias);
    reference::Moments moments = reference::channelMoments(input);
    for (double &variance : moments.variance.values)
      variance += 0.25;
    for (size_t affine : {0, 1, 2}) {
      std::vector<Tensor> inputs{input, moments.mean, moments.variance};
      if (affine > 0)
        inputs.push_back(weight);
      if (affine > 1)
        inputs.push_back(bias);
      EXPECT_EQ(difference(runOp("cuda.channel_affine", inputs,
                                 real("epsilon", 1e-3), shape),
                           reference::normalizeChannels(
                               input, moments, affine > 0 ? weight : Tensor(),
                               affine > 1 ? bias : Tensor(), 1e-3),
                           1e-5, 1),
                "")
          << tensorType(shape) << ", affine " << affine;
    }
  }
}

TEST(Variance, IsOfItsInverse) {
  Tensor variance({5}, {0, 1e-4, 0.5, 3, 1000});
  Tensor inverse = variance;
  for (double &value : inverse.values)
    value = 1 / std::sqrt(value + 1e-5);
  EXPECT_EQ(
      difference(runOp("cuda.variance", {inverse}, real("epsilon", 1e-5), {5}),
                 variance, 1e-5),
      "");
}

TEST(NormInputGradient, GoesThroughTheStatistics) {
  for (const Shape &shape : {Shape{2, 3, 5, 7}, Shape{6, 9}}) {
    Tensor input = values(shape, Input), dy = values(shape, OutputGradient),
           weight = values({shape[1]}, Filter);
    reference::Moments moments = reference::channelMoments(input);
    Tensor normalised =
        reference::normalizeChannels(input, moments, Tensor(), Tensor(), 1e-3);
    reference::NormGradients expected =
        reference::batchNormGradient(input, weight, 1e-3, dy);
    std::vector<Tensor> inputs{
        dy,    normalised, moments.variance, expected.weight, expected.bias,
        weight};
    EXPECT_EQ(difference(runOp("cuda.norm_input_gradient", inputs,
                               real("epsilon", 1e-3), shape),
                         expected.input, 1e-5, 1),
              "")
        << tensorType(shape);
  }
}

TEST(ChannelAdd, AddsABias) {
  Shape shape{2, 3, 5, 7};
  Tensor input = values(shape, Input), bias = values({3}, Bias);
  Tensor expected = input;
  for (int64_t i = 0; i < expected.size(); ++i)
    expected.values[i] += bias.values[i / 35 % 3];
  EXPECT_EQ(difference(runOp("cuda.channel_add", {input, bias}, "", shape),
                       expected, 1e-6),
            "");
}

TEST(ChannelSums, AreScaled) {
  Tensor input = values({7, 5}, OutputGradient);
  Tensor expected = reference::denseBiasGradient(input);
  for (double &value : expected.values)
    value *= 0.25;
  EXPECT_EQ(difference(runOp("cuda.channel_sums", {input},
                             parts(1) + ", " + real("scale", 0.25), {5}),
                       expected, 1e-5),
            "");
}

static const std::string ofExamples = ", per_example";

/// Examples as the channels of one: what is true of channels is of these.
static Tensor asChannels(const Tensor &input) {
  return input.reshaped({1, input.dim(0), input.size() / input.dim(0), 1});
}

/// An example's statistics are those of its elements in any order.
static const Shape exampleShapes[] = {{1, 1},   {2, 3},       {7, 17},
                                      {3, 257}, {2, 3, 5, 7}, {3, 17, 1, 1}};

TEST(ChannelSums, OfExamples) {
  for (const Shape &shape : exampleShapes)
    for (int64_t count : {1, 2, 7}) {
      Tensor input = values(shape, OutputGradient);
      if (count > input.size() / shape[0])
        continue;
      FunctionText function;
      auto y = function.argument(shape);
      if (count > 1)
        y = function.op("cuda.channel_sums", {y}, parts(count) + ofExamples,
                        tensorType({shape[0], count}));
      y = function.op("cuda.channel_sums", {y}, parts(1) + ofExamples,
                      tensorType({shape[0]}));
      EXPECT_EQ(difference(runProgram(function.text({y}), {input})[0],
                           reference::conv2DBiasGradient(asChannels(input)),
                           1e-5),
                "")
          << tensorType(shape) << " in " << count;
    }
}

/// Far from zero, where the difference of two sums would be noise.
TEST(ChannelSquares, AreOfDistances) {
  for (const Shape &shape : exampleShapes)
    for (bool perExample : {false, true})
      for (int64_t count : {1, 2, 3}) {
        Tensor input = values(shape, Input);
        for (double &value : input.values)
          value = static_cast<float>(value + 1000);
        int64_t groups = shape[perExample ? 0 : 1];
        if (count > input.size() / groups)
          continue;
        reference::Moments moments =
            reference::channelMoments(perExample ? asChannels(input) : input);
        std::string flag = perExample ? ofExamples : "";
        FunctionText function;
        auto x = function.argument(shape), mean = function.argument({groups});
        double share = static_cast<double>(groups) / input.size();
        std::string scale = ", " + real("scale", share);
        auto y =
            count == 1
                ? function.op("cuda.channel_squares", {x, mean},
                              parts(1) + scale + flag, tensorType({groups}))
                : function.op("cuda.channel_squares", {x, mean},
                              parts(count) + flag,
                              tensorType(perExample ? Shape{groups, count}
                                                    : Shape{count, groups}));
        if (count > 1)
          y = function.op("cuda.channel_sums", {y}, parts(1) + scale + flag,
                          tensorType({groups}));
        EXPECT_EQ(
            difference(runProgram(function.text({y}), {input, moments.mean})[0],
                       moments.variance, 1e-5, 1),
            "")
            << tensorType(shape) << " in " << count << flag;
      }
}

TEST(ChannelAffine, NormalisesExamples) {
  for (const Shape &shape : {Shape{2, 3}, Shape{7, 17}}) {
    Tensor input = values(shape, Input), weight = values({shape[1]}, Filter),
           bias = values({shape[1]}, Bias);
    reference::Moments moments = reference::channelMoments(asChannels(input));
    std::vector<Tensor> inputs{input, moments.mean, moments.variance, weight,
                               bias};
    EXPECT_EQ(difference(runOp("cuda.channel_affine", inputs,
                               real("epsilon", 1e-3) + ofExamples, shape),
                         reference::layerNorm(input, weight, bias, 1e-3), 1e-5,
                         1),
              "")
        << tensorType(shape);
  }
}

TEST(NormInputGradient, GoesThroughThoseOfExamples) {
  for (const Shape &shape : {Shape{2, 3, 5, 7}, Shape{6, 9}}) {
    Tensor input = values(shape, Input), dy = values(shape, OutputGradient);
    Tensor examples = asChannels(input);
    reference::Moments moments = reference::channelMoments(examples);
    reference::NormGradients expected =
        reference::batchNormGradient(examples, Tensor(), 1e-3, asChannels(dy));
    std::vector<Tensor> inputs{
        dy, reference::layerNorm(input, Tensor(), Tensor(), 1e-3),
        moments.variance, expected.weight, expected.bias};
    EXPECT_EQ(difference(runOp("cuda.norm_input_gradient", inputs,
                               real("epsilon", 1e-3) + ofExamples, shape),
                         expected.input.reshaped(shape), 1e-5, 1),
              "")
        << tensorType(shape);
  }
}

TEST(ChannelScale, MultipliesByAWeight) {
  Shape shape{2, 3, 5, 7};
  Tensor input = values(shape, Input), weight = values({3}, Filter);
  Tensor expected = input;
  for (int64_t i = 0; i < expected.size(); ++i)
    expected.values[i] *= weight.values[i / 35 % 3];
  EXPECT_EQ(difference(runOp("cuda.channel_scale", {input, weight}, "", shape),
                       expected, 1e-6),
            "");
}
