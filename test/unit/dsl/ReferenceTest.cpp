// The entries of the language reference, as the program holds them.
#include "dsl/Reference.h"

#include "dsl/Layers.h"
#include "dsl/Losses.h"
#include "dsl/Optimizers.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace netc::dsl {
namespace {

TEST(Reference, EveryLayerHasAnEntry) {
  for (const LayerKind &kind : layerKinds()) {
    auto entry = referenceEntry(kind.signature.name);
    ASSERT_TRUE(entry) << kind.signature.name;
    for (const ArgumentSpec &argument : kind.signature.arguments)
      EXPECT_NE(entry->find(argument.name), entry->npos)
          << kind.signature.name << ": " << argument.name;
  }
}

TEST(Reference, SoHaveTransforms) {
  for (const char *name : {"Resize", "ToTensor", "Normalize"})
    EXPECT_TRUE(referenceEntry(name)) << name;
}

static void expectEntry(std::string_view name,
                        std::span<const SettingSpec> settings) {
  auto entry = referenceEntry(name);
  ASSERT_TRUE(entry) << name;
  for (const SettingSpec &setting : settings)
    EXPECT_NE(entry->find(setting.name), entry->npos)
        << name << ": " << setting.name;
}

TEST(Reference, SoHaveEveryLossAndOptimizer) {
  for (const LossKind &kind : lossKinds())
    expectEntry(kind.name, kind.settings);
  for (const OptimizerKind &kind : optimizerKinds())
    expectEntry(kind.name, kind.settings);
}

TEST(Reference, AnEntryIsItsHeadingTextAndExamples) {
  EXPECT_EQ(referenceEntry("Flatten"),
            "Flatten\n"
            "`CxHxW` becomes a vector of C*H*W, in this order.\n"
            "\n"
            "    # 256x5x5 -> 6400\n"
            "    Flatten\n");
  std::string resize = referenceEntry("Resize").value_or("");
  EXPECT_NE(resize.find("Resize("), resize.npos) << resize;
  // One entry for several names.
  EXPECT_EQ(referenceEntry("GELU"), referenceEntry("ReLU"));
}

TEST(Reference, NamesThatAreNotKnown) {
  EXPECT_FALSE(referenceEntry(""));
  EXPECT_FALSE(referenceEntry("conv2d"));
  EXPECT_FALSE(referenceEntry("channels"));
  EXPECT_EQ(referenceHint("conv2d"), "did you mean `Conv2D`?");
  EXPECT_EQ(referenceHint("Linear"), "it is called `Dense` here");
  EXPECT_EQ(referenceHint("MSELoss"), "it is called `MeanSquaredError` here");
  EXPECT_EQ(referenceHint("xyzzyxyzzy"), "");
}

} // namespace
} // namespace netc::dsl
