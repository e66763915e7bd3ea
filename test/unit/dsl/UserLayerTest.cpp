// Layers of the text's own: parameters, names, `input`, recursion, scales, and
// errors inside of them.
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

/// A network for vectors of 4, with declarations before it from line 2 on.
std::string withBody(std::string_view declarations, std::string_view layers,
                     std::string_view output = "4") {
  return fmt::format("network N(x: 4) -> {} = Sequential {{ {} }}\n{}", output,
                     layers, declarations);
}

TEST(UserLayer, ParametersAndDefaults) {
  std::string layer =
      "layer Block(units, twice=2*units, act=relu) = Sequential {\n"
      "  Dense(units, activation=act)  Dense(twice)\n}";
  EXPECT_EQ(layersOf(Analysis(withBody(layer, "Block(3) Block(units=1, "
                                              "twice=4, act=tanh)"))),
            "block_1.dense_1 4 -> 3\n"
            "block_1.dense_2 3 -> 6\n"
            "block_2.dense_1 6 -> 1\n"
            "block_2.dense_2 1 -> 4\n");
  auto errors = [&](std::string_view call) {
    return Analysis(withBody(layer, call)).errors();
  };
  EXPECT_EQ(errors("Block()"), "1:37: `Block` needs `units`\n");
  EXPECT_EQ(errors("Block(4, unit=3)"),
            "1:46: `Block` has no argument `unit`\n");
  EXPECT_EQ(errors("Block(4, units=3)"), "1:46: `units` is given twice\n");
  EXPECT_EQ(errors("Block(4, 3)"), "1:46: only the first argument of `Block` "
                                   "may stand without its name\n");
  EXPECT_EQ(errors("Block(2) { Dense(4) }"), "1:46: `Block` takes no braces\n");
  EXPECT_EQ(errors("Block(relu)"), "2:28: `*` takes numbers, got relu\n3:9: "
                                   "`units` must be an integer, got relu\n");
  EXPECT_EQ(Analysis(withBody("layer A(n, n) = Dense(n)\n"
                              "layer B(input) = ReLU\n"
                              "layer C(tanh=1, lr_scale=1) = ReLU\n"
                              "layer D = ReLU\nlayer D = ReLU\n"
                              "layer Dense = ReLU\nlayer Sum = ReLU",
                              "Dense(4)"))
                .errors(),
            "2:12: parameter `n` is declared twice\n"
            "3:9: `input` cannot be a parameter's name\n"
            "4:9: `tanh` cannot be a parameter's name\n"
            "4:17: `lr_scale` cannot be a parameter's name\n"
            "6:7: layer `D` is declared twice\n"
            "7:7: `Dense` cannot be a layer's name\n"
            "8:7: `Sum` cannot be a layer's name\n");
}

TEST(UserLayer, WithoutBracesAndInAnyOrder) {
  EXPECT_EQ(layersOf(Analysis("layer Same = Dense(input.size)\n"
                              "network N(x: 4) -> 4 = Outer\n"
                              "layer Outer() = Same()\n")),
            "outer_1.same_1.dense_1 4 -> 4\n");
}

TEST(UserLayer, InputIsWhatEntersIt) {
  Analysis analysis(
      "network N(image: 3x8x8) -> 6 = Sequential {\n"
      "  Conv2D(5, kernel=3)\n"
      "  Double\n"
      "  Shrink(outer=input.channels)\n"
      "}\n"
      "layer Double(channels=2*input.channels) = Conv2D(channels, kernel=1)\n"
      "layer Shrink(outer) = Sequential {\n"
      "  Conv2D(2, kernel=[input.height, input.width])\n"
      "  Flatten  Dense(input.size/360*outer*2)\n}\n");
  EXPECT_EQ(layersOf(analysis), "conv2d_1 3x8x8 -> 5x6x6\n"
                                "double_1.conv2d_1 5x6x6 -> 10x6x6\n"
                                "shrink_1.conv2d_1 10x6x6 -> 2x1x1\n"
                                "shrink_1.flatten_1 2x1x1 -> 2\n"
                                "shrink_1.dense_1 2 -> 6\n");
}

