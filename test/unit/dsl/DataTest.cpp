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

TEST(DataPhases, ArgumentsOfAugmentation) {
  auto errorOf = [](std::string_view transform) {
    std::string errors =
        errorsOf(fmt::format("train {{ {} }} ToTensor", transform));
    return errors.substr(std::min(errors.size(), errors.find(": ") + 2));
  };
  for (std::string_view fine :
       {"RandomRotation(30)", "RandomRotation(degrees=[-10, 30], fill=255)",
        "RandomRotation(0.5, center=[-1.5, 3], interpolation=bilinear)",
        "RandomAffine(0, translate=[0, 1], scale=[1, 1], shear=[1, 2, -3, 4])",
        "ColorJitter", "ColorJitter(3, contrast=[0, 2], hue=[-0.5, 0.5])",
        "RandomGrayscale(1)", "GaussianBlur(55, sigma=0.1)",
        "GaussianBlur(3x5, sigma=[1, 1])", "RandAugment",
        "RandAugment(16, magnitude=0, bins=2, fill=[7])"})
    EXPECT_EQ(errorOf(fine), "") << fine;
  const std::pair<std::string_view, std::string_view> wrong[] = {
      {"RandomRotation", "`RandomRotation` needs `degrees`"},
      {"RandomRotation(-30)",
       "`degrees` must be at least 0 where it is one number, got -30"},
      {"RandomRotation([30, -30])",
       "`degrees` must have the smaller number first, got [30, -30]"},
      {"RandomRotation([1, 2, 3])",
       "`degrees` must be a number or a range, got 3 numbers"},
      {"RandomRotation(1e7)",
       "`degrees` must be degrees from -1000000 to 1000000, got 10000000"},
      {"RandomRotation(30, fill=256)",
       "`fill` must be from 0 to 255 before `ToTensor`, got 256"},
      {"RandomRotation(30, fill=[1, 2])",
       "`fill` of `RandomRotation` has 2 values, its input 1x28x28 has 1 "
       "channels"},
      {"RandomRotation(30, center=4)",
       "`center` must be two finite numbers, [x, y] in pixels"},
      {"RandomRotation(30, expand=true)",
       "`RandomRotation` has no argument `expand`"},
      {"RandomAffine(0, translate=0.1)",
       "`translate` must be two shares from 0 to 1, of the width and of the "
       "height"},
      {"RandomAffine(0, translate=[0, 1.1])",
       "`translate` must be two shares from 0 to 1, of the width and of the "
       "height"},
      {"RandomAffine(0, scale=[0, 1])",
       "`scale` must be two numbers above 0, the smaller first"},
      {"RandomAffine(0, scale=[2, 1])",
       "`scale` must be two numbers above 0, the smaller first"},
      {"RandomAffine(0, shear=[1, 2, 3])",
       "`shear` must be a number or a range, or a range along x and one along "
       "y, got 3 numbers"},
      {"RandomAffine(0, shear=[1, 2, 4, 3])",
       "`shear` must have the smaller number first, got [4, 3]"},
      {"ColorJitter(-1)",
       "`brightness` must be a number at least 0, or two, the smaller first"},
      {"ColorJitter(contrast=[1, 0.5])",
       "`contrast` must be a number at least 0, or two, the smaller first"},
      {"ColorJitter(saturation=1e39)",
       "`saturation` must be a number at least 0, or two, the smaller first"},
      {"ColorJitter(hue=0.6)",
       "`hue` must be a number from 0 to 0.5, or two from -0.5 to 0.5, the "
       "smaller first"},
      {"RandomGrayscale(-0.1)", "`rate` must be from 0 to 1, got -0.1"},
      {"GaussianBlur", "`GaussianBlur` needs `kernel`"},
      {"GaussianBlur(4)", "`kernel` must be odd, got 4x4"},
      {"GaussianBlur(0)", "`kernel` must be at least 1, got 0"},
      {"GaussianBlur(57)", "`kernel` of 57x57 is too large for 1x28x28"},
      {"GaussianBlur(3, sigma=0)",
       "`sigma` must be a number above 0, or two, the smaller first"},
      {"GaussianBlur(3, sigma=[-1, 2])",
       "`sigma` must be a number above 0, or two, the smaller first"},
      {"GaussianBlur(3, sigma=[2, 1])",
       "`sigma` must be a number above 0, or two, the smaller first"},
      {"RandAugment(0)", "`num_ops` must be from 1 to 16, got 0"},
      {"RandAugment(magnitude=31)", "`magnitude` must be from 0 to 30, got 31"},
      {"RandAugment(bins=1)", "`bins` must be from 2 to 1000, got 1"},
      {"RandomVerticalFlip(2)", "`rate` must be from 0 to 1, got 2"},
  };
  for (auto [transform, message] : wrong)
    EXPECT_EQ(errorOf(transform), std::string(message) + "\n") << transform;
  EXPECT_EQ(errorsOf("RandomRotation(30) ToTensor"),
            "2:8: `RandomRotation` stands outside `train`\n");
  // Behind it a fill is any number, and colours end with `Normalize`.
  EXPECT_EQ(errorsOf("ToTensor train { RandomRotation(30, fill=-3.5) }"), "");
  EXPECT_EQ(errorsOf("ToTensor train { ColorJitter(1) } Normalize(0, std=1)"),
            "");
  EXPECT_EQ(errorsOf("ToTensor Normalize(0, std=1) train { RandomGrayscale }"),
            "2:45: `RandomGrayscale` stands behind `Normalize`\n");
  EXPECT_EQ(errorsOf("ToTensor train { RandAugment }"),
            "2:25: `RandAugment` stands behind `ToTensor`\n");
  Analysis channels(withLayers("Flatten Dense(10)", "2x8x8") +
                    "data { train { ColorJitter } ToTensor }");
  EXPECT_NE(channels.errors().find(
                "`ColorJitter` takes pictures of 1 or 3 channels, got 2x8x8"),
            std::string::npos);
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

/// Labels of pixels go with the pixels; those of a smaller map cannot.
TEST(DataPhases, MapsOfLabels) {
  const std::string data = "data { train { RandomCrop(8, padding=1) "
                           "RandomVerticalFlip ColorJitter } "
                           "ToTensor train { RandomErasing } }";
  Analysis moved("network N(image: 1x8x8) -> 2x8x8 = Conv2D(2, kernel=1)\n" +
                 data);
  ASSERT_TRUE(moved.network) << moved.errors();
  EXPECT_TRUE(movesLabels(*moved.network));
  EXPECT_EQ(labelShapeOf(*moved.network, {1, 10, 12}), (shape::Shape{10, 12}));
  Analysis smaller(
      "network N(image: 1x8x8) -> 2x4x4 = Conv2D(2, kernel=2, stride=2)\n" +
      data);
  EXPECT_EQ(smaller.errors(),
            "2:16: `RandomCrop` moves the pixels of each picture elsewhere, "
            "and not their labels: `N` gives a map, 2x4x4\n"
            "2:41: `RandomVerticalFlip` moves the pixels of each picture "
            "elsewhere, and not their labels: `N` gives a map, 2x4x4\n");
  Analysis still("network N(image: 1x8x8) -> 2x8x8 = Conv2D(2, kernel=1)\n"
                 "data { train { ColorJitter(1) } ToTensor }");
  ASSERT_TRUE(still.network) << still.errors();
  EXPECT_FALSE(movesLabels(*still.network));
  EXPECT_EQ(labelShapeOf(*still.network, {1, 8, 8}), (shape::Shape{8, 8}));
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
