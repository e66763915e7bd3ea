// net.resize, net.to_tensor, net.normalize, alone and in a chain.
#include "test/reference/Transforms.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 2e-6;

Tensor pixels(const Shape &shape) { return wholeNumbers(shape, Input, 256); }

std::string normalizeAttributes(const std::string &mean,
                                const std::string &deviation) {
  return "mean = array<f64: " + mean +
         ">, deviation = array<f64: " + deviation + ">";
}

struct ResizeCase {
  Shape input;
  reference::Pair size;
};
const ResizeCase resizes[] = {
    {{2, 1, 28, 28}, {224, 224}}, {{1, 3, 7, 5}, {16, 17}},
    {{5, 1, 9, 8}, {4, 3}},       {{1, 1, 1, 1}, {3, 5}},
    {{2, 17, 6, 6}, {6, 6}},      {{1, 2, 5, 31}, {1, 1}},
    {{1, 1, 2, 3}, {33, 2}},
};

const Shape shapes[] = {
    {1, 1, 1, 1}, {2, 1, 28, 28}, {5, 3, 7, 9}, {1, 6, 1, 17}};

} // namespace

TEST(Resize, OfPixelsMatchesReference) {
  for (const auto &[shape, size] : resizes) {
    FunctionText function;
    auto x = function.argument(shape, "ui8");
    auto y = function.op("resize", {x}, sizes("size", {size[0], size[1]}),
                         tensorType({shape[0], shape[1], size[0], size[1]}));
    EXPECT_EQ(difference(runProgram(function.text({y}), {pixels(shape)})[0],
                         resize(pixels(shape), size), tolerance),
              "")
        << tensorType(shape);
  }
}

TEST(Resize, OfFloatsMatchesReference) {
  for (const auto &[shape, size] : resizes) {
    FunctionText function;
    auto x = function.argument(shape);
    auto y = function.op("resize", {x}, sizes("size", {size[0], size[1]}),
                         tensorType({shape[0], shape[1], size[0], size[1]}));
    Tensor input = values(shape, Input);
    // Rounding of a place between two pixels: 2^-24 * 224, times their
    // distance.
    EXPECT_EQ(difference(runProgram(function.text({y}), {input})[0],
                         resize(input, size), 1e-5),
              "")
        << tensorType(shape);
  }
}

TEST(ToTensor, MatchesReference) {
  for (const Shape &shape : shapes) {
    FunctionText function;
    auto x = function.argument(shape, "ui8");
    auto y = function.op("to_tensor", {x}, "", tensorType(shape));
    EXPECT_EQ(difference(runProgram(function.text({y}), {pixels(shape)})[0],
                         reference::toTensor(pixels(shape)), tolerance),
              "")
        << tensorType(shape);
  }
}

TEST(Normalize, MatchesReference) {
  for (const Shape &shape : shapes) {
    FunctionText function;
    auto x = function.argument(shape);
    auto y =
        function.op("normalize", {x}, normalizeAttributes("0.2860", "0.3530"),
                    tensorType(shape));
    Tensor input = values(shape, Input);
    EXPECT_EQ(difference(runProgram(function.text({y}), {input})[0],
                         normalize(input, {0.2860}, {0.3530}), tolerance),
              "")
        << tensorType(shape);
  }
}

TEST(Normalize, OfEachChannelMatchesReference) {
  for (Shape shape :
       {Shape{2, 3, 5, 7}, Shape{1, 3, 1, 1}, Shape{5, 3, 16, 16}}) {
    FunctionText function;
    auto x = function.argument(shape);
    auto y = function.op(
        "normalize", {x},
        normalizeAttributes("0.485, 0.456, 0.406", "0.229, 0.224, 0.225"),
        tensorType(shape));
    Tensor input = values(shape, Input);
    EXPECT_EQ(difference(runProgram(function.text({y}), {input})[0],
                         normalize(input, {0.485, 0.456, 0.406},
                                   {0.229, 0.224, 0.225}),
                         tolerance),
              "")
        << tensorType(shape);
  }
}

// The transforms of a network become one kernel.
TEST(Transforms, InAChainMatchReference) {
  for (const auto &[shape, size] : resizes) {
    Shape output{shape[0], shape[1], size[0], size[1]};
    FunctionText function;
    auto x = function.argument(shape, "ui8");
    auto resized = function.op("resize", {x}, sizes("size", {size[0], size[1]}),
                               tensorType(output));
    auto scaled = function.op("to_tensor", {resized}, "", tensorType(output));
    auto y =
        function.op("normalize", {scaled}, normalizeAttributes("0.25", "0.5"),
                    tensorType(output));
    Tensor expected = normalize(
        reference::toTensor(resize(pixels(shape), size)), {0.25}, {0.5});
    EXPECT_EQ(difference(runProgram(function.text({y}), {pixels(shape)})[0],
                         expected, tolerance),
              "")
        << tensorType(shape);
  }
}

TEST(GatherExamples, TakesThemFromTheSet) {
  for (const Shape &shape : shapes) {
    Shape set = shape;
    set[0] = 11;
    Tensor dataset = pixels(set), samples({shape[0]});
    for (int64_t i = 0; i < shape[0]; ++i)
      samples.values[i] = static_cast<double>((7 * i + 10) % set[0]);
    Tensor expected(shape);
    int64_t example = expected.size() / shape[0];
    for (int64_t i = 0; i < expected.size(); ++i)
      expected.values[i] =
          dataset.values[static_cast<int64_t>(samples.values[i / example]) *
                             example +
                         i % example];
    // Alone, behind it a transform of each pixel, and one that reads others.
    FunctionText function;
    auto x = function.argument(set, "ui8"),
         s = function.argument({shape[0]}, "i32");
    auto y =
        function.op("gather_examples", {x, s}, "", tensorType(shape, "ui8"));
    auto scaled = function.op("to_tensor", {y}, "", tensorType(shape));
    auto z =
        function.op("gather_examples", {x, s}, "", tensorType(shape, "ui8"));
    reference::Pair size{shape[2] + 3, 2 * shape[3]};
    auto resized =
        function.op("resize", {z}, sizes("size", {size[0], size[1]}),
                    tensorType({shape[0], shape[1], size[0], size[1]}));
    std::vector<Tensor> results =
        runProgram(function.text({scaled, resized}), {dataset, samples});
    EXPECT_EQ(difference(results[0], reference::toTensor(expected), tolerance),
              "")
        << tensorType(shape);
    EXPECT_EQ(difference(results[1], resize(expected, size), tolerance), "")
        << tensorType(shape);
  }
}
