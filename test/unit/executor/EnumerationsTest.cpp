// The names of values in texts, and back.
#include "runtime/Enumerations.h"

#include "runtime/cpu/PrimitiveRoles.h"

#include <gtest/gtest.h>

namespace netc::runtime {
namespace {

TEST(Enumerations, NamesAndKeywords) {
  EXPECT_EQ(nameOf(cpu::Role::SrcGradient), "SrcGradient");
  EXPECT_EQ(keyword(cpu::Role::SrcGradient), "src_gradient");
  EXPECT_EQ(keyword<' '>(cpu::PrimitiveKind::InnerProduct), "inner product");
  EXPECT_EQ(keyword(ElementType::BF16), "bf16");
  EXPECT_EQ(keyword(ElementType::U8), "u8");
  EXPECT_EQ(keyword(Metric::TrainLoss), "train_loss");
}

TEST(Enumerations, KeywordsAreRead) {
  for (cpu::Role role : valuesOf<cpu::Role>)
    EXPECT_EQ(fromKeyword<cpu::Role>(keyword(role)), role);
  EXPECT_EQ(fromKeyword<cpu::Role>("source"), std::nullopt);
  EXPECT_EQ(fromKeyword<cpu::Role>("Src"), std::nullopt);
  EXPECT_EQ(fromKeyword<cpu::Role>(""), std::nullopt);
}

TEST(Enumerations, RangeOfWhatAFileHolds) {
  EXPECT_TRUE(isInRange(ElementType::U16));
  EXPECT_FALSE(isInRange(static_cast<ElementType>(5)));
}

} // namespace
} // namespace netc::runtime
