// What is said of two networks.
#include "tools/netc/Diff.h"
#include "test/unit/dsl/Analysis.h"

namespace netc::tools {
namespace {

using dsl::Analysis;

std::string difference(const std::string &before, const std::string &after) {
  Analysis a(before), b(after);
  EXPECT_TRUE(a.network && b.network) << a.errors() << b.errors();
  return diffText({"a.net", *a.network, a.network->train.batch, 1000},
                  {"b.net", *b.network, b.network->train.batch, 2000});
}

/// The section of that title.
std::string section(const std::string &text, const std::string &title) {
  size_t begin = text.find("\n" + title + "\n");
  if (begin == text.npos)
    return "";
  begin += title.size() + 2;
  return text.substr(begin, text.find("\n\n", begin) - begin);
}

const std::string lenet = "network LeNet(image: 1x28x28) -> 10 = Sequential {\n"
                          "  Conv2D(6, kernel=5, activation=relu)\n"
                          "  MaxPool2D(2)\n"
                          "  Flatten\n"
                          "  Dense(10)\n"
                          "}\n";

std::string replaced(std::string text, std::string_view from,
                     std::string_view to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(Diff, SameIsSilent) {
  EXPECT_EQ(difference(lenet, lenet), "");
  EXPECT_EQ(
      difference(lenet, "# other words\n" + replaced(lenet, "LeNet", "L")), "");
  EXPECT_EQ(
      difference(lenet, replaced(lenet, "kernel=5", "kernel=5x5, stride=1")),
      "");
}

TEST(Diff, Totals) {
  std::string text =
      difference(lenet, replaced(lenet, "Conv2D(6", "Conv2D(12"));
  EXPECT_NE(text.find("--- a.net  LeNet\n+++ b.net  LeNet\n"), text.npos);
  EXPECT_NE(text.find("\nparameters                     8,806            17,602"
                      "  +99.9%\n"),
            text.npos)
      << text;
  EXPECT_NE(text.find("\ntraining memory               1.0 kB            2.0 kB"
                      "  +100.0%\n"),
            text.npos)
      << text;
  EXPECT_NE(text.find("\ninput                        1x28x28           1x28x28"
                      "\n"),
            text.npos)
      << text;
}

TEST(Diff, ChangedLayers) {
  EXPECT_EQ(
      section(difference(lenet, replaced(lenet, "Conv2D(6", "Conv2D(12")),
              "layers"),
      "  ~ conv2d_1          channels 6 -> 12; output 6x24x24 -> 12x24x24;\n"
      "                      parameters 156 -> 312\n"
      "  ~ maxpool2d_1       input 6x24x24 -> 12x24x24; output 6x12x12 -> "
      "12x12x12\n"
      "  ~ flatten_1         input 6x12x12 -> 12x12x12; output 864 -> 1728\n"
      "  ~ dense_1           input 864 -> 1728; parameters 8,650 -> 17,290\n");
  EXPECT_EQ(
      section(difference(lenet, replaced(lenet, "relu", "tanh")), "layers"),
      "  ~ conv2d_1          activation relu -> tanh\n"
      "    ... 3 layers as before\n");
  EXPECT_EQ(section(difference(lenet, replaced(lenet, ", activation=relu", "")),
                    "layers"),
            "  ~ conv2d_1          activation relu -> (default)\n"
            "    ... 3 layers as before\n");
}

TEST(Diff, AddedAndRemovedLayers) {
  EXPECT_EQ(
      section(
          difference(lenet, replaced(lenet, "  Flatten", "  ReLU\n  Flatten")),
          "layers"),
      "    ... 2 layers as before\n"
      "  + relu_1            ReLU                                            "
      "   6x12x12\n"
      "    ... 2 layers as before\n");
  EXPECT_EQ(
      section(
          difference(replaced(lenet, "MaxPool2D(2)", "AvgPool2D(2)"), lenet),
          "layers"),
      "    ... 1 layer as before\n"
      "  - avgpool2d_1       AvgPool2D(window=2)                           "
      "     6x12x12\n"
      "  + maxpool2d_1       MaxPool2D(window=2)                           "
      "     6x12x12\n"
      "    ... 2 layers as before\n");
  EXPECT_EQ(
      section(difference(lenet, replaced(lenet, "  Dense", "  head: Dense")),
              "layers"),
      "    ... 3 layers as before\n"
      "  ~ dense_1           called head\n");
}

TEST(Diff, DataAndTraining) {
  std::string text = difference(
      lenet, lenet +
                 "data { ToTensor  Normalize(mean=0.5, std=[0.25]) }\n"
                 "train { optimizer = SGD(0.1, momentum=0.9)  batch = 64 }\n");
  EXPECT_EQ(section(text, "data"),
            "  - ToTensor\n"
            "  + ToTensor  Normalize(mean=0.5, std=0.25)");
  EXPECT_EQ(section(text, "train"),
            "  ~ optimizer         SGD(lr=0.01) -> SGD(lr=0.1, momentum=0.9)\n"
            "  ~ batch             128 -> 64\n");
  EXPECT_EQ(section(text, "layers"), "");
}

TEST(Diff, Schedules) {
  EXPECT_EQ(
      section(difference(
                  lenet + "train { epochs = 5  schedule = Cosine(least=0.01) }",
                  lenet + "train { epochs = 5  schedule = Step(every=2, "
                          "factor=0.5)  warmup = 1 }"),
              "train"),
      "  ~ schedule          Cosine(least=0.01) -> Step(every=2, "
      "factor=0.5)\n"
      "  ~ warmup            0 -> 1\n");
}

TEST(Diff, Expectations) {
  std::string expect = "expect test_accuracy >= 0.8 on \"mnist\"\n";
  EXPECT_EQ(section(difference(lenet + expect,
                               lenet + expect +
                                   "expect test_loss < 1 on \"mnist\" after 3 "
                                   "epochs\n"),
                    "expect"),
            "  + test_loss < 1 on \"mnist\" after 3 epochs\n");
  EXPECT_EQ(section(difference(lenet + expect, lenet), "expect"),
            "  - test_accuracy >= 0.8 on \"mnist\"\n");
}

TEST(Diff, RewiredSums) {
  auto with = [](std::string_view branches) {
    return fmt::format("network N(a: 4) -> 4 = Sequential {{\n  Dense(4)\n"
                       "  Sum {{ {} }}\n}}\n",
                       branches);
  };
  EXPECT_EQ(section(difference(with("ReLU Identity"), with("Identity ReLU")),
                    "layers"),
            "    ... 2 layers as before\n"
            "  ~ sum_1             reads relu_1, dense_1 -> dense_1, relu_1\n");
  EXPECT_EQ(
      section(difference(with("ReLU Identity"), with("ReLU Identity Identity")),
              "layers"),
      "    ... 2 layers as before\n"
      "  ~ sum_1             reads relu_1, dense_1 -> relu_1, dense_1, "
      "dense_1\n");
}

TEST(Diff, FitsEightyColumns) {
  std::string text = difference(
      lenet, replaced(lenet, "Conv2D(6, kernel=5",
                      "Conv2D(12, kernel=3x5, stride=2x1, padding=1x2, "
                      "dilation=2x1, use_bias=false"));
  for (size_t begin = 0; begin < text.size();) {
    size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 80u) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

} // namespace
} // namespace netc::tools
