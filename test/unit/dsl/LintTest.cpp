// Warnings: what triggers each of them, what does not, and how they are
// silenced.
#include "Analysis.h"

#include <set>

namespace netc::dsl {
namespace {

/// "name line:column: message; hint" of each warning, one a line.
std::string warningsOf(const Analysis &analysis) {
  EXPECT_TRUE(analysis.network) << analysis.errors();
  std::string text;
  for (const auto &[kind, diagnostic] : analysis.diagnostics.allWarnings()) {
    auto [line, column] = lineColumn(diagnostic.range);
    text += fmt::format("{} {}:{}: {}", lintName(kind), line, column,
                        diagnostic.message);
    for (const Note &note : diagnostic.notes)
      if (note.isHint)
        text += "; " + note.message;
    text += "\n";
  }
  return text;
}

std::string ofLayers(std::string_view layers) {
  return warningsOf(Analysis(withLayers(layers)));
}

TEST(Lint, OutputActivation) {
  EXPECT_EQ(ofLayers("Flatten Dense(10, activation=relu)"),
            "output-activation 2:9: `relu` behind the last `Dense`, whose "
            "output is the logits that `SoftmaxCrossEntropy` takes; leave it "
            "out\n");
  EXPECT_EQ(ofLayers("Flatten Dense(10) Tanh"),
            "output-activation 2:19: `Tanh` behind the last `Dense`, whose "
            "output is the logits that `SoftmaxCrossEntropy` takes; leave it "
            "out\n");
  EXPECT_EQ(ofLayers("Flatten Dense(10)"), "");
  EXPECT_EQ(ofLayers("Conv2D(10, kernel=1, activation=relu) GlobalAvgPool2D "
                     "Flatten ReLU"),
            "");
}

TEST(Lint, LinearDense) {
  EXPECT_EQ(ofLayers("Flatten Dense(5) Dropout(0.5) Dense(10)"),
            "linear-dense 2:31: no activation between two `Dense` layers, "
            "which are one together; `activation=relu` makes two of them\n");
  EXPECT_EQ(ofLayers("Flatten Dense(5, activation=relu) Dense(10)"), "");
  EXPECT_EQ(ofLayers("Flatten Dense(5) ReLU Dense(10)"), "");
  // Once at a place.
  EXPECT_EQ(ofLayers("Flatten repeat 5 { Dense(10) }"),
            "linear-dense 2:20: no activation between two `Dense` layers, "
            "which are one together; `activation=relu` makes two of them\n");
}

TEST(Lint, StrideBeyondWindow) {
  std::string tail = " Flatten Dense(10)";
  EXPECT_EQ(ofLayers("Conv2D(2, kernel=3, stride=4)" + tail),
            "stride-beyond-window 2:1: stride 4 of `Conv2D` is larger than its "
            "window 3: some of the input is never read\n");
  EXPECT_EQ(ofLayers("AvgPool2D(2x3, stride=3)" + tail),
            "stride-beyond-window 2:1: stride 3 of `AvgPool2D` is larger than "
            "its window 2: some of the input is never read\n");
  EXPECT_EQ(ofLayers("MaxPool2D(2, stride=3)" + tail),
            "stride-beyond-window 2:1: stride 3 of `MaxPool2D` is larger than "
            "its window 2: some of the input is never read\n");
  EXPECT_EQ(
      ofLayers("Conv2D(2, kernel=1, stride=2) MaxPool2D(3, stride=3)" + tail),
      "");
  // One window only.
  EXPECT_EQ(ofLayers("Conv2D(2, kernel=28, stride=30)" + tail), "");
}

TEST(Lint, Norm) {
  std::string tail = " ReLU Flatten Dense(10)";
  EXPECT_EQ(ofLayers("Conv2D(2, kernel=3) BatchNorm" + tail),
            "bias-before-norm 2:1: the bias of `Conv2D` does nothing: "
            "`BatchNorm` takes the mean away; write `use_bias=false`\n");
  EXPECT_EQ(ofLayers("Conv2D(2, kernel=3, use_bias=false) BatchNorm" + tail),
            "");
  EXPECT_EQ(ofLayers("Conv2D(2, kernel=3, activation=relu) BatchNorm" + tail),
            "");
  EXPECT_EQ(ofLayers("Dropout(0.5) BatchNorm" + tail),
            "dropout-before-norm 2:1: `Dropout` before `BatchNorm`: the "
            "variance in training is another than in evaluation; drop behind "
            "it\n");
  EXPECT_EQ(ofLayers("BatchNorm(momentum=0.9) Dropout(0.5)" + tail),
            "norm-momentum 2:1: `momentum=0.9` of `BatchNorm` is the share of "
            "the new value, as in PyTorch; Keras's 0.9 is `momentum=0.1` "
            "here\n");
  EXPECT_EQ(ofLayers("BatchNorm(momentum=0.5) BatchNorm(momentum=1)" + tail),
            "");
}

TEST(Lint, LearningRate) {
  auto of = [](std::string_view optimizer) {
    return warningsOf(Analysis(withDeclarations(
        fmt::format("train {{ optimizer = {} }}", optimizer))));
  };
  EXPECT_EQ(of("SGD(lr=0)"),
            "learning-rate 2:21: a learning rate of 0 trains nothing\n");
  EXPECT_EQ(of("SGD(lr=30)"),
            "learning-rate 2:21: a learning rate of 30 is far too large\n");
  EXPECT_EQ(of("SGD(lr=0.9, momentum=0.99)"),
            "learning-rate 2:21: lr/(1 - momentum) = 90 is far too large a "
            "learning rate\n");
  EXPECT_EQ(of("SGD(lr=2, weight_decay=0.5)"),
            "learning-rate 2:21: lr*weight_decay = 1: a step takes all of the "
            "weights away\n");
  EXPECT_EQ(of("SGD(lr=0.9, momentum=0.9, weight_decay=5e-4)"), "");
}

TEST(Lint, Schedules) {
  auto of = [](std::string_view keys) {
    return warningsOf(Analysis(withDeclarations(
        fmt::format("train {{ optimizer = SGD(lr=0.1) {} }}", keys))));
  };
  EXPECT_EQ(of("schedule = Step(1, factor=0.1) epochs = 30"),
            "learning-rate 2:44: the schedule leaves 1e-29 of the learning "
            "rate in the last of 30 epochs\n");
  EXPECT_EQ(of("schedule = Cosine(least=0.5) epochs = 30"),
            "learning-rate 2:44: the schedule raises the learning rate to "
            "0.5\n");
  EXPECT_EQ(of("warmup = 5 epochs = 5"),
            "learning-rate 2:42: a warmup of 5 epochs never ends in 5: the "
            "learning rate is not reached\n");
  EXPECT_EQ(of("schedule = Step(30, factor=0.1) epochs = 90 warmup = 5"), "");
  EXPECT_EQ(of("schedule = Cosine(least=0.001) epochs = 30"), "");
  // Of the optimizer that there is without its key too.
  EXPECT_EQ(
      warningsOf(Analysis(withDeclarations("train { warmup = 5 epochs = 5 }"))),
      "learning-rate 2:18: a warmup of 5 epochs never ends in 5: the "
      "learning rate is not reached\n");
}

/// What another layer reads too is not what the next one makes of it.
TEST(Lint, OtherReaders) {
  std::string tail = " Flatten Dense(10)";
  EXPECT_EQ(
      ofLayers("Conv2D(2, kernel=3) Concat { BatchNorm Identity }" + tail), "");
  EXPECT_EQ(ofLayers("Flatten Dense(8) Sum { Dense(8) ReLU } ReLU Dense(10)"),
            "");
  EXPECT_EQ(ofLayers("Dropout(0.5) Concat { BatchNorm Identity }" + tail), "");
}

TEST(Lint, IsSilencedByItsName) {
  std::string text = withLayers("Flatten Dense(5) Dense(10) ReLU");
  SourceFile source{"t.net", text};
  Diagnostics diagnostics;
  diagnostics.silence(*findLint("linear-dense"));
  ASSERT_TRUE(analyze(source, {}, diagnostics));
  EXPECT_EQ(diagnostics.warningsToText(),
            "t.net:2:28: warning: `ReLU` behind the last `Dense`, whose output "
            "is the logits that `SoftmaxCrossEntropy` takes "
            "[output-activation]\n"
            "    2 | Flatten Dense(5) Dense(10) ReLU\n"
            "      |                            ^~~~\n"
            "t.net:2:28: hint: leave it out\n");
  EXPECT_FALSE(diagnostics.hasErrors());
  EXPECT_EQ(findLint("linear"), std::nullopt);
}

TEST(Lint, EveryOneIsTriggered) {
  std::set<LintKind> triggered;
  auto add = [&](std::string_view layers, std::string_view optimizer) {
    Analysis analysis(withLayers(layers) +
                      fmt::format("train {{ optimizer = {} }}", optimizer));
    for (const auto &warning : analysis.diagnostics.allWarnings())
      triggered.insert(warning.kind);
  };
  add("MaxPool2D(2, stride=3) Flatten Dense(5) Dense(10) ReLU", "SGD(lr=99)");
  add("Conv2D(2, kernel=3) BatchNorm(momentum=0.99) Dropout(0.5) BatchNorm "
      "Flatten Dense(10)",
      "SGD(lr=0.1)");
#define LINT(kind, name, text)                                                 \
  EXPECT_TRUE(triggered.contains(LintKind::kind)) << name;
#include "dsl/Lints.def"
}

} // namespace
} // namespace netc::dsl
