// `data`: its phases, the order of its transforms, and what does not fit.
#include "Analysis.h"

namespace netc::dsl {
namespace {

std::string errorsOf(std::string_view transforms) {
  return Analysis(withDeclarations(fmt::format("data {{ {} }}", transforms)))
      .errors();
}

TEST(DataPhases, TransformsInTheOrderOfTheText) {
  Analysis analysis(
      withDeclarations("data { train { RandomCrop(28, padding=4) "
                       "RandomHorizontalFlip } test { Resize(28) } ToTensor "
                       "train { RandomErasing(0.25, value=0.5) } }"));
  ASSERT_TRUE(analysis.network) << analysis.errors();
  std::string seen;
  for (const Transform &transform : analysis.network->transforms)
    seen += fmt::format("{}{} ", shape::kindName(transform.spec),
                        transform.phase == Phase::Both    ? ""
                        : transform.phase == Phase::Train ? ":train"
                                                          : ":test");
  EXPECT_EQ(seen, "RandomCrop:train RandomHorizontalFlip:train Resize:test "
                  "ToTensor RandomErasing:train ");
  const auto &transforms = analysis.network->transforms;
  auto crop = std::get<shape::RandomCrop>(transforms[0].spec);
  EXPECT_EQ(crop.padding, (shape::Pair{4, 4}));
  EXPECT_EQ(std::get<shape::RandomHorizontalFlip>(transforms[1].spec).rate,
            0.5);
  auto erasing = std::get<shape::RandomErasing>(transforms[4].spec);
  EXPECT_EQ(erasing.rate, 0.25);
  EXPECT_EQ(erasing.value, std::vector{0.5});
  EXPECT_EQ(erasing.scale, (std::vector{0.02, 0.33}));
}

TEST(DataPhases, EachKindOnceInAPhase) {
  EXPECT_EQ(errorsOf("train { Resize(28) } test { Resize(28) } ToTensor"), "");
  EXPECT_EQ(errorsOf("train { ToTensor } test { ToTensor }"), "");
  EXPECT_EQ(errorsOf("train { Resize(28) } Resize(28) ToTensor"),
            "2:29: `Resize` is there twice\n");
  EXPECT_EQ(errorsOf("train { } train { } test { } ToTensor"), "");
}

TEST(DataPhases, RandomOnesStandInTrain) {
  EXPECT_EQ(errorsOf("RandomCrop(28) ToTensor"),
            "2:8: `RandomCrop` stands outside `train`\n");
  EXPECT_EQ(errorsOf("test { RandomErasing } ToTensor"),
            "2:15: `RandomErasing` stands outside `train`\n");
}

TEST(DataPhases, EachGivesTheInput) {
  EXPECT_EQ(errorsOf("train { RandomCrop(24) } ToTensor"),
            "2:16: the transforms give 1x24x24 in training, `N` takes "
            "1x28x28\n");
  EXPECT_EQ(errorsOf("test { Resize(short=30) } ToTensor"),
            "2:15: the transforms give 1x30x30 in testing, `N` takes "
            "1x28x28\n");
  EXPECT_EQ(errorsOf("CenterCrop(30) ToTensor"),
            "2:8: the transforms give 1x30x30, `N` takes 1x28x28\n");
  EXPECT_EQ(errorsOf("Resize(short=30) CenterCrop(28) ToTensor"), "");
  EXPECT_EQ(errorsOf("train { ToTensor }"),
            "2:1: `data` has no `ToTensor` in testing\n");
  EXPECT_EQ(errorsOf("test { ToTensor }"),
            "2:1: `data` has no `ToTensor` in training\n");
}

TEST(DataPhases, WhatReadsNumbersIsBehindToTensor) {
  EXPECT_EQ(errorsOf("train { RandomErasing } ToTensor"),
            "2:16: `RandomErasing` stands before `ToTensor`\n");
  EXPECT_EQ(errorsOf("test { Normalize(0, std=1) } ToTensor"),
            "2:15: `Normalize` stands before `ToTensor`\n");
}

TEST(DataPhases, Arguments) {
  EXPECT_EQ(errorsOf("Resize ToTensor"),
            "2:8: `Resize` takes either `size` or `short`\n");
  EXPECT_EQ(errorsOf("Resize(28, short=28) ToTensor"),
            "2:19: `Resize` takes either `size` or `short`\n");
  EXPECT_EQ(errorsOf("Resize(short=0) ToTensor"),
            "2:15: `short` must be at least 1, got 0\n");
  EXPECT_EQ(errorsOf("train { RandomCrop(30, padding=0) } ToTensor"),
            "2:16: the transforms give 1x30x30 in training, `N` takes "
            "1x28x28\n");
  EXPECT_EQ(errorsOf("train { Resize(28) RandomCrop(38, padding=4) } ToTensor"),
            "2:27: `RandomCrop` of 38x38 does not fit 1x28x28 with 4x4 zeros "
            "around it\n");
  EXPECT_EQ(errorsOf("train { RandomCrop(28, padding=-1) } ToTensor"),
            "2:31: `padding` must be at least 0, got -1\n");
  EXPECT_EQ(errorsOf("train { RandomHorizontalFlip(1.5) } ToTensor"),
            "2:37: `rate` must be from 0 to 1, got 1.5\n");
  EXPECT_EQ(errorsOf("train { RandomResizedCrop(28, scale=0.5) } ToTensor"),
            "2:38: `scale` must be two numbers, the smaller first\n");
  EXPECT_EQ(errorsOf("train { RandomResizedCrop(28, scale=[0.5, 1.5]) } "
                     "ToTensor"),
            "2:38: `scale` must be shares from 0 to 1, got [0.5, 1.5]\n");
  EXPECT_EQ(errorsOf("train { RandomResizedCrop(28, ratio=[0, 1]) } ToTensor"),
            "2:38: `ratio` must be finite and above 0, got [0, 1]\n");
  EXPECT_EQ(errorsOf("ToTensor train { RandomErasing(value=[1, 2]) }"),
            "2:25: `value` of `RandomErasing` has 2 values, its input 1x28x28 "
            "has 1 channels\n");
}

/// A rule's hint is part of what is said.
TEST(DataPhases, Hints) {
  Analysis analysis(withDeclarations("data { Resize ToTensor }"));
  EXPECT_NE(
      analysis.diagnostics.toText().find("hint: `Resize(224)` makes 224x224"),
      std::string::npos);
}

/// How large pictures are is the data set's: a crop may want larger ones.
TEST(DataPhases, CropsFromLargerPictures) {
  auto analysisOf = [](std::string_view transforms) {
    return Analysis(withDeclarations(fmt::format("data {{ {} }}", transforms)));
  };
  Analysis both = analysisOf("train { RandomCrop(30) } Resize(28) ToTensor");
  ASSERT_TRUE(both.network) << both.errors();
  EXPECT_EQ(assumedPictures(*both.network), (shape::Shape{1, 30, 30}));
  EXPECT_EQ(wantedPictures(*both.network).shape, (shape::Shape{1, 30, 30}));
  EXPECT_TRUE(
      checkTransforms(*both.network, {1, 32, 32}, "digits", both.diagnostics));
  EXPECT_FALSE(
      checkTransforms(*both.network, {1, 28, 28}, "digits", both.diagnostics));
  Analysis padded = analysisOf("train { RandomCrop(30, padding=1) } "
                               "CenterCrop(28) ToTensor");
  ASSERT_TRUE(padded.network) << padded.errors();
  EXPECT_EQ(assumedPictures(*padded.network), (shape::Shape{1, 28, 28}));
  // The aspect that another phase keeps is kept.
  Analysis covered = analysisOf("train { RandomCrop(40x30) Resize(28) } test "
                                "{ Resize(short=32) CenterCrop(28) } ToTensor");
  ASSERT_TRUE(covered.network) << covered.errors();
  EXPECT_EQ(wantedPictures(*covered.network).shape, (shape::Shape{1, 40, 40}));
  EXPECT_TRUE(wantedPictures(*covered.network).isCovered);
  EXPECT_EQ(analysisOf("train { RandomCrop(28, padding=-9223372036854775807) } "
                       "ToTensor")
                .errors(),
            "2:31: `padding` must be at least 0, got -9223372036854775807\n");
  // Testing takes the pictures as they are, which are 28x28 then.
  Analysis one = analysisOf("train { RandomCrop(30) Resize(28) } ToTensor");
  EXPECT_EQ(one.errors(), "2:16: `RandomCrop` of 30x30 does not fit 1x28x28\n");
}

/// Labels of pixels lie as they are in the data set.
TEST(DataPhases, MapsOfLabels) {
  std::string text = fmt::format(
      "network N(image: 1x8x8) -> 2x8x8 = Conv2D(2, kernel=1)\n{}\n",
      "data { train { RandomCrop(8, padding=1) RandomHorizontalFlip } ToTensor "
      "train { RandomErasing } }");
  EXPECT_EQ(Analysis(text).errors(),
            "2:16: `RandomCrop` moves the pixels of each picture elsewhere, "
            "and not their labels: `N` gives a map, 2x8x8\n"
            "2:41: `RandomHorizontalFlip` moves the pixels of each picture "
            "elsewhere, and not their labels: `N` gives a map, 2x8x8\n");
  EXPECT_EQ(Analysis("network N(image: 1x8x8) -> 1x8x8 = Conv2D(1, kernel=1)\n"
                     "data { train { RandomHorizontalFlip } ToTensor }\n"
                     "train { loss = MeanSquaredError(target=image) }")
                .errors(),
            "");
}

TEST(DataPhases, SinglePrecision) {
  EXPECT_EQ(errorsOf("ToTensor Normalize(0.5, std=1e-60)"),
            "2:32: `std` must be above 0 in single precision, got 1e-60\n");
  EXPECT_EQ(errorsOf("ToTensor Normalize(1e300, std=1)"),
            "2:27: `mean` must be finite in single precision, got 1e+300\n");
  EXPECT_EQ(errorsOf("ToTensor train { RandomErasing(value=1e39) }"),
            "2:39: `value` must be finite in single precision, got 1e+39\n");
}

TEST(DataPhases, TheDataSetFitsInBoth) {
  Analysis analysis(withDeclarations(
      "data { train { RandomCrop(28) } test { CenterCrop(28) } ToTensor }"));
  ASSERT_TRUE(analysis.network) << analysis.errors();
  EXPECT_TRUE(checkTransforms(*analysis.network, {1, 32, 32}, "digits",
                              analysis.diagnostics));
  EXPECT_FALSE(checkTransforms(*analysis.network, {1, 20, 32}, "digits",
                               analysis.diagnostics));
  EXPECT_EQ(analysis.diagnostics.all()[0].message,
            "`RandomCrop` of 28x28 does not fit 1x20x32");
}

/// What pictures of any size are scaled to: `3x40x40`, `+` where they cover it.
std::string wanted(std::string_view transforms) {
  Analysis analysis(withLayers("Flatten Dense(10)", "3x32x32") +
                    fmt::format("data {{ {} }}", transforms));
  EXPECT_TRUE(analysis.network) << transforms << analysis.errors();
  WantedPictures pictures = wantedPictures(*analysis.network);
  return shape::toString(pictures.shape) + (pictures.isCovered ? "+" : "");
}

TEST(WantedPictures, TheLargerResizeThatComesFirst) {
  EXPECT_EQ(wanted("ToTensor"), "3x32x32");
  EXPECT_EQ(wanted("Resize(40) CenterCrop(32) ToTensor"), "3x40x40");
  EXPECT_EQ(wanted("Resize(short=36) CenterCrop(32) ToTensor"), "3x36x36+");
  EXPECT_EQ(wanted("train { RandomResizedCrop(32) } test { Resize(short=36) "
                   "CenterCrop(32) } ToTensor"),
            "3x36x36+");
  EXPECT_EQ(wanted("train { Resize(40x50) RandomCrop(32) } test { "
                   "Resize(short=36) CenterCrop(32) } ToTensor"),
            "3x40x50");
  EXPECT_EQ(wanted("train { Resize(36) RandomCrop(32) } test { "
                   "Resize(short=36) CenterCrop(32) } ToTensor"),
            "3x36x36+");
  EXPECT_EQ(wanted("CenterCrop(40) Resize(32) ToTensor"), "3x32x32");
}

} // namespace
} // namespace netc::dsl
