// Every way in which a shape rule refuses, in its words.
#include "compiler/shape/Transforms.h"

#include <cmath>
#include <gtest/gtest.h>

namespace netc::shape {
namespace {

constexpr int64_t huge = INT64_MAX;

/// "argument: message; hint", what is empty left out.
std::string errorOf(const InferResult &result) {
  auto *error = std::get_if<ShapeError>(&result);
  if (!error)
    return "none";
  std::string text = error->message;
  if (!error->argument.empty())
    text = error->argument + ": " + text;
  if (!error->hint.empty())
    text += "; " + error->hint;
  return text;
}

TEST(ShapeErrors, Arguments) {
  Shape input{4, 8, 8};
  EXPECT_EQ(errorOf(infer(Conv2D{0, {3, 3}}, input)),
            "channels: `channels` must be at least 1, got 0");
  EXPECT_EQ(errorOf(infer(Conv2D{huge, {3, 3}}, input)),
            "channels: `channels` must be at most 2147483647, got "
            "9223372036854775807");
  EXPECT_EQ(errorOf(infer(Conv2D{1, {3, -3}}, input)),
            "kernel: `kernel` must be at least 1, got -3");
  EXPECT_EQ(errorOf(infer(Conv2D{1, {3, 3}, {0, 1}}, input)),
            "stride: `stride` must be at least 1, got 0");
  EXPECT_EQ(errorOf(infer(Conv2D{1, {3, 3}, {1, 1}, {-1, 0}}, input)),
            "padding: `padding` must be at least 0, got -1");
  EXPECT_EQ(errorOf(infer(Conv2D{1, {3, 3}, {1, 1}, {0, 0}, {0, 1}}, input)),
            "dilation: `dilation` must be at least 1, got 0");
  EXPECT_EQ(errorOf(infer(Conv2D{1, {3, 3}, {1, 1}, {0, 0}, {1, 1}, 0}, input)),
            "groups: `groups` must be at least 1, got 0");
  EXPECT_EQ(errorOf(infer(MaxPool2D{{0, 0}, {1, 1}}, input)),
            "window: `window` must be at least 1, got 0");
  EXPECT_EQ(errorOf(infer(AvgPool2D{{2, 2}, {0, 0}}, input)),
            "stride: `stride` must be at least 1, got 0");
  EXPECT_EQ(errorOf(infer(AvgPool2D{{2, 2}, {1, 1}, {0, -1}}, input)),
            "padding: `padding` must be at least 0, got -1");
  EXPECT_EQ(errorOf(infer(Dense{0}, {10})),
            "units: `units` must be at least 1, got 0");
  EXPECT_EQ(errorOf(infer(Resize{Pair{0, 5}, {}}, input)),
            "size: `size` must be at least 1, got 0");
}

TEST(ShapeErrors, DropoutRate) {
  for (double rate : {-0.1, 1.0, HUGE_VAL, double(NAN)})
    EXPECT_NE(errorOf(infer(Dropout{rate}, {10})), "none");
  EXPECT_EQ(errorOf(infer(Dropout{1}, {10})),
            "rate: `rate` must be at least 0 and below 1, got 1");
  EXPECT_EQ(errorOf(infer(Dropout{0.999}, {10})), "none");
}

TEST(ShapeErrors, Groups) {
  EXPECT_EQ(
      errorOf(infer(Conv2D{8, {3, 3}, {1, 1}, {0, 0}, {1, 1}, 3}, {4, 8, 8})),
      "groups: `groups` 3 does not divide `channels` 8");
  EXPECT_EQ(
      errorOf(infer(Conv2D{9, {3, 3}, {1, 1}, {0, 0}, {1, 1}, 3}, {4, 8, 8})),
      "`groups` 3 of `Conv2D` does not divide the 4 channels of its input "
      "4x8x8");
}

TEST(ShapeErrors, PoolPadding) {
  // PyTorch: "pad should be at most half of effective kernel size".
  EXPECT_EQ(errorOf(infer(MaxPool2D{{3, 3}, {1, 1}, {2, 2}}, {4, 8, 8})),
            "padding: `padding` of `MaxPool2D` must be at most half its window "
            "3x3, got 2x2");
  EXPECT_EQ(errorOf(infer(AvgPool2D{{2, 2}, {1, 1}, {1, 1}}, {4, 8, 8})),
            "none");
}

TEST(ShapeErrors, Fit) {
  EXPECT_EQ(errorOf(infer(MaxPool2D{{3, 3}, {2, 2}}, {256, 2, 2})),
            "`MaxPool2D` window 3x3 does not fit its input 256x2x2; the "
            "largest `window` that fits is 2x2");
  EXPECT_EQ(errorOf(infer(Conv2D{1, {5, 2}, {1, 1}, {1, 1}}, {1, 2, 2})),
            "`Conv2D` kernel 5x2 does not fit its input 1x2x2, 4x4 with its "
            "padding; the largest `kernel` that fits is 4x2");
  EXPECT_EQ(
      errorOf(infer(Conv2D{1, {3, 3}, {1, 1}, {0, 0}, {2, 2}}, {1, 4, 4})),
      "`Conv2D` kernel 3x3, 5x5 with its dilation, does not fit its input "
      "1x4x4");
  EXPECT_EQ(errorOf(infer(Conv2D{1, {3, 3}}, {1, 3, 3})), "none");
}

TEST(ShapeErrors, ActivationParameters) {
  EXPECT_EQ(errorOf(infer(Activation{ActivationKind::ReLU, -1}, {4})),
            "max: `max` must be above 0, got -1");
  EXPECT_EQ(errorOf(infer(Activation{ActivationKind::ReLU, NAN}, {4})),
            "max: `max` must be above 0, got nan");
  EXPECT_EQ(errorOf(infer(Activation{ActivationKind::LeakyReLU, 1e39}, {4})),
            "slope: `slope` must be a number of single precision, got 1e+39");
  EXPECT_EQ(errorOf(infer(Activation{ActivationKind::ELU, INFINITY}, {4})),
            "alpha: `alpha` must be a number of single precision, got inf");
}

TEST(ShapeErrors, Conv2DTranspose) {
  EXPECT_EQ(
      errorOf(
          infer(Conv2DTranspose{4, {3, 3}, {2, 2}, {0, 0}, {2, 0}}, {4, 8, 8})),
      "output_padding: `output_padding` must be below `stride` 2x2, got 2x0");
  EXPECT_EQ(
      errorOf(infer(Conv2DTranspose{4, {1, 1}, {1, 1}, {4, 0}}, {4, 8, 8})),
      "`padding` 4x0 of `Conv2DTranspose` leaves nothing of its input "
      "4x8x8: (8 - 1)*1 - 2*4 + 1 = 0");
  EXPECT_EQ(
      errorOf(
          infer(Conv2DTranspose{6, {3, 3}, {1, 1}, {0, 0}, {0, 0}, {1, 1}, 3},
                {4, 8, 8})),
      "`groups` 3 of `Conv2DTranspose` does not divide the 4 channels of its "
      "input 4x8x8");
  // Sizes that a product of 64 bits would not hold.
  EXPECT_EQ(errorOf(infer(Conv2DTranspose{1, {1, 1}, {maxArgument, 1}},
                          {1, maxElements, 1})),
            "`Conv2DTranspose` has an output 1x1099511627777x1 of more than "
            "2^40 elements");
}

TEST(ShapeErrors, Spatial) {
  EXPECT_EQ(errorOf(infer(Upsample2D{{maxArgument, 1}}, {1, maxElements, 1})),
            "`Upsample2D` has an output 1x1099511627777x1 of more than 2^40 "
            "elements");
  EXPECT_EQ(errorOf(infer(Crop2D{{0, 0, 4, 4}}, {1, 8, 8})),
            "`Crop2D` leaves nothing of its input 1x8x8: height 8 - 0 - 0 = 8, "
            "width 8 - 4 - 4 = 0");
  EXPECT_EQ(errorOf(infer(ZeroPadding2D{{0, 0, 0, -1}}, {1, 8, 8})),
            "padding: `padding` must be at least 0, got -1");
  EXPECT_EQ(errorOf(infer(Reshape{{2, 2}}, {4})),
            "shape: `shape` must be one size, or channels x height x width, "
            "got 2x2");
  EXPECT_EQ(errorOf(infer(Reshape{{maxArgument, maxArgument, 2}}, {4})),
            "`Reshape` cannot make 2147483647x2147483647x2 of its input 4: "
            "more than 2^40 elements of 4");
}

TEST(ShapeErrors, Rank) {
  EXPECT_EQ(errorOf(infer(Conv2D{1, {3, 3}}, {10})),
            "`Conv2D` takes channels x height x width, its input is 10");
  EXPECT_EQ(errorOf(infer(GlobalAvgPool2D{}, {10})),
            "`GlobalAvgPool2D` takes channels x height x width, its input is "
            "10");
  EXPECT_EQ(errorOf(infer(ToTensor{}, {0})), "`ToTensor` has an empty input 0");
  EXPECT_EQ(errorOf(infer(CenterCrop{{1, 1}}, {10})),
            "`CenterCrop` takes channels x height x width, its input is 10");
  EXPECT_EQ(
      errorOf(infer(Resize{{}, 1 << 20}, {1, 1, 1 << 20})),
      "short: `Resize(short=1048576)` makes more than 2147483647 of the longer "
      "side of 1x1x1048576");
  EXPECT_EQ(errorOf(infer(Dense{10}, {256, 5, 5})),
            "`Dense` takes a vector, its input is 256x5x5; `Flatten` before it "
            "makes 6400 of 256x5x5");
}

TEST(ShapeErrors, Sizes) {
  EXPECT_EQ(errorOf(infer(Flatten{}, {1, 0, 5})),
            "`Flatten` has an empty input 1x0x5");
  EXPECT_EQ(errorOf(infer(Dense{1}, {huge})),
            "`Dense` has an input 9223372036854775807 of more than 2^40 "
            "elements");
  EXPECT_EQ(errorOf(infer(Activation{ActivationKind::Tanh}, {huge, huge})),
            "`Tanh` has an input 9223372036854775807x9223372036854775807 of "
            "more than 2^40 elements");
  EXPECT_EQ(errorOf(infer(Conv2D{maxArgument, {1, 1}}, {1, 1024, 1024})),
            "`Conv2D` has an output 2147483647x1024x1024 of more than 2^40 "
            "elements");
  EXPECT_EQ(errorOf(infer(Conv2D{1 << 20, {1, 1}}, {1 << 21, 1, 1})),
            "`Conv2D` has a weight 1048576x2097152x1x1 of more than 2^40 "
            "elements");
  EXPECT_EQ(
      errorOf(infer(Conv2D{1024, {9, 9}, {1, 1}, {4, 4}}, {1024, 8192, 8192})),
      "`Conv2D` takes more than 2^48 multiply-adds an example");
  EXPECT_EQ(errorOf(infer(Dense{1 << 21}, {1 << 20})),
            "`Dense` has a weight 2097152x1048576 of more than 2^40 elements");
  EXPECT_EQ(errorOf(infer(Resize{Pair{maxArgument, 1024}, {}}, {1, 2, 2})),
            "`Resize` has an output 1x2147483647x1024 of more than 2^40 "
            "elements");
}

/// The largest arguments there can be, in every combination, do not overflow
/// (the sanitizer watches).
TEST(ShapeErrors, ExtremesDoNotOverflow) {
  for (int64_t kernel : {int64_t(1), maxArgument})
    for (int64_t padding : {int64_t(0), maxArgument})
      for (int64_t dilation : {int64_t(1), maxArgument})
        for (int64_t size : {int64_t(1), maxElements})
          infer(Conv2D{maxArgument,
                       {kernel, kernel},
                       {1, maxArgument},
                       {padding, padding},
                       {dilation, dilation}},
                {1, size, 1});
}

TEST(ShapeErrors, Normalize) {
  Shape input{3, 8, 8};
  EXPECT_EQ(errorOf(infer(Normalize{{1, 2}, {1}}, input)),
            "`mean` of `Normalize` has 2 values, its input 3x8x8 has 3 "
            "channels");
  EXPECT_EQ(errorOf(infer(Normalize{{1}, {1, 0, 1}}, input)),
            "std: `std` must be above 0, got 0");
  EXPECT_EQ(errorOf(infer(Normalize{{HUGE_VAL}, {1}}, input)),
            "mean: `mean` must be finite, got inf");
  EXPECT_EQ(errorOf(infer(Normalize{{}, {1}}, input)),
            "`mean` of `Normalize` has 0 values, its input 3x8x8 has 3 "
            "channels");
}

} // namespace
} // namespace netc::shape
