// Tags, sizes in memory and the copies between row-major order and a layout.
#include "runtime/Layout.h"

#include "runtime/Error.h"

#include <cstring>
#include <gtest/gtest.h>
#include <numeric>

namespace netc::runtime {
namespace {

TensorType f32(std::vector<int64_t> shape, std::string layout) {
  return {ElementType::F32, std::move(shape), std::move(layout)};
}

TEST(Layout, SizesInMemory) {
  using Shape = std::vector<int64_t>;
  EXPECT_EQ(physicalShape(f32({128, 96, 54, 54}, "aBcd16b")),
            (Shape{128, 6, 54, 54, 16}));
  EXPECT_EQ(physicalShape(f32({3, 17, 5, 5}, "acdb")), (Shape{3, 5, 5, 17}));
  EXPECT_EQ(physicalShape(f32({20, 33, 3, 3}, "ABcd16b16a")),
            (Shape{2, 3, 3, 3, 16, 16}));
  EXPECT_EQ(physicalShape(f32({10, 100}, "AB4b16a4b")),
            (Shape{1, 7, 4, 16, 4}));
  EXPECT_EQ(physicalShape(f32({4, 5}, "")), (Shape{4, 5}));
  EXPECT_EQ(byteSize(f32({}, "")), 4);
  EXPECT_EQ(byteSize({ElementType::U8, {3, 17}, "aB16b"}), 3 * 32);
}

TEST(Layout, TagsAreReadAndWritten) {
  for (auto [tag, rank] : {std::pair("a", 1),
                           {"ba", 2},
                           {"AB16b64a", 2},
                           {"aBcd16b", 4},
                           {"acdb", 4},
                           {"Acdb16a", 4},
                           {"AcdB16b16a", 4},
                           {"aBCde4b8c8b2c", 5}})
    EXPECT_EQ(Layout::parse(tag, rank).tag(), tag);
  EXPECT_EQ(Layout::parse("", 3).tag(), "abc");
  EXPECT_EQ(Layout::parse("AB4b16a4b", 2).blockOf(1), 16);
}

TEST(Layout, MalformedTagsAreRefused) {
  for (auto [tag, rank] : {std::pair("abc", 4),
                           {"abcde", 4},
                           {"abca", 4},
                           {"aBcd", 4},
                           {"abcd16b", 4},
                           {"aBcd16", 4},
                           {"aBcd0b", 4},
                           {"aBcd99999999999b", 4},
                           {"aBcd16e", 4},
                           {"a-cd", 4},
                           {"any", 3},
                           {"any", 4},
                           {"A2a2a2a2a2a2a2a", 1},
                           {"aBcd16B", 4},
                           {"16b", 2}})
    EXPECT_THROW(Layout::parse(tag, rank), Error) << tag;
}

TEST(Layout, SizesOutOfBoundsAreRefused) {
  EXPECT_THROW(byteSize(f32({0}, "")), Error);
  EXPECT_THROW(byteSize(f32({-1, 4}, "")), Error);
  EXPECT_THROW(byteSize(f32({INT64_MAX}, "")), Error);
  int64_t large = int64_t(1) << 30;
  EXPECT_THROW(byteSize(f32({large, large, large}, "")), Error);
  EXPECT_THROW(byteSize(f32({large, large, large}, "ABC16a16b16c")), Error);
}

TEST(Layout, SameMemory) {
  auto same = [](std::vector<int64_t> shape, std::string a, std::string b) {
    return sameMemory(f32(shape, a), f32(shape, b));
  };
  EXPECT_TRUE(same({128, 256, 1, 1}, "", "acdb"));
  EXPECT_TRUE(same({128, 256, 1, 1}, "", "aBcd16b"));
  EXPECT_TRUE(same({128, 256, 1, 1}, "acdb", "aBcd8b"));
  EXPECT_TRUE(same({4, 1, 9, 9}, "", "acdb"));
  EXPECT_TRUE(same({64, 16, 1, 1}, "AcdB16b16a", "ABcd16b16a"));
  EXPECT_FALSE(same({128, 257, 1, 1}, "", "aBcd16b"));
  EXPECT_FALSE(same({128, 256, 2, 1}, "", "aBcd16b"));
  EXPECT_FALSE(same({4, 2, 9, 9}, "", "acdb"));
  EXPECT_FALSE(sameMemory(f32({4, 2}, ""), f32({2, 4}, "")));
  EXPECT_EQ(canonicalLayout(f32({128, 256, 1, 1}, "aBcd16b")), "");
  EXPECT_EQ(canonicalLayout(f32({128, 256, 5, 1}, "aBcd16b")), "aBcd16b");
  EXPECT_EQ(canonicalLayout(f32({2, 3}, "ab")), "");
}

/// Where an element is in memory, from the definition of a tag.
int64_t placeOf(const TensorType &type, std::vector<int64_t> index) {
  Layout layout = Layout::parse(type.layout, type.shape.size());
  std::vector<int64_t> sizes = physicalShape(type);
  std::vector<int64_t> steps(sizes.size());
  for (size_t i = layout.blocks.size(); i-- > 0;) {
    auto [dimension, size] = layout.blocks[i];
    steps[layout.order.size() + i] = index[dimension] % size;
    index[dimension] /= size;
  }
  for (size_t i = 0; i < layout.order.size(); ++i)
    steps[i] = index[layout.order[i]];
  int64_t place = 0;
  for (size_t i = 0; i < sizes.size(); ++i)
    place = place * sizes[i] + steps[i];
  return place;
}

void checkCopies(const TensorType &type) {
  SCOPED_TRACE(toString(type));
  int64_t count = 1;
  for (int64_t size : type.shape)
    count *= size;
  std::vector<int32_t> rowMajor(count), back(count, -1);
  std::iota(rowMajor.begin(), rowMajor.end(), 1);
  std::vector<int32_t> laidOut(byteSize(type) / 4, -1);
  toLayout(type, rowMajor.data(), laidOut.data());

  std::vector<int32_t> expected(laidOut.size(), 0);
  std::vector<int64_t> index(type.shape.size());
  for (int64_t i = 0; i < count; ++i) {
    expected[placeOf(type, index)] = rowMajor[i];
    for (size_t d = index.size(); d-- > 0 && ++index[d] == type.shape[d];)
      index[d] = 0;
  }
  EXPECT_EQ(laidOut, expected);
  fromLayout(type, laidOut.data(), back.data());
  EXPECT_EQ(back, rowMajor);
}

TEST(Layout, CopiesThereAndBack) {
  for (std::string tag : {"", "acdb", "aBcd16b", "aBcd8b", "ABcd16b16a",
                          "Acdb16a", "AcdB16b16a", "cdab", "ABcd4b16a4b"})
    for (std::vector<int64_t> shape : {std::vector<int64_t>{2, 3, 5, 4},
                                       {1, 1, 1, 1},
                                       {33, 17, 1, 3},
                                       {16, 32, 2, 1}})
      checkCopies({ElementType::I32, shape, tag});
  for (std::string tag : {"", "ba", "AB16b64a", "AB4b16a4b"})
    checkCopies({ElementType::I32, {70, 21}, tag});
  checkCopies({ElementType::I32, {2, 9, 5, 3, 3}, "aBCde4c8b2c"});
  checkCopies({ElementType::I32, {}, ""});
}

TEST(Layout, BytesAreCopied) {
  TensorType type{ElementType::U8, {2, 3, 2, 2}, "acdb"};
  std::vector<uint8_t> rowMajor(24), laidOut(24), back(24);
  std::iota(rowMajor.begin(), rowMajor.end(), 0);
  toLayout(type, rowMajor.data(), laidOut.data());
  EXPECT_EQ(laidOut[1], 4);
  fromLayout(type, laidOut.data(), back.data());
  EXPECT_EQ(back, rowMajor);
}

} // namespace
} // namespace netc::runtime
