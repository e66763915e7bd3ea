// The reference's transforms against torchvision's (torchvision_fixtures.json,
// written by make_transform_fixtures.py).
#include "compiler/shape/Transforms.h"
#include "test/numeric/Values.h"
#include "test/reference/RandomTransforms.h"
#include "test/reference/Transforms.h"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace netc;
using namespace netc::numeric;
using nlohmann::json;

namespace {

template <typename Check> void forEachCase(std::string_view op, Check check) {
  std::ifstream file(NETC_TRANSFORM_FIXTURES);
  json cases = json::parse(file);
  int count = 0;
  for (const json &one : cases)
    if (one.at("op") == op) {
      SCOPED_TRACE(std::string(op) + " of " + one.at("input").dump());
      check(one);
      ++count;
    }
  EXPECT_GT(count, 0);
}

Tensor inputOf(const json &one) {
  return wholeNumbers(one.at("input").get<Shape>(), Input, 256);
}

void expectOutput(const Tensor &actual, const json &one) {
  Tensor expected(actual.shape, one.at("output").get<std::vector<double>>());
  EXPECT_EQ(difference(actual, expected, 1e-9), "");
}

using Sides = std::array<int64_t, 4>;

Sides sidesOf(const reference::Rectangle &rectangle) {
  return {rectangle.top, rectangle.left, rectangle.height, rectangle.width};
}

} // namespace

TEST(Reference, CenterCrop) {
  forEachCase("center_crop", [](const json &one) {
    auto size = one.at("size").get<reference::Pair>();
    expectOutput(centerCrop(inputOf(one), size), one);
  });
}

TEST(Reference, ResizedCrop) {
  forEachCase("resized_crop", [](const json &one) {
    auto [top, left, height, width] = one.at("window").get<Sides>();
    expectOutput(resize(crop(inputOf(one), {top, left}, {height, width}),
                        one.at("size").get<reference::Pair>()),
                 one);
  });
}

TEST(Reference, RandomRectangles) {
  forEachCase("rectangles", [](const json &one) {
    auto picture = one.at("input").get<reference::Pair>();
    auto scale = one.at("scale").get<reference::Range>();
    auto ratio = one.at("ratio").get<reference::Range>();
    auto resized = one.at("resized").get<std::vector<Sides>>();
    auto erased = one.at("erased").get<std::vector<Sides>>();
    reference::Draws draws{one.at("seed"), one.at("epoch"), one.at("path"), {}};
    for (uint32_t sample = 0; sample < resized.size(); ++sample)
      draws.samples.push_back(sample);
    for (size_t row = 0; row < resized.size(); ++row) {
      auto index = static_cast<int64_t>(row);
      EXPECT_EQ(sidesOf(resizedCropWindow(picture, scale, ratio, draws, index)),
                resized[row])
          << row;
      EXPECT_EQ(
          sidesOf(erasedRectangle(picture, 1, scale, ratio, draws, index)),
          erased[row])
          << row;
    }
  });
}

// The size that `Resize(short=)` gives is the shape rule's to say.
TEST(Reference, ShortSide) {
  forEachCase("short", [](const json &one) {
    shape::Resize resize{{}, one.at("short").get<int64_t>()};
    EXPECT_EQ(shape::resizedSize(resize, one.at("input").get<shape::Pair>()),
              one.at("size").get<shape::Pair>());
  });
}