TEST(UserLayer, Scopes) {
  // The file's layers see the network's parameters; their own shadow them.
  EXPECT_EQ(layersOf(Analysis("network N(x: 4, width=7, n=3) -> 5 = Sequential "
                              "{ Wide Own(5) }\n"
                              "layer Wide = Dense(width)\n"
                              "layer Own(width) = Dense(width)\n")),
            "wide_1.dense_1 4 -> 7\n"
            "own_1.dense_1 7 -> 5\n");
  // Nothing else of what is around the call.
  EXPECT_EQ(Analysis("network N(x: 4) -> 4 = Sequential { for i in 0..1 { "
                     "Outer(3) } }\n"
                     "layer Outer(n) = Inner\nlayer Inner = Dense(n + i)\n")
                .errors(),
            "3:21: no value is called `n`\n3:25: no value is called `i`\n");
  // A loop shadows and gives back.
  EXPECT_EQ(layersOf(Analysis(withBody("layer A(n) = Sequential { for n in "
                                       "[2, 3] { Dense(n) } Dense(n) }",
                                       "A(4)"))),
            "a_1.dense_1 4 -> 2\na_1.dense_2 2 -> 3\na_1.dense_3 3 -> 4\n");
}

TEST(UserLayer, Names) {
  Analysis analysis(
      withBody("layer ConvBN(n) = Sequential { Dense(n) ReLU }\n"
               "layer Residual(n) = Sequential {\n"
               "  Sum { Sequential { ConvBN(n) ConvBN(n) } short: Dense(n) }\n"
               "  repeat 2 { tail: Dense(n) }\n"
               "}",
               "Residual(4) first: Residual(4) Residual(4)"));
  EXPECT_EQ(layersOf(analysis), [] {
    std::string text;
    for (const char *name : {"residual_1", "first", "residual_2"})
      for (const char *layer :
           {"convbn_1.dense_1", "convbn_1.relu_1", "convbn_2.dense_1",
            "convbn_2.relu_1", "short", "sum_1", "tail", "tail_2"})
        text += fmt::format("{}.{} 4 -> 4\n", name, layer);
    return text;
  }());
}

TEST(UserLayer, LabelsReachedAgain) {
  EXPECT_EQ(layersOf(Analysis(withBody(
                "", "for i in 0..3 { if i == 1 { a: Dense(4) } else { a: "
                    "Sequential { Dense(4) b: Dense(4) } } }"))),
            "a.dense_1 4 -> 4\na.b 4 -> 4\n"
            "a_2 4 -> 4\n"
            "a_3.dense_1 4 -> 4\na_3.b 4 -> 4\n");
  auto errors = [](std::string_view layers) {
    return Analysis(withBody("layer Own = ReLU", layers)).errors();
  };
  EXPECT_EQ(errors("a: ReLU a: ReLU"), "1:45: label `a` is declared twice\n");
  EXPECT_EQ(errors("repeat 2 { a: ReLU } a_2: ReLU"),
            "1:58: name `a_2` is declared twice\n");
  EXPECT_EQ(errors("own_1: ReLU Own"),
            "1:37: label `own_1` has the form of a name that layers get "
            "without one\n");
  EXPECT_EQ(errors("sum_2: ReLU"),
            "1:37: label `sum_2` has the form of a name that layers get "
            "without one\n");
}

TEST(UserLayer, RecursionThatEnds) {
  Analysis analysis(
      "network N(image: 1x16x16) -> 1x16x16 = Level(3)\n"
      "layer Level(depth) = Sequential {\n"
      "  Conv2D(2, kernel=3, padding=1)\n"
      "  if depth > 1 { Concat { Identity  inner: Level(depth - 1) } }\n"
      "  Conv2D(1, kernel=1)\n"
      "}\n");
  ASSERT_TRUE(analysis.network) << analysis.errors();
  const Network &network = *analysis.network;
  ASSERT_EQ(network.layers.size(), 8u);
  EXPECT_EQ(network.layers[2].name, "level_1.inner.inner.conv2d_1");
  EXPECT_EQ(network.layers[4].name, "level_1.inner.concat_1");
  EXPECT_EQ(network.layers[4].inputs, (std::vector<int64_t>{1, 3}));
  // The uses that the innermost convolution is in.
  int64_t use = network.layers[2].use;
  std::string chain;
  for (; use != noUse; use = network.uses[use].parent)
    chain += fmt::format("{} {}, ", network.uses[use].layer,
                         lineColumn(network.uses[use].range).line);
  EXPECT_EQ(chain, "Level 4, Level 4, Level 1, ");
}

