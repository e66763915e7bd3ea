// Random transforms against the reference's, draw by draw, and their
// statistics.
#include "test/reference/RandomTransforms.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Transforms.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;
using reference::Draws;

namespace {

constexpr double tolerance = 2e-6;

Tensor pixels(const Shape &shape) { return wholeNumbers(shape, Input, 256); }

/// Which examples of the training set a batch holds: not in order.
std::vector<uint32_t> someSamples(int64_t count, uint32_t first = 7) {
  std::vector<uint32_t> samples;
  for (int64_t i = 0; i < count; ++i)
    samples.push_back(static_cast<uint32_t>(i * 31 + first) % 60000);
  return samples;
}

Draws someDraws(int64_t count) {
  return {(uint64_t{5} << 32) + 9, 3, "data.Test", someSamples(count)};
}

Tensor asTensor(const std::vector<uint32_t> &samples) {
  Tensor tensor({static_cast<int64_t>(samples.size())});
  tensor.values.assign(samples.begin(), samples.end());
  return tensor;
}

std::string numbers(const std::string &name,
                    const std::vector<double> &values) {
  std::string text = name + " = array<f64: ";
  for (size_t i = 0; i < values.size(); ++i) {
    char number[32];
    snprintf(number, sizeof number, "%s%.17e", i ? ", " : "", values[i]);
    text += number;
  }
  return text + ">";
}

/// A chain of transforms as one function, each an op with its attributes.
struct Chain {
  FunctionText function;
  FunctionText::Value samples, state, value;

  explicit Chain(const Shape &shape, const std::string &element = "ui8") {
    value = function.argument(shape, element);
    samples = function.argument({shape[0]}, "i32", "samples");
    state = function.state();
  }
  void draw(const std::string &op, const std::string &attributes,
            const Shape &result) {
    value =
        function.op(op, {value, samples, state},
                    attributes + ", path = \"data.Test\"", tensorType(result));
  }
  void apply(const std::string &op, const std::string &attributes,
             const Shape &result) {
    value = function.op(op, {value}, attributes, tensorType(result));
  }
  Tensor run(const Tensor &input, const Draws &draws) {
    runtime::RunState runState;
    runState.seed = draws.seed;
    runState.epoch = draws.epoch;
    runState.step = 77; // means nothing here
    return runProgram(function.text({value}), {input, asTensor(draws.samples)},
                      runState)[0];
  }
};

/// One transform of pixels.
Tensor transformed(const std::string &op, const std::string &attributes,
                   const Tensor &input, reference::Pair size,
                   const Draws &draws) {
  Chain chain(input.shape);
  chain.draw(op, attributes, {input.dim(0), input.dim(1), size[0], size[1]});
  return chain.run(input, draws);
}

std::string pair(const std::string &name, reference::Pair value) {
  return sizes(name, {value[0], value[1]});
}

struct CropCase {
  Shape input;
  reference::Pair size, padding;
};
const CropCase crops[] = {
    {{64, 3, 32, 32}, {32, 32}, {4, 4}}, {{9, 1, 28, 20}, {24, 17}, {0, 0}},
    {{5, 2, 7, 5}, {7, 5}, {0, 0}},      {{6, 1, 3, 4}, {8, 5}, {3, 2}},
    {{3, 1, 1, 1}, {1, 1}, {1, 0}},
};

struct WindowCase {
  Shape input;
  reference::Pair size;
  reference::Range scale, ratio;
};
const WindowCase windows[] = {
    {{40, 3, 32, 32}, {16, 16}, {0.08, 1}, {3 / 4.0, 4 / 3.0}},
    {{30, 1, 20, 50}, {11, 13}, {0.5, 1}, {0.9, 1.1}},
    {{3, 2, 50, 9}, {7, 7}, {0.9, 1}, {2, 3}}, // none fits: the middle
    {{9, 1, 5, 4}, {17, 18}, {0.05, 0.9}, {0.5, 2}},
};

} // namespace

