// What is said of one layer.
#include "tools/netc/Explain.h"
#include "runtime/Error.h"
#include "test/unit/dsl/Analysis.h"

namespace netc::tools {
namespace {

using dsl::Analysis;

Analysis network() {
  return Analysis(dsl::withLayers(
      "  Conv2D(6, kernel=5, padding=2, stride=2)\n  Sum { Sequential { ReLU "
      "Tanh } Identity }\n  Flatten\n  head: Dense(10)"));
}

std::string messageOf(const std::string &name) {
  Analysis analysis = network();
  try {
    findLayer(*analysis.network, name);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

TEST(Explain, FindsLayers) {
  Analysis analysis = network();
  EXPECT_EQ(findLayer(*analysis.network, "conv2d_1"), 0u);
  EXPECT_EQ(findLayer(*analysis.network, "head"), 5u);
  EXPECT_EQ(messageOf("conv2d_2"),
            "`N` has no layer called `conv2d_2`; did you mean `conv2d_1`?");
  EXPECT_EQ(messageOf("Heads"),
            "`N` has no layer called `Heads`; did you mean `head`?");
  EXPECT_EQ(messageOf("unheard"),
            "`N` has no layer called `unheard`; its first one is `conv2d_1`");
}

TEST(Explain, Layer) {
  Analysis analysis = network();
  EXPECT_EQ(
      explainText(*analysis.network, 0, 32, {}),
      "conv2d_1: Conv2D(channels=6, kernel=5, stride=2, padding=2)\n"
      "written      t.net:2:3\n"
      "reads        1x28x28 of image\n"
      "gives        6x14x14: (28 + 2*2 - 5)/2 + 1 = 14\n"
      "parameters   156: weight 6x1x5x5, bias 6\n"
      "mult-adds    29,400 for one example forward\n"
      "memory       624 B of parameters, 150.5 kB of output for a batch of 32\n"
      "\n"
      "no launches: what it does is part of others', or of none\n");
}

TEST(Explain, SeveralInputs) {
  Analysis analysis = network();
  std::string text = explainText(*analysis.network, 3, 32, {});
  EXPECT_TRUE(text.starts_with("sum_1: Sum\n")) << text;
  EXPECT_NE(text.find("reads        6x14x14 of tanh_1, 6x14x14 of conv2d_1\n"),
            text.npos)
      << text;
}

TEST(Explain, Launches) {
  Analysis analysis = network();
  std::vector<LaunchFacts> launches = {
      {"train_step",
       2,
       "forward",
       "convolution jit:avx2",
       2048,
       {"reads  src 32x1x28x28 row-major",
        "words that are many enough to go on "
        "beyond the end of a line of eighty columns"}},
      {"evaluate", 1, "forward", "convolution jit:avx2", 0, {}}};
  std::string text = explainText(*analysis.network, 0, 32, launches);
  EXPECT_EQ(text.substr(text.find("\n\n")),
            "\n\na training step\n"
            "   2 forward: convolution jit:avx2\n"
            "       reads  src 32x1x28x28 row-major\n"
            "       words that are many enough to go on beyond the end of a "
            "line of eighty\n"
            "       columns\n"
            "       2.0 kB beside it for the library\n"
            "\n"
            "evaluation\n"
            "   1 forward: convolution jit:avx2\n");
}

} // namespace
} // namespace netc::tools
