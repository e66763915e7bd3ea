// The library's reorders against our own copies.
#include "runtime/cpu/Primitive.h"

#include <cstring>
#include <gtest/gtest.h>
#include <numeric>

namespace netc::runtime::cpu {
namespace {

std::vector<float> reorder(const TensorType &from, const TensorType &to,
                           std::vector<float> &values) {
  PrimitiveSpec spec;
  spec.kind = PrimitiveKind::Reorder;
  spec.tensors = {{Role::Src, from}, {Role::Dst, to}};
  PrimitiveChoice choice = choose(spec);
  std::vector<float> out(byteSize(to) / 4, -1);
  std::vector<char> scratchpad(choice.scratchpadBytes);
  Primitive primitive(spec, choice.implementation, choice.scratchpadBytes, 0,
                      {{Role::Src, values.data()},
                       {Role::Dst, out.data()},
                       {Role::Scratchpad, scratchpad.data()}});
  primitive.execute();
  return out;
}

void checkReorder(std::vector<int64_t> shape, std::string from,
                  std::string to) {
  TensorType source{ElementType::F32, shape, from},
      target{ElementType::F32, shape, to};
  SCOPED_TRACE(toString(source) + " to " + to);
  int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t(1),
                                  std::multiplies<>());
  std::vector<float> rowMajor(count), in(byteSize(source) / 4),
      expected(byteSize(target) / 4);
  std::iota(rowMajor.begin(), rowMajor.end(), 1);
  toLayout(source, rowMajor.data(), in.data());
  toLayout(target, rowMajor.data(), expected.data());
  EXPECT_EQ(reorder(source, target, in), expected);
}

TEST(Reorder, BetweenLayouts) {
  const std::vector<std::string> activations = {"", "acdb", "aBcd8b",
                                                "aBcd16b"};
  for (const std::string &from : activations)
    for (const std::string &to : activations)
      for (std::vector<int64_t> shape :
           {std::vector<int64_t>{2, 17, 5, 3}, {2, 32, 1, 1}, {1, 1, 4, 4}})
        checkReorder(shape, from, to);
  const std::vector<std::string> filters = {
      "", "ABcd16b16a", "ABcd16a16b", "Acdb16a", "AcdB16b64a", "cdba"};
  for (const std::string &from : filters)
    for (const std::string &to : filters)
      checkReorder({20, 33, 3, 2}, from, to);
  checkReorder({70, 21}, "", "AB16b64a");
  checkReorder({70, 21}, "AB16b64a", "ba");
  checkReorder({70, 21}, "AB16b16a", "");
  checkReorder({2, 9, 17, 3, 3}, "", "aBCde16c16b");
}

} // namespace
} // namespace netc::runtime::cpu