TEST(CenterCrop, MatchesReference) {
  const CropCase cases[] = {{{2, 3, 28, 28}, {24, 24}, {}},
                            {{1, 1, 9, 12}, {4, 5}, {}},
                            {{3, 2, 5, 7}, {8, 4}, {}},
                            {{1, 1, 4, 4}, {9, 8}, {}},
                            {{5, 1, 11, 17}, {6, 16}, {}}};
  for (const CropCase &each : cases) {
    Tensor input = pixels(each.input);
    for (const char *element : {"ui8", "f32"}) {
      Chain chain(each.input, element);
      chain.apply("center_crop", pair("size", each.size),
                  {each.input[0], each.input[1], each.size[0], each.size[1]});
      EXPECT_EQ(difference(chain.run(input, someDraws(each.input[0])),
                           centerCrop(input, each.size), 0),
                "")
          << tensorType(each.input, element);
    }
  }
}

TEST(RandomCrop, MatchesReference) {
  for (const CropCase &each : crops) {
    Tensor input = pixels(each.input);
    Draws draws = someDraws(each.input[0]);
    EXPECT_EQ(difference(transformed("random_crop",
                                     pair("size", each.size) + ", " +
                                         pair("padding", each.padding),
                                     input, each.size, draws),
                         randomCrop(input, each.size, each.padding, draws), 0),
              "")
        << tensorType(each.input);
  }
}

TEST(RandomResizedCrop, MatchesReference) {
  for (const WindowCase &each : windows) {
    Tensor input = pixels(each.input);
    Draws draws = someDraws(each.input[0]);
    EXPECT_EQ(
        difference(
            transformed("random_resized_crop",
                        pair("size", each.size) + ", " +
                            numbers("scale", {each.scale[0], each.scale[1]}) +
                            ", " +
                            numbers("ratio", {each.ratio[0], each.ratio[1]}),
                        input, each.size, draws),
            randomResizedCrop(input, each.size, each.scale, each.ratio, draws),
            1e-5),
        "")
        << tensorType(each.input);
  }
}

TEST(RandomHorizontalFlip, MatchesReference) {
  for (const Shape &shape :
       {Shape{33, 3, 5, 8}, Shape{4, 1, 1, 1}, Shape{20, 2, 3, 17}})
    for (double rate : {0.0, 0.5, 1.0}) {
      Tensor input = pixels(shape);
      Draws draws = someDraws(shape[0]);
      EXPECT_EQ(
          difference(transformed("random_horizontal_flip", real("rate", rate),
                                 input, {shape[2], shape[3]}, draws),
                     randomHorizontalFlip(input, rate, draws), 0),
          "")
          << tensorType(shape) << rate;
    }
}

TEST(RandomErasing, MatchesReference) {
  const WindowCase cases[] = {
      {{50, 3, 32, 32}, {}, {0.02, 0.33}, {0.3, 3.3}},
      {{30, 3, 7, 18}, {}, {0.2, 0.9}, {0.5, 2}},
      {{4, 3, 1, 1}, {}, {0.1, 0.2}, {1, 1}}, // nothing is small enough
  };
  for (const WindowCase &each : cases)
    for (const std::vector<double> &value :
         {std::vector<double>{0.5}, std::vector<double>{1, -2, 3}}) {
      Chain chain(each.input, "f32");
      chain.draw("random_erasing",
                 real("rate", 0.7) + ", " +
                     numbers("scale", {each.scale[0], each.scale[1]}) + ", " +
                     numbers("ratio", {each.ratio[0], each.ratio[1]}) + ", " +
                     numbers("value", value),
                 each.input);
      Tensor input = values(each.input, Input);
      Draws draws = someDraws(each.input[0]);
      EXPECT_EQ(difference(chain.run(input, draws),
                           randomErasing(input, 0.7, each.scale, each.ratio,
                                         value, draws),
                           tolerance),
                "")
          << tensorType(each.input);
    }
}

