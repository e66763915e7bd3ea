// What goes into an arena comes out again, for each type of element.
#include "test/numeric/Elements.h"
#include "runtime/Enumerations.h"
#include "test/numeric/Harness.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;
using runtime::ElementType;

TEST(Elements, WholeNumbersOfEachTypeComeBack) {
  Tensor tensor = wholeNumbers({3, 7}, Input, 200);
  for (ElementType element : runtime::valuesOf<ElementType>) {
    runtime::TensorType type{element, tensor.shape, ""};
    std::vector<std::byte> bytes = pack(tensor, element);
    EXPECT_EQ(static_cast<int64_t>(bytes.size()), byteSize(type));
    EXPECT_EQ(unpack(bytes, type).values, tensor.values)
        << runtime::nameOf(element);
  }
}

TEST(Elements, Bf16IsRoundedToTheNearest) {
  const std::pair<double, double> cases[] = {
      {1, 1},
      {-3.140625, -3.140625},
      {1 + 1.0 / 512, 1},            // less than half a step of 1/128
      {1 + 1.0 / 256, 1},            // a tie, to even
      {1 + 3.0 / 256, 1 + 1.0 / 64}, // a tie, to even
      {-1 - 1.5 / 256, -1 - 1.0 / 128}};
  for (auto [value, rounded] : cases) {
    Tensor tensor({1});
    tensor.values = {value};
    runtime::TensorType type{ElementType::BF16, {1}, ""};
    EXPECT_EQ(unpack(pack(tensor, ElementType::BF16), type).values[0], rounded)
        << value;
  }
}

TEST(Elements, Bf16GoesThroughAProgram) {
  const std::string body =
      "func.func @f(%x: tensor<2x3xbf16>, %y: tensor<2x3xf32>) -> "
      "(tensor<2x3xf32>, tensor<2x3xbf16>) {\n"
      "  %z = cuda.cast %x : (tensor<2x3xbf16>) -> tensor<2x3xf32>\n"
      "  %w = cuda.cast %y : (tensor<2x3xf32>) -> tensor<2x3xbf16>\n"
      "  return %z, %w : tensor<2x3xf32>, tensor<2x3xbf16>\n"
      "}\n";
  Tensor x = wholeNumbers({2, 3}, Input, 99),
         y = wholeNumbers({2, 3}, Bias, 99);
  std::vector<Tensor> results = runProgram(body, {x, y});
  EXPECT_EQ(results[0].values, x.values);
  EXPECT_EQ(results[1].values, y.values);
}