TEST(UserLayer, RecursionWithoutEnd) {
  Analysis analysis(withBody("layer A = Sequential { B A }\n"
                             "layer B = Identity",
                             "A"));
  ASSERT_EQ(analysis.diagnostics.all().size(), 1u) << analysis.errors();
  const Diagnostic &error = analysis.diagnostics.all()[0];
  EXPECT_EQ(error.kind, DiagnosticKind::ExpansionTooDeep);
  ASSERT_EQ(error.uses.size(), 7u);
  EXPECT_EQ(error.uses[0].message, "in `B`, used here");
  EXPECT_TRUE(error.uses[3].message.starts_with("and in "))
      << error.uses[3].message;
  EXPECT_EQ(lineColumn(error.uses[6].range).line, 1u);
  // Without a layer, and of exponentially many.
  std::string_view declarations[] = {
      "layer A = A",
      "layer A = Sequential { A A }",
      "layer A = B layer B = Sequential { A B A }",
      "layer A(n=1) = Sum { A(n + 1) A(n + 2) }",
      "layer A = Sequential { repeat 16384 { A } }",
      "layer A = Sequential { if 1 < 2 { repeat 1 { for i in 0..1 { A } } } }"};
  for (std::string_view declaration : declarations) {
    Analysis endless(withBody(declaration, "A"));
    ASSERT_EQ(endless.diagnostics.all().size(), 1u) << declaration;
    EXPECT_EQ(endless.diagnostics.all()[0].kind,
              DiagnosticKind::ExpansionTooDeep)
        << declaration;
  }
}

TEST(UserLayer, AbsurdExpansion) {
  std::string_view declarations[] = {
      "layer A(n=40) = if_(n)\nlayer if_(n) = Sequential { if n > 0 { "
      "if_(n - 1) if_(n - 1) } else { Identity } }",
      "layer A = Sequential { repeat 16384 { repeat 16384 { Identity } } }",
      "layer A = Sequential { for i in 0..16384 { for j in 0..16384 { if i == "
      "j { Identity } } } }"};
  for (std::string_view declaration : declarations) {
    Analysis absurd(withBody(declaration, "A"));
    ASSERT_EQ(absurd.diagnostics.all().size(), 1u) << absurd.errors();
    EXPECT_EQ(absurd.diagnostics.all()[0].kind,
              DiagnosticKind::ExpansionTooLarge)
        << declaration;
  }
  Analysis full(withBody("layer A(n=20) = Sequential { ReLU if n > 0 { A(n - "
                         "1) A(n - 1) } }",
                         "A"));
  EXPECT_EQ(full.errors(), "2:30: the network has more than 16384 layers\n");
}

TEST(UserLayer, AnErrorInsideSaysWhereItIsUsed) {
  Analysis analysis("network N(image: 1x8x8) -> 8 = Sequential {\n"
                    "  Outer(9)\n"
                    "  Flatten\n"
                    "  Dense(8)\n"
                    "}\n"
                    "layer Outer(k) = Sequential { ReLU  Inner(kernel=k) }\n"
                    "layer Inner(kernel) = Conv2D(4, kernel=kernel)\n");
  EXPECT_EQ(analysis.diagnostics.toText(),
            "t.net:7:23: error: `Conv2D` kernel 9x9 does not fit its input "
            "1x8x8\n"
            "    7 | layer Inner(kernel) = Conv2D(4, kernel=kernel)\n"
            "      |                       ^~~~~~\n"
            "t.net:1:18: note: 1x8x8 is the input of `N`\n"
            "t.net:6:37: note: in `Inner`, used here\n"
            "t.net:2:3: note: in `Outer`, used here\n"
            "t.net:7:23: hint: the largest `kernel` that fits is 8x8\n");
}