// All that trains on CIFAR, in one kernel.
TEST(RandomTransforms, InAChainMatchReference) {
  Shape shape{24, 3, 32, 32};
  Tensor input = pixels(shape);
  Draws draws = someDraws(24);
  Chain chain(shape);
  chain.draw("random_crop",
             pair("size", {32, 32}) + ", " + pair("padding", {4, 4}), shape);
  chain.draw("random_horizontal_flip", real("rate", 0.5), shape);
  chain.apply("to_tensor", "", shape);
  chain.apply("normalize",
              "mean = array<f64: 0.49, 0.48, 0.45>, "
              "deviation = array<f64: 0.25, 0.24, 0.26>",
              shape);
  chain.draw("random_erasing",
             real("rate", 0.5) + ", " + numbers("scale", {0.02, 0.33}) + ", " +
                 numbers("ratio", {0.3, 3.3}) + ", " + numbers("value", {0}),
             shape);
  Tensor expected = randomErasing(
      normalize(reference::toTensor(randomHorizontalFlip(
                    randomCrop(input, {32, 32}, {4, 4}, draws), 0.5, draws)),
                {0.49, 0.48, 0.45}, {0.25, 0.24, 0.26}),
      0.5, {0.02, 0.33}, {0.3, 3.3}, {0}, draws);
  EXPECT_EQ(difference(chain.run(input, draws), expected, tolerance), "");
}

// A resize of a resize of mirrored pixels: sixteen pixels are gathered for one.
TEST(RandomTransforms, ResizesNest) {
  Shape shape{6, 2, 10, 12}, middle{6, 2, 9, 14}, last{6, 2, 15, 8};
  Tensor input = pixels(shape);
  Draws draws = someDraws(6);
  Chain chain(shape);
  chain.draw("random_horizontal_flip", real("rate", 0.5), shape);
  chain.draw("random_resized_crop",
             pair("size", {9, 14}) + ", " + numbers("scale", {0.3, 1}) + ", " +
                 numbers("ratio", {0.5, 2}),
             middle);
  chain.apply("resize", pair("size", {15, 8}), last);
  Tensor expected =
      resize(randomResizedCrop(randomHorizontalFlip(input, 0.5, draws), {9, 14},
                               {0.3, 1}, {0.5, 2}, draws),
             {15, 8});
  EXPECT_EQ(difference(chain.run(input, draws), expected, 1e-5), "");
}

// What an example gets depends on seed, epoch and sample, not on its row.
TEST(RandomTransforms, DependOnSeedEpochAndSample) {
  Shape shape{8, 1, 9, 9};
  Tensor input({8, 1, 9, 9});
  for (size_t i = 0; i < input.values.size(); ++i)
    input.values[i] = static_cast<double>(i % 81);
  auto run = [&](const Draws &draws) {
    return transformed("random_crop",
                       pair("size", {9, 9}) + ", " + pair("padding", {8, 8}),
                       input, {9, 9}, draws);
  };
  Draws draws = someDraws(8);
  Tensor once = run(draws);
  EXPECT_EQ(run(draws).values, once.values);
  Draws reversed = draws;
  std::reverse(reversed.samples.begin(), reversed.samples.end());
  Tensor back = run(reversed);
  for (int64_t row = 0; row < 8; ++row)
    for (int64_t y = 0; y < 9; ++y)
      for (int64_t x = 0; x < 9; ++x)
        ASSERT_EQ(back(row, 0, y, x), once(7 - row, 0, y, x));
  Draws other = draws;
  other.epoch += 1;
  EXPECT_NE(run(other).values, once.values);
  other = draws;
  other.seed += uint64_t{1} << 32;
  EXPECT_NE(run(other).values, once.values);
}

// Statistics: bounds are four standard deviations, and the draws are fixed.

