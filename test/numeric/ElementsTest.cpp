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
      "func.func @f(%x: tensor<2x9xbf16>, %y: tensor<2x3xbf16>) -> "
      "tensor<2x12xbf16> {\n"
      "  %z = net.concat %x, %y : (tensor<2x9xbf16>, tensor<2x3xbf16>) -> "
      "tensor<2x12xbf16>\n"
      "  return %z : tensor<2x12xbf16>\n"
      "}\n";
  Tensor x = wholeNumbers({2, 9}, Input, 99),
         y = wholeNumbers({2, 3}, Bias, 99);
  Tensor z({2, 12});
  for (size_t row = 0; row < 2; ++row) {
    std::copy_n(&x.values[row * 9], 9, &z.values[row * 12]);
    std::copy_n(&y.values[row * 3], 3, &z.values[row * 12 + 9]);
  }
  EXPECT_EQ(runProgram(body, {x, y})[0].values, z.values);
}