TEST(UserLayer, TheSameErrorIsReportedOnce) {
  std::string layer = "layer Bad(n) = Sequential { Conv2D(n, kernel=0)\n"
                      "Foo Dense(4, units=4) }";
  std::string errors = "2:39: `kernel` must be at least 1, got 0\n"
                       "3:1: no layer is called `Foo`\n"
                       "3:14: `units` is given twice\n";
  EXPECT_EQ(Analysis("network N(image: 1x8x8) -> 8 = Sequential { repeat 50 { "
                     "Bad(3) } }\n" +
                     layer)
                .errors(),
            errors);
  // Also where it is not used at all, or in the arm that is not taken.
  EXPECT_EQ(Analysis(withBody("layer Bad(n) = Sequential { Foo\n"
                              "Dense(4, units=4, unit=m) if n { } }",
                              "ReLU"))
                .errors(),
            "2:29: no layer is called `Foo`\n"
            "3:10: `units` is given twice\n"
            "3:19: `Dense` has no argument `unit`\n"
            "3:24: no value is called `m`\n"
            "3:32: the braces of `if` are empty\n");
  EXPECT_EQ(
      Analysis(withBody("", "if 1 < 2 { ReLU } else { Dens(4) }")).errors(),
      "1:62: no layer is called `Dens`\n");
}

TEST(UserLayer, Scales) {
  Analysis analysis(withBody(
      "layer Slow(s) = Sequential(decay_scale=0) { Dense(4, lr_scale=s) }",
      "Dense(4, lr_scale=2, decay_scale=3)\n"
      "Slow(0.5, lr_scale=0.5)\n"
      "Sum(lr_scale=0.1) { Sequential(lr_scale=10) { Dense(4, lr_scale=7) } }\n"
      "Dense(4)"));
  ASSERT_TRUE(analysis.network) << analysis.errors();
  const auto &layers = analysis.network->layers;
  auto scalesOf = [&](size_t i) {
    return std::pair(layers[i].learningRateScale, layers[i].decayScale);
  };
  EXPECT_EQ(scalesOf(0), std::pair(2.0, 3.0));
  EXPECT_EQ(scalesOf(1), std::pair(0.25, 0.0));
  EXPECT_DOUBLE_EQ(layers[2].learningRateScale, 7);
  EXPECT_EQ(scalesOf(4), std::pair(1.0, 1.0));
  EXPECT_EQ(Analysis(withBody("", "Dense(4, lr_scale=-1)\n"
                                  "Sequential(decay_scale=relu) { ReLU }\n"
                                  "Sum(2) { ReLU }"))
                .errors(),
            "1:46: `lr_scale` must be at least 0, got -1.0\n"
            "2:24: `decay_scale` must be a number, got relu\n"
            "3:5: `Sum` takes no arguments\n");
  // The product is what counts, and it is a float.
  EXPECT_EQ(Analysis(withBody("", "Dense(4, lr_scale=1e39)\n"
                                  "Sum(lr_scale=4e20) { Dense(4, lr_scale=1e20)"
                                  " }"))
                .errors(),
            "1:46: `lr_scale` must be below 3.4e38, a number of single "
            "precision, got 1e+39\n"
            "2:31: `lr_scale`, times that of the layers around, must be below "
            "3.4e38, a number of single precision, got 4e+40\n");
}

/// The network's parameters are unknown in what is not reached: an `if` may
/// keep them from where they would be wrong.
TEST(UserLayer, GuardsOnParametersOfTheNetwork) {
  Analysis analysis("network N(image: 3x8x8, extra=0, sizes=[2, 2]) -> 10 = "
                    "Sequential { Head Flatten Dense(10) }\n"
                    "layer Head = Sequential { ReLU\n"
                    "if extra > 0 { Conv2D(extra, kernel=12/extra) }\n"
                    "if sizes[0] > 2 { repeat sizes[0]/4 { ReLU } } }");
  EXPECT_TRUE(analysis.network) << analysis.errors();
}

/// What a loop around a use calls its values is not seen in the layer.
TEST(UserLayer, LoopsAroundAUse) {
  Analysis analysis("network N(image: 3x8x8, n=4) -> 10 = Sequential {\n"
                    "for n in [8, 16] { X } X Flatten Dense(10) }\n"
                    "layer X = Conv2D(n, kernel=1)");
  ASSERT_TRUE(analysis.network) << analysis.errors();
  for (int i : {0, 1, 2})
    EXPECT_EQ(analysis.network->layers[i].output, (shape::Shape{4, 8, 8}));
  EXPECT_EQ(Analysis("network N(image: 3x8x8) -> 10 = Sequential {\n"
                     "for n in [8, 16] { X } Flatten Dense(10) }\n"
                     "layer X = Conv2D(n, kernel=1)")
                .errors(),
            "3:18: no value is called `n`\n");
}

} // namespace
} // namespace netc::dsl
