// Tags against the library's own: same descriptors, and back.
#include "runtime/cpu/MemoryDescriptor.h"

#include "runtime/Error.h"
#include "runtime/Layout.h"

#include <gtest/gtest.h>
#include <oneapi/dnnl/dnnl.h>

namespace netc::runtime::cpu {
namespace {

struct Known {
  dnnl_format_tag_t tag;
  std::string ours;
  size_t rank;
};

const std::vector<Known> knownTags = {
    {dnnl_a, "", 1},
    {dnnl_ab, "", 2},
    {dnnl_ba, "ba", 2},
    {dnnl_AB16b64a, "AB16b64a", 2},
    {dnnl_AB16b16a, "AB16b16a", 2},
    {dnnl_abcd, "", 4},
    {dnnl_acdb, "acdb", 4},
    {dnnl_cdba, "cdba", 4},
    {dnnl_aBcd8b, "aBcd8b", 4},
    {dnnl_aBcd16b, "aBcd16b", 4},
    {dnnl_Acdb16a, "Acdb16a", 4},
    {dnnl_Abcd16a, "Abcd16a", 4},
    {dnnl_ABcd16b16a, "ABcd16b16a", 4},
    {dnnl_ABcd16a16b, "ABcd16a16b", 4},
    {dnnl_ABcd4b16a4b, "ABcd4b16a4b", 4},
    {dnnl_AcdB16b64a4b, "AcdB16b64a4b", 4},
    {dnnl_abcde, "", 5},
    {dnnl_Abcde16a, "Abcde16a", 5},
    {dnnl_aBCde16c16b, "aBCde16c16b", 5},
    {dnnl_aBdec16b, "aBdec16b", 5},
};

std::vector<std::vector<int64_t>> shapes(size_t rank) {
  switch (rank) {
  case 1:
    return {{1}, {17}};
  case 2:
    return {{1, 1}, {1, 70}, {64, 1}, {130, 21}, {64, 16}};
  case 4:
    return {{1, 1, 1, 1},    {2, 1, 5, 7},   {1, 16, 3, 3},
            {128, 96, 1, 1}, {33, 17, 3, 1}, {16, 16, 1, 1}};
  default:
    return {{1, 1, 1, 1, 1}, {16, 1, 1, 3, 3}, {2, 9, 17, 1, 1}};
  }
}

TEST(MemoryDescriptor, EqualsTheLibrarysAndComesBack) {
  for (const Known &known : knownTags)
    for (const std::vector<int64_t> &shape : shapes(known.rank)) {
      TensorType type{ElementType::F32, shape, known.ours};
      SCOPED_TRACE(toString(type));
      dnnl_memory_desc_t theirs;
      ASSERT_EQ(dnnl_memory_desc_init_by_tag(&theirs,
                                             static_cast<int>(shape.size()),
                                             shape.data(), dnnl_f32, known.tag),
                dnnl_success);
      dnnl_memory_desc_t ours = memoryDescriptor(type);
      EXPECT_TRUE(dnnl_memory_desc_equal(&ours, &theirs));
      EXPECT_EQ(dnnl_memory_desc_get_size(&ours),
                static_cast<size_t>(byteSize(type)));

      // Sizes of 1 leave several tags with one descriptor: what comes back
      // gives this descriptor, and the same memory.
      auto back = layoutOf(theirs);
      ASSERT_TRUE(back);
      TensorType again{ElementType::F32, shape, *back};
      EXPECT_TRUE(sameMemory(type, again)) << *back;
      dnnl_memory_desc_t descriptor = memoryDescriptor(again);
      EXPECT_TRUE(dnnl_memory_desc_equal(&descriptor, &theirs)) << *back;
    }
}

TEST(MemoryDescriptor, LargeShapesGiveTheSameTag) {
  for (const Known &known : knownTags) {
    TensorType type{ElementType::F32, std::vector<int64_t>(known.rank, 130),
                    known.ours};
    EXPECT_EQ(layoutOf(memoryDescriptor(type)), known.ours);
  }
}

TEST(MemoryDescriptor, TagsThatTheLibraryHasNoNameFor) {
  for (std::string tag : {"AcdB16b16a", "cABd16b32a", "ABcd2b4a8b2a"}) {
    TensorType type{ElementType::F32, {64, 96, 5, 6}, tag};
    EXPECT_EQ(layoutOf(memoryDescriptor(type)), tag);
  }
}

TEST(MemoryDescriptor, WhatNoTagSaysIsRefused) {
  TensorType type{ElementType::F32, {2, 16, 5, 5}, "aBcd16b"};
  dnnl_memory_desc_t gap = memoryDescriptor(type);
  gap.format_desc.blocking.strides[0] += 16;
  EXPECT_FALSE(layoutOf(gap));
  dnnl_memory_desc_t shifted = memoryDescriptor(type);
  shifted.offset0 = 4;
  EXPECT_FALSE(layoutOf(shifted));
  dnnl_memory_desc_t extra = memoryDescriptor(type);
  extra.extra.flags = dnnl_memory_extra_flag_compensation_conv_s8s8;
  EXPECT_FALSE(layoutOf(extra));
  dnnl_memory_desc_t padded = memoryDescriptor(type);
  padded.padded_dims[1] = 32;
  EXPECT_FALSE(layoutOf(padded));
  dnnl_memory_desc_t opaque = memoryDescriptor(type);
  opaque.format_kind = dnnl_format_kind_wino;
  EXPECT_FALSE(layoutOf(opaque));
}

TEST(MemoryDescriptor, AnyIsLeftToTheLibrary) {
  EXPECT_EQ(
      memoryDescriptor({ElementType::F32, {2, 3, 4, 5}, "any"}).format_kind,
      dnnl_format_kind_any);
}

} // namespace
} // namespace netc::runtime::cpu
