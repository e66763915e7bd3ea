// The expanded network: names, arguments, shapes, parameters and settings.
#include "Analysis.h"

namespace netc::dsl {
namespace {

/// "name input -> output" of each layer, one a line.
std::string layersOf(const Analysis &analysis) {
  EXPECT_TRUE(analysis.network) << analysis.errors();
  std::string text;
  if (analysis.network)
    for (const Layer &layer : analysis.network->layers)
      text +=
          fmt::format("{} {} -> {}\n", layer.name, shape::toString(layer.input),
                      shape::toString(layer.output));
  return text;
}

TEST(Expand, Names) {
  Analysis analysis(R"(
network N(image: 1x28x28) -> 10 = Sequential {
  Conv2D(4, kernel=3)
  stem: Conv2D(4, kernel=3)
  features: Sequential {
    Conv2D(4, kernel=3)
    Sequential { stem: Conv2D(4, kernel=3)  MaxPool2D(2) }
    deep: Sequential { Conv2D(4, kernel=3) }
  }
  Sequential { Conv2D(4, kernel=3) }
  GlobalAvgPool2D
  Flatten Dense(10) ReLU
}
)");
  EXPECT_EQ(layersOf(analysis), "conv2d_1 1x28x28 -> 4x26x26\n"
                                "stem 4x26x26 -> 4x24x24\n"
                                "features.conv2d_1 4x24x24 -> 4x22x22\n"
                                "features.stem 4x22x22 -> 4x20x20\n"
                                "features.maxpool2d_1 4x20x20 -> 4x10x10\n"
                                "features.deep.conv2d_1 4x10x10 -> 4x8x8\n"
                                "conv2d_2 4x8x8 -> 4x6x6\n"
                                "globalavgpool2d_1 4x6x6 -> 4x1x1\n"
                                "flatten_1 4x1x1 -> 4\n"
                                "dense_1 4 -> 10\n"
                                "relu_1 10 -> 10\n");
}

TEST(Expand, AlexNet) {
  Analysis analysis(R"(
network AlexNet(image: 1x224x224) -> 10 = Sequential {
  Conv2D(96, kernel=11, stride=4, activation=relu)  MaxPool2D(3, stride=2)
  Conv2D(256, kernel=5, padding=2, activation=relu) MaxPool2D(3, stride=2)
  Conv2D(384, kernel=3, padding=1, activation=relu)
  Conv2D(384, kernel=3, padding=1, activation=relu)
  Conv2D(256, kernel=3, padding=1, activation=relu) MaxPool2D(3, stride=2)
  Flatten
  Dense(4096, activation=relu) Dropout(0.5)
  Dense(4096, activation=relu) Dropout(0.5)
  Dense(10)
}
)");
  ASSERT_TRUE(analysis.network) << analysis.errors();
  int64_t parameters = 0, multiplyAdds = 0;
  for (const Layer &layer : analysis.network->layers) {
    shape::Cost cost = shape::cost(layer.spec, layer.input);
    parameters += cost.parameters;
    multiplyAdds += cost.multiplyAdds;
  }
  EXPECT_EQ(parameters, 46'764'746);
  EXPECT_EQ(multiplyAdds, 938'146'176);
  EXPECT_EQ(analysis.network->layers.size(), 14u);
}

TEST(Expand, Arguments) {
  Analysis analysis(withLayers(
      "Conv2D(channels=8, kernel=3x5, stride=[1, 2], padding=2, dilation=2x1, "
      "groups=4, use_bias=false, activation=tanh)\n"
      "AvgPool2D(window=2)\nDropout(0)\nMaxPool2D(2, stride=1, padding=1)",
      "4x28x28", "8x15x8"));
  ASSERT_TRUE(analysis.network) << analysis.errors();
  const auto &layers = analysis.network->layers;
  const auto &conv = std::get<shape::Conv2D>(layers[0].spec);
  EXPECT_EQ(conv.channels, 8);
  EXPECT_EQ(conv.kernel, (shape::Pair{3, 5}));
  EXPECT_EQ(conv.stride, (shape::Pair{1, 2}));
  EXPECT_EQ(conv.padding, (shape::Pair{2, 2}));
  EXPECT_EQ(conv.dilation, (shape::Pair{2, 1}));
  EXPECT_EQ(conv.groups, 4);
  EXPECT_FALSE(conv.useBias);
  EXPECT_EQ(layers[0].activation, shape::ActivationKind::Tanh);
  const auto &pool = std::get<shape::AvgPool2D>(layers[1].spec);
  EXPECT_EQ(pool.stride, (shape::Pair{2, 2}));
  EXPECT_EQ(layers[1].activation, std::nullopt);
  EXPECT_EQ(std::get<shape::Dropout>(layers[2].spec).rate, 0);
  EXPECT_EQ(text(layers[0].range), "Conv2D");
  EXPECT_EQ(lineColumn(layers[0].range).line, 2u);
}

TEST(Expand, OneLayerIsANetwork) {
  EXPECT_EQ(layersOf(Analysis("network N(x: 784) -> 10 = Dense(10)")),
            "dense_1 784 -> 10\n");
}

TEST(Expand, ParametersAndSettings) {
  std::string text = "network N(image: [1, size, size], size=28, width=4*size, "
                     "act=relu) -> [width/2] = Sequential {\n"
                     "  Flatten Dense(input.width + 1, activation=act) "
                     "Dense(width/2)\n}\n"
                     "data { Resize(size) ToTensor }\n"
                     "train { batch = width }";
  EXPECT_EQ(layersOf(Analysis(text)), "flatten_1 1x28x28 -> 784\n"
                                      "dense_1 784 -> 29\n"
                                      "dense_2 29 -> 56\n");
  Analysis set(text, {{"size", "10"}, {"act", "tanh"}});
  EXPECT_EQ(layersOf(set), "flatten_1 1x10x10 -> 100\n"
                           "dense_1 100 -> 11\n"
                           "dense_2 11 -> 20\n");
  ASSERT_TRUE(set.network);
  EXPECT_EQ(set.network->layers[1].activation, shape::ActivationKind::Tanh);
  EXPECT_EQ(set.network->train.batch, 40);
  EXPECT_EQ(layersOf(Analysis(text, {{"width", "2*size"}})),
            "flatten_1 1x28x28 -> 784\n"
            "dense_1 784 -> 29\n"
            "dense_2 29 -> 28\n");
}

TEST(Expand, BadSettings) {
  std::string text = "network N(image: 4, width, size=3) -> 4 = ReLU";
  EXPECT_EQ(Analysis(text).errors(),
            "1:21: parameter `width` of `N` has no value\n");
  EXPECT_EQ(Analysis(text, {{"width", "3"}, {"widht", "3"}}).errors(),
            "1:9: `N` has no parameter `widht` to be set\n");
  Analysis bad(text, {{"width", "3 + "}});
  EXPECT_EQ(bad.diagnostics.toText(),
            "--set width:1:5: error: expected a value, got the end of the "
            "text\n"
            "    1 | 3 + \n"
            "      |     ^\n");
}

TEST(Expand, ErrorsDoNotFollowFromErrors) {
  // The pool has no known input, the second Dense has again.
  EXPECT_EQ(Analysis(withLayers("Conv2D(8)\nMaxPool2D(99)\nDense(7)")).errors(),
            "2:1: `Conv2D` needs `kernel`\n"
            "1:30: `N` is declared to give 10, but gives 7\n");
  EXPECT_EQ(
      Analysis(withLayers("Conv2D(8, kernle=3)\nFlatten\nDense(10)")).errors(),
      "2:11: `Conv2D` has no argument `kernle`\n");
  EXPECT_EQ(Analysis(withLayers("Foo(bar) { Conv2D(8) }\nDense(10)")).errors(),
            "2:1: no layer is called `Foo`\n"
            "2:5: no value is called `bar`\n"
            "2:12: `Conv2D` needs `kernel`\n");
  EXPECT_EQ(
      Analysis(withLayers("Conv2D(n, kernel=3)\nFlatten Dense(10)")).errors(),
      "2:8: no value is called `n`\n");
}

TEST(Expand, ArgumentsAreCheckedWithoutAShape) {
  EXPECT_EQ(Analysis(withLayers("Foo\nDropout(1)\nMaxPool2D(2, padding=2)\n"
                                "Conv2D(0, kernel=3)\nDense(0)"))
                .errors(),
            "2:1: no layer is called `Foo`\n"
            "3:9: `rate` must be at least 0 and below 1, got 1\n"
            "4:14: `padding` of `MaxPool2D` must be at most half its window "
            "2x2, got 2x2\n"
            "5:8: `channels` must be at least 1, got 0\n"
            "6:7: `units` must be at least 1, got 0\n");
}

TEST(Expand, ProducerIsNamed) {
  Analysis activation(withLayers("Conv2D(8, kernel=27)\nReLU\nDropout(0.1)\n"
                                 "MaxPool2D(3)"));
  EXPECT_EQ(activation.diagnostics.toText(),
            "t.net:5:1: error: `MaxPool2D` window 3x3 does not fit its input "
            "8x2x2\n"
            "    5 | MaxPool2D(3)\n"
            "      | ^~~~~~~~~\n"
            "t.net:2:1: note: 8x2x2 comes from `Conv2D` here: (28 + 2*0 - "
            "27)/1 + 1 = 2\n"
            "t.net:2:1: hint: `padding=13` keeps 8x28x28\n");
  Analysis input(withLayers("MaxPool2D(3)", "1x2x2"));
  EXPECT_EQ(input.diagnostics.toText(),
            "t.net:2:1: error: `MaxPool2D` window 3x3 does not fit its input "
            "1x2x2\n"
            "    2 | MaxPool2D(3)\n"
            "      | ^~~~~~~~~\n"
            "t.net:1:18: note: 1x2x2 is the input of `N`\n"
            "t.net:2:1: hint: the largest `window` that fits is 2x2\n");
}

TEST(Expand, OutputMismatch) {
  Analysis dense(withLayers("Flatten\nDense(100)\nReLU"));
  EXPECT_EQ(dense.diagnostics.toText(),
            "t.net:1:30: error: `N` is declared to give 10, but gives 100\n"
            "    1 | network N(image: 1x28x28) -> 10 = Sequential {\n"
            "      |                              ^~\n"
            "t.net:3:1: note: 100 comes from `Dense` here\n"
            "t.net:3:1: hint: `Dense(10)` gives 10\n");
  Analysis image(withLayers("Conv2D(10, kernel=3, stride=2)\nGlobalAvgPool2D"));
  EXPECT_EQ(image.diagnostics.toText(),
            "t.net:1:30: error: `N` is declared to give 10, but gives 10x1x1\n"
            "    1 | network N(image: 1x28x28) -> 10 = Sequential {\n"
            "      |                              ^~\n"
            "t.net:3:1: note: 10x1x1 comes from `GlobalAvgPool2D` here\n"
            "t.net:3:1: hint: `Flatten` after it makes 10 of 10x1x1\n");
  Analysis conv(withLayers("Conv2D(10, kernel=3, stride=2)"));
  EXPECT_EQ(conv.diagnostics.toText(),
            "t.net:1:30: error: `N` is declared to give 10, but gives "
            "10x13x13\n"
            "    1 | network N(image: 1x28x28) -> 10 = Sequential {\n"
            "      |                              ^~\n"
            "t.net:2:1: note: 10x13x13 comes from `Conv2D` here: (28 + 2*0 - "
            "3)/2 + 1 = 13\n");
}

TEST(Expand, WithoutOtherBlocks) {
  Analysis analysis(withDeclarations(""));
  ASSERT_TRUE(analysis.network);
  EXPECT_EQ(analysis.network->inputName, "image");
  EXPECT_EQ(analysis.network->name, "N");
  ASSERT_EQ(analysis.network->transforms.size(), 1u);
  EXPECT_EQ(shape::kindName(analysis.network->transforms[0].spec), "ToTensor");
  EXPECT_FALSE(analysis.network->train.declared);
}

} // namespace
} // namespace netc::dsl