TEST(RandomTransforms, FlipsAtTheirRate) {
  constexpr int64_t count = 4096;
  Tensor input({count, 1, 1, 2});
  for (int64_t i = 0; i < count; ++i)
    input(i, 0, 0, 1) = 1;
  for (double rate : {0.1, 0.5}) {
    Tensor output = transformed("random_horizontal_flip", real("rate", rate),
                                input, {1, 2}, someDraws(count));
    double flipped = 0;
    for (int64_t i = 0; i < count; ++i)
      flipped += output(i, 0, 0, 0);
    EXPECT_NEAR(flipped, count * rate,
                4 * std::sqrt(count * rate * (1 - rate)));
  }
}

TEST(RandomTransforms, CropsAnywhereAlike) {
  constexpr int64_t count = 8192, places = 5 * 4;
  Tensor input({count, 1, 5, 4});
  for (size_t i = 0; i < input.values.size(); ++i)
    input.values[i] = static_cast<double>(i % places);
  Tensor output = transformed(
      "random_crop", pair("size", {1, 1}) + ", " + pair("padding", {0, 0}),
      input, {1, 1}, someDraws(count));
  std::vector<double> hits(places);
  for (double place : output.values)
    ++hits[static_cast<size_t>(place)];
  double chiSquared = 0, expected = static_cast<double>(count) / places;
  for (double hit : hits)
    chiSquared += (hit - expected) * (hit - expected) / expected;
  EXPECT_LT(chiSquared, 19 + 4 * std::sqrt(2 * 19.0));
}

TEST(RandomTransforms, WindowsHaveTheSharesAskedFor) {
  constexpr int64_t count = 2048, side = 64;
  Tensor input({count, 1, side, side});
  for (int64_t n = 0; n < count; ++n)
    for (int64_t y = 0; y < side; ++y)
      for (int64_t x = 0; x < side; ++x)
        input(n, 0, y, x) = static_cast<double>(x);
  // Two samples along a ramp lie half the window's width apart.
  Tensor output =
      transformed("random_resized_crop",
                  pair("size", {1, 2}) + ", " + numbers("scale", {0.25, 0.25}) +
                      ", " + numbers("ratio", {0.5, 2}),
                  input, {1, 2}, someDraws(count));
  double logarithms = 0;
  for (int64_t n = 0; n < count; ++n) {
    double width = 2 * (output(n, 0, 0, 1) - output(n, 0, 0, 0));
    // The area is a quarter of 64x64, so the width is 32*sqrt(aspect).
    EXPECT_GE(width, std::round(32 * std::sqrt(0.5)) - 1e-3);
    EXPECT_LE(width, std::round(32 * std::sqrt(2.0)) + 1e-3);
    logarithms += 2 * std::log(width / 32);
  }
  double deviation = 2 * std::log(2) / std::sqrt(12.0 * count);
  EXPECT_NEAR(logarithms / count, 0, 4 * deviation + 1e-3); // sides are rounded
}

TEST(RandomTransforms, ErasesTheSharesAskedFor) {
  constexpr int64_t count = 1024, side = 40;
  Tensor input({count, 1, side, side}, 1);
  Tensor output = transformed(
      "random_erasing",
      real("rate", 0.5) + ", " + numbers("scale", {0.1, 0.3}) + ", " +
          numbers("ratio", {1, 1}) + ", " + numbers("value", {0}),
      input, {side, side}, someDraws(count));
  double erased = 0, area = 0;
  for (int64_t n = 0; n < count; ++n) {
    double gone = 0;
    for (int64_t y = 0; y < side; ++y)
      for (int64_t x = 0; x < side; ++x)
        gone += output(n, 0, y, x) == 0;
    if (gone == 0)
      continue;
    ++erased;
    area += gone / (side * side);
    EXPECT_NEAR(gone / (side * side), 0.2, 0.1 + 0.03); // sides are rounded
  }
  EXPECT_NEAR(erased, count / 2.0, 4 * std::sqrt(count / 4.0));
  EXPECT_NEAR(area / erased, 0.2, 4 * 0.2 / std::sqrt(12 * erased) + 1e-3);
}
