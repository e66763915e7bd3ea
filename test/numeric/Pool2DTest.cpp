// net.max_pool2d, net.avg_pool2d and their gradients.
#include "test/reference/Pool2D.h"
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 1e-6;

struct PoolCase {
  const char *name;
  Shape input;
  reference::Pool2D pool; // window, stride, padding
};

void PrintTo(const PoolCase &one, std::ostream *out) { *out << one.name; }

const PoolCase cases[] = {
    {"OneElement", {1, 1, 1, 1}, {{1, 1}, {1, 1}, {0, 0}}},
    {"LeNet", {5, 6, 28, 28}, {{2, 2}, {2, 2}, {0, 0}}},
    {"AlexNet", {2, 96, 13, 13}, {{3, 3}, {2, 2}, {0, 0}}},
    {"Blocks", {2, 16, 9, 7}, {{3, 3}, {2, 2}, {1, 1}}},
    {"SeventeenChannels", {1, 17, 8, 9}, {{2, 2}, {2, 2}, {0, 0}}},
    {"Colours", {2, 3, 7, 7}, {{3, 3}, {1, 1}, {1, 1}}},
    {"Oblong", {1, 3, 9, 10}, {{2, 3}, {3, 1}, {1, 0}}},
    {"UnreadRows", {2, 6, 11, 9}, {{2, 2}, {4, 3}, {0, 0}}},
    {"WholeInput", {5, 17, 5, 6}, {{5, 6}, {1, 1}, {0, 0}}},
    {"PaddingWithinReach", {1, 16, 1, 2}, {{2, 2}, {1, 1}, {1, 1}}},
    // More elements than an 8-bit index can tell apart.
    {"LargeWindow", {1, 2, 20, 19}, {{17, 17}, {3, 2}, {0, 0}}},
};

class Pool2D : public testing::TestWithParam<PoolCase> {
protected:
  std::string attributes() const { return attributesOf(GetParam().pool); }
  std::string gradientAttributes() const {
    return exampleSizes("input_shape", GetParam().input) + ", " + attributes();
  }
  /// The pool and its gradient in one function (x, dy) -> (y, dx): the indices
  /// that pass between them have a form of the target's own.
  std::string maxPoolText(const Shape &output) const {
    FunctionText function;
    auto x = function.argument(GetParam().input),
         dy = function.argument(output);
    auto pooled = function.ops("max_pool2d", {x}, attributes(),
                               {tensorType(output), tensorType(output, "ui8")});
    auto dx = function.op("max_pool2d_gradient", {dy, pooled[1]},
                          gradientAttributes(), tensorType(GetParam().input));
    return function.text({pooled[0], dx});
  }
  std::string avgPoolText(const Shape &output) const {
    FunctionText function;
    auto x = function.argument(GetParam().input),
         dy = function.argument(output);
    auto y = function.op("avg_pool2d", {x}, attributes(), tensorType(output));
    auto dx = function.op("avg_pool2d_gradient", {dy}, gradientAttributes(),
                          tensorType(GetParam().input));
    return function.text({y, dx});
  }
  void expectMaxPool(const Tensor &input) {
    auto [output, indices] = maxPool2D(input, GetParam().pool);
    Tensor gradient = values(output.shape, OutputGradient);
    auto results = runProgram(maxPoolText(output.shape), {input, gradient});
    EXPECT_EQ(difference(results[0], output, tolerance), "");
    EXPECT_EQ(difference(results[1],
                         maxPool2DGradient(gradient, indices, input.shape),
                         tolerance),
              "");
  }
};

} // namespace

TEST_P(Pool2D, MaxMatchesReference) {
  expectMaxPool(distinctValues(GetParam().input, Input));
}

// Three levels only: most windows hold their maximum several times.
TEST_P(Pool2D, MaxOfTiesIsTheFirst) {
  expectMaxPool(values(GetParam().input, Input, 3));
}

// Padding never wins, not even against what is less than its zeros.
TEST_P(Pool2D, MaxOfNegativesIsNegative) {
  Tensor input = values(GetParam().input, Input);
  for (double &x : input.values)
    x -= 3;
  expectMaxPool(input);
}

TEST_P(Pool2D, AverageMatchesReference) {
  Tensor input = values(GetParam().input, Input);
  Tensor output = avgPool2D(input, GetParam().pool);
  Tensor gradient = values(output.shape, OutputGradient);
  auto results = runProgram(avgPoolText(output.shape), {input, gradient});
  EXPECT_EQ(difference(results[0], output, tolerance), "");
  EXPECT_EQ(
      difference(results[1],
                 avgPool2DGradient(gradient, input.shape, GetParam().pool),
                 tolerance),
      "");
}

INSTANTIATE_TEST_SUITE_P(Cases, Pool2D, testing::ValuesIn(cases),
                         [](const auto &one) { return one.param.name; });
