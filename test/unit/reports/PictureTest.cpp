// Networks as graphs: boxes, frames, what is drawn once.
#include "tools/netc/Picture.h"
#include "test/unit/dsl/Analysis.h"
#include "tools/netc/PictureGraph.h"

namespace netc::tools {
namespace {

using dsl::Analysis;

/// Each box as the kinds of its layers, `<` before what it reads (`image` is
/// the input).
std::string boxesOf(const Analysis &analysis) {
  const dsl::Network &network = *analysis.network;
  PictureGraph graph = makePictureGraph(network);
  std::string text;
  for (const PictureBox &box : graph.boxes) {
    std::string kinds;
    for (size_t layer : box.layers)
      kinds += (kinds.empty() ? "" : "+") +
               std::string(shape::kindName(network.layers[layer].spec));
    text += kinds + "<";
    for (int64_t input : box.inputs)
      text += input == dsl::networkInput ? "image" : std::to_string(input);
    text += ' ';
  }
  return text;
}

/// The drawn frames as `path:first-last` and how often.
std::string framesOf(const Analysis &analysis) {
  std::string text;
  for (const PictureFrame &frame : makePictureGraph(*analysis.network).frames)
    if (!frame.isHidden && !frame.path.empty())
      text += fmt::format("{}:{}-{}x{} ", frame.path, frame.first, frame.last,
                          frame.times);
  return text;
}

Analysis withLayers(const std::string &layers, const std::string &output) {
  return Analysis(dsl::withLayers(layers, "4x8x8", output));
}

size_t count(const std::string &text, std::string_view part) {
  size_t number = 0;
  for (size_t i = text.find(part); i != text.npos; i = text.find(part, i + 1))
    ++number;
  return number;
}

TEST(Picture, PointwiseLayersJoinTheirInput) {
  EXPECT_EQ(boxesOf(withLayers("Conv2D(4, kernel=1) ReLU Dropout(0.5) "
                               "Conv2D(4, kernel=1) Flatten Dense(256) Tanh",
                               "256")),
            "Conv2D+ReLU+Dropout<image Conv2D<0 Flatten<1 Dense+Tanh<2 ");
}

TEST(Picture, BranchesKeepTheirs) {
  // The ReLU is read by both branches, the Tanh reads a sum.
  EXPECT_EQ(boxesOf(withLayers("Conv2D(4, kernel=1) ReLU Sum { Identity "
                               "Conv2D(4, kernel=1) } Tanh",
                               "4x8x8")),
            "Conv2D+ReLU<image Conv2D<0 Sum<01 Tanh<2 ");
  EXPECT_EQ(
      boxesOf(withLayers("Conv2D(4, kernel=1) Sum { ReLU Identity }", "4x8x8")),
      "Conv2D<image ReLU<0 Sum<10 ");
}

TEST(Picture, FramesOfLabels) {
  EXPECT_EQ(framesOf(withLayers("a: Sequential { Conv2D(4, kernel=1) b: "
                                "Sequential { MaxPool2D(2) MaxPool2D(2) } }",
                                "4x2x2")),
            "a:0-2x1 a.b:1-2x1 ");
  // Around one box there is none, and what follows joins it.
  Analysis single =
      withLayers("a: Sequential { Conv2D(4, kernel=1) } ReLU", "4x8x8");
  EXPECT_EQ(count(pictureDot(*single.network), "subgraph"), 0u);
  EXPECT_EQ(boxesOf(single), "Conv2D+ReLU<image ");
}

const std::string blocks = "layer Block(channels, stride=1) = Sequential {\n"
                           "  Conv2D(channels, kernel=1, stride=stride)\n"
                           "  MaxPool2D(1)\n"
                           "}\n";

Analysis withBlocks(const std::string &layers, const std::string &output) {
  return Analysis(blocks + dsl::withLayers(layers, "4x8x8", output));
}

TEST(Picture, EqualNeighboursAreDrawnOnce) {
  Analysis three = withBlocks("repeat 3 { Block(4) } Flatten", "256");
  EXPECT_EQ(framesOf(three), "block_1:0-1x3 ");
  std::string dot = pictureDot(*three.network);
  EXPECT_EQ(count(dot, "<b>Block</b>&#160;&#160;4 × 3"), 1u) << dot;
  EXPECT_EQ(count(dot, "<b>Conv2D</b>"), 1u);
  EXPECT_EQ(count(dot, "b1 -> b6 [label=\" 4×8×8\""), 1u) << dot;
  EXPECT_EQ(
      framesOf(withBlocks("Sum { Sequential { Block(4) Block(4) } Identity"
                          " }",
                          "4x8x8")),
      "block_1:0-1x2 ");
}

TEST(Picture, OthersAreNot) {
  // Other arguments and shapes, something between, another label, a reader.
  EXPECT_EQ(framesOf(withBlocks("Block(4, stride=2) Block(4)", "4x4x4")),
            "block_1:0-1x1 block_2:2-3x1 ");
  EXPECT_EQ(framesOf(withBlocks("Block(4) MaxPool2D(1) Block(4)", "4x8x8")),
            "block_1:0-1x1 block_2:3-4x1 ");
  EXPECT_EQ(framesOf(withBlocks("Block(4) second: Block(4)", "4x8x8")),
            "block_1:0-1x1 second:2-3x1 ");
  EXPECT_EQ(framesOf(withBlocks("Block(4) Sum { Block(4) Identity }", "4x8x8")),
            "block_1:0-1x1 block_2:2-3x1 ");
}

TEST(Picture, Titles) {
  Analysis analysis = withBlocks("head: Block(8, stride=2) inner: Sequential { "
                                 "MaxPool2D(1) MaxPool2D(1) }",
                                 "8x4x4");
  std::string dot = pictureDot(*analysis.network);
  EXPECT_EQ(count(dot, "label=<head: <b>Block</b>&#160;&#160;8, stride 2>"), 1u)
      << dot;
  EXPECT_EQ(count(dot, "label=<<b>inner</b>>"), 1u) << dot;
}

TEST(Picture, Text) {
  Analysis analysis = withLayers(
      "stem: Conv2D(6, kernel=3x1, stride=2, activation=relu)  Sum { Conv2D(6, "
      "kernel=1) Identity }",
      "6x3x4");
  std::string dot = pictureDot(*analysis.network);
  EXPECT_EQ(count(dot, "<b>Conv2D</b>&#160;&#160;6, 3×1, stride 2<br/>"), 1u)
      << dot;
  EXPECT_EQ(count(dot, "stem · 78 parameters"), 1u) << dot;
  EXPECT_EQ(count(dot, "<b>ReLU</b>"), 1u) << dot;
  EXPECT_EQ(count(dot, "label=\"+\""), 1u) << dot;
  EXPECT_EQ(count(dot, "input -> b0 [label=\" 4×8×8\", weight=8];"), 1u) << dot;
  // What is read twice forks, with its shape beside the trunk.
  EXPECT_EQ(count(dot, "b0 -> f1 [label=\" 6×3×4\", arrowhead=none"), 1u)
      << dot;
  EXPECT_EQ(count(dot, "f1 -> b1 [weight=8];"), 1u) << dot;
  EXPECT_EQ(count(dot, "f1 -> b2 [weight=1];"), 1u) << dot;
  EXPECT_EQ(count(dot, "b2 -> output [label=\" 6×3×4\""), 1u) << dot;
  EXPECT_EQ(count(dot, "120 parameters, "), 1u) << dot;
}

} // namespace
} // namespace netc::tools
