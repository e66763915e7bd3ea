// The text of graphs: what is written is read, and nothing else is.
#include "runtime/cuda/GraphSpec.h"
#include "runtime/Error.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::runtime;
using namespace netc::runtime::cuda;

static const char *const convolution =
    "precision f32; tensor x f32 2x3x8x8 192x1x24x3; "
    "tensor w f32 4x3x3x3 27x1x9x3; tensor b f32 1x4x1x1 4x1x4x4; "
    "tensor t f32 2x4x6x6 144x1x24x4 virtual; "
    "tensor y f32 2x4x6x6 144x1x24x4; "
    "node convolution x w -> t stride 1x1 padding 0x0 dilation 1x1; "
    "node add t b -> y";

static std::string errorOf(std::string_view text) {
  try {
    parseGraph(text);
  } catch (const Error &error) {
    return error.what();
  }
  return "no error";
}

TEST(GraphSpec, TextAndBack) {
  GraphSpec graph = parseGraph(convolution);
  EXPECT_EQ(toText(graph), convolution);
  EXPECT_EQ(parseGraph(toText(graph)), graph);
  ASSERT_EQ(graph.tensors.size(), 5u);
  EXPECT_EQ(graph.precision, Precision::F32);
  EXPECT_EQ(graph.tensors[0].strides, (std::vector<int64_t>{192, 1, 24, 3}));
  EXPECT_EQ(graph.tensors[0].bytes(), 2 * 192 * 4);
  EXPECT_TRUE(graph.tensors[3].isVirtual);
  EXPECT_TRUE(graph.isResult(4));
  EXPECT_FALSE(graph.isResult(0));
}

TEST(GraphSpec, Pool) {
  const char *text =
      "precision tf32; tensor x f32 2x3x8x8 192x1x24x3; "
      "tensor y f32 2x3x4x4 48x1x12x3; tensor i i8 2x3x4x4 48x1x12x3; "
      "node max_pool x -> y i window 2x2 stride 2x2 padding 0x0";
  GraphSpec graph = parseGraph(text);
  EXPECT_EQ(toText(graph), text);
  EXPECT_EQ(graph.tensors[2].bytes(), 2 * 48);
}

TEST(GraphSpec, ReLUGradient) {
  const char *text =
      "precision bf16; tensor dy bf16 1x2x5 10x5x1; tensor w bf16 1x5x3 "
      "15x3x1; tensor y bf16 1x2x3 6x3x1; tensor product f32 1x2x3 6x3x1 "
      "virtual; tensor dx bf16 1x2x3 6x3x1; node matmul dy w -> product; node "
      "relu_gradient product y -> dx";
  EXPECT_EQ(toText(parseGraph(text)), text);
  EXPECT_EQ(precisionOf("bf16"), Precision::BF16);
  EXPECT_EQ(precisionOf("f16"), std::nullopt);
}

TEST(GraphSpec, Damaged) {
  EXPECT_EQ(errorOf(""), "a graph's text: expected precision, tensor or node, "
                         "got ``");
  EXPECT_EQ(errorOf("precision f32"), "a graph's text: it has no nodes");
  EXPECT_EQ(errorOf("precision f16"),
            "a graph's text: expected f32, tf32 or bf16, got `f16`");
  EXPECT_EQ(errorOf("precision f32 now"),
            "a graph's text: words behind the precision");
  EXPECT_EQ(errorOf("tensor x f64 2 1"),
            "a graph's text: expected f32, bf16, i32 or i8, got `f64`");
  EXPECT_EQ(errorOf("tensor x f32 0 1"),
            "a graph's text: expected numbers of at least 1 with `x` between "
            "them, got `0`");
  EXPECT_EQ(errorOf("tensor x f32 2,2 1x1"),
            "a graph's text: expected `x` between numbers, got `2,2`");
  EXPECT_EQ(errorOf("tensor x f32 2x2 1"),
            "a graph's text: expected 2 to 2 numbers, got `1`");
  EXPECT_EQ(errorOf("tensor x f32 1099511627776x2 2x1"),
            "a graph's text: tensor `x` is too large");
  EXPECT_EQ(errorOf("tensor x f32 2 1 real"),
            "a graph's text: `real` behind a tensor");
  EXPECT_EQ(errorOf("tensor x f32 2 1; tensor x f32 2 1"),
            "a graph's text: a tensor named `x`");
  EXPECT_EQ(errorOf("node convolve"),
            "a graph's text: no kind of node is called `convolve`");
  EXPECT_EQ(errorOf("node relu x -> y"), "a graph's text: no tensor `x`");
  EXPECT_EQ(errorOf("tensor x f32 2 1; node relu x x"),
            "a graph's text: `relu` takes 1 tensors");
  EXPECT_EQ(errorOf("tensor x f32 2 1; node relu x -> x stride 1x1"),
            "a graph's text: `relu` has no stride");
  EXPECT_EQ(errorOf("tensor x f32 2 1; node relu x -> x window 1x1"),
            "a graph's text: `relu` has no window");
  EXPECT_EQ(errorOf("tensor x f32 2 1; node relu x -> x speed 1x1"),
            "a graph's text: `speed` in a node");
  EXPECT_EQ(errorOf("tensor x f32 2 1; tensor y f32 2x2 2x1; node relu x -> y"),
            "a graph's text: the tensors of `relu` have different ranks");
  EXPECT_EQ(errorOf("tensor x f32 2 1; node convolution x x -> x stride 1x1 "
                    "padding 0x0 dilation 1x1"),
            "a graph's text: `convolution` is of four dimensions, got 1");
  EXPECT_EQ(errorOf("tensor x f32 2 1; node avg_pool x -> x stride 1x1 "
                    "padding 0x0"),
            "a graph's text: `avg_pool` needs a window");
  EXPECT_EQ(errorOf("tensor x f32 2 1; tensor v f32 2 1 virtual; "
                    "node relu v -> x"),
            "a graph's text: nothing makes the virtual tensor `v`");
}

TEST(GraphSpec, BatchNorm) {
  std::string text =
      "precision tf32; tensor x f32 2x3x4x4 48x1x12x3; "
      "tensor w f32 1x3x1x1 3x1x3x3; tensor b f32 1x3x1x1 3x1x3x3; "
      "tensor y f32 2x3x4x4 48x1x12x3; tensor mean f32 1x3x1x1 3x1x3x3; "
      "tensor inverse f32 1x3x1x1 3x1x3x3; "
      "node batch_norm x w b -> y mean inverse epsilon 1e-05";
  GraphSpec graph = parseGraph(text);
  EXPECT_EQ(graph.nodes[0].epsilon, 1e-05);
  EXPECT_EQ(toText(graph), text);
  for (const char *number : {"", " 0", " -1", " nan", " 1e-05x", " 1e60"}) {
    std::string damaged = text.substr(0, text.rfind(' ')) + number;
    EXPECT_EQ(
        errorOf(damaged).find("a graph's text: expected a number above 0"), 0u)
        << number;
  }
  EXPECT_EQ(errorOf(text.substr(0, text.rfind(" epsilon"))),
            "a graph's text: `batch_norm` needs an epsilon");
  EXPECT_EQ(errorOf("tensor x f32 2 1; node relu x -> x epsilon 1"),
            "a graph's text: `epsilon` in a node");
}

// Whatever is cut off, the reader ends with a graph or an error.
TEST(GraphSpec, EveryPrefix) {
  std::string_view text = convolution;
  for (size_t length = 0; length < text.size(); ++length)
    try {
      parseGraph(text.substr(0, length));
    } catch (const Error &) {
    }
}
