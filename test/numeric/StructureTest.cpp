// net.reshape: row-major order, whatever the layout of what it reads.
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Conv2D.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

TEST(Reshape, KeepsTheElements) {
  const std::pair<Shape, Shape> cases[] = {{{2, 16, 5, 5}, {2, 400}},
                                           {{1, 3, 1, 7}, {1, 21}},
                                           {{5, 24}, {5, 2, 3, 4}},
                                           {{2, 17}, {2, 17}}};
  for (const auto &[from, to] : cases) {
    FunctionText function;
    auto x = function.argument(from);
    auto y =
        function.op("reshape", {x}, exampleSizes("shape", to), tensorType(to));
    Tensor input = values(from, Input);
    EXPECT_EQ(difference(runProgram(function.text({y}), {input})[0],
                         input.reshaped(to), 1e-7),
              "")
        << tensorType(from);
  }
}

TEST(Reshape, BehindAConvolutionIsInRowMajorOrder) {
  for (int64_t channels : {3, 16, 17}) {
    Shape inputShape{2, 3, 6, 7}, filterShape{channels, 3, 3, 3};
    Tensor input = values(inputShape, Input),
           filter = values(filterShape, Filter);
    Tensor expected =
        conv2D(input, filter, Tensor(), {}).reshaped({2, channels * 20});
    FunctionText function;
    auto x = function.argument(inputShape), w = function.argument(filterShape);
    auto y = function.op("conv2d", {x, w}, attributesOf(reference::Conv2D{}),
                         tensorType({2, channels, 4, 5}));
    auto flat =
        function.op("reshape", {y}, exampleSizes("shape", expected.shape),
                    tensorType(expected.shape));
    EXPECT_EQ(difference(runProgram(function.text({flat}), {input, filter})[0],
                         expected, 1e-4),
              "")
        << channels << " channels";
  }
}
