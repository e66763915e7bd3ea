// Every word of the language, and every name that a text has itself, as every
// kind of name: an error with its place, or a network; never an exception.
#include "Analysis.h"

#include "dsl/Vocabulary.h"

#include <set>

using namespace netc::dsl;

namespace {

std::vector<std::string> allWords() {
  std::set<std::string> words{"input",    "label",  "image",  "N",       "U",
                              "on",       "after",  "epochs", "conv2d",  "sum",
                              "conv2d_1", "weight", "bias",   "velocity"};
  Vocabulary known = vocabulary();
  for (const auto &list :
       {known.declarations, known.control, known.operators, known.combinators,
        known.layers, known.transforms, known.training, known.keys,
        known.arguments, known.values, known.members})
    words.insert(list.begin(), list.end());
  return {words.begin(), words.end()};
}

/// `%` stands for the word.
constexpr std::string_view texts[] = {
    // The parameter of a layer of one's own: given by its name, without it,
    // left
    // out, used; with a default and without.
    "layer U(%) = Dense(10)  network N(image: 4) -> 10 = U(2)",
    "layer U(%) = Dense(10)  network N(image: 4) -> 10 = U(%=2)",
    "layer U(%) = Dense(10)  network N(image: 4) -> 10 = U",
    "layer U(%) = Dense(%)  network N(image: 4) -> 10 = U(10)",
    "layer U(%=10) = Dense(%)  network N(image: 4) -> 10 = U",
    "layer U(%=10) = Dense(%)  network N(image: 4) -> 10 = U(%=10)",
    "layer U(%=10) = Dense(%)  network N(image: 4) -> 10 = U(10)",
    "layer U(%=true) = Dense(10)  network N(image: 4) -> 10 = U(%=[relu])",
    "layer U(a, %, b=%) = Dense(10)  network N(image: 4) -> 10 = U(1, %=relu)",
    "layer U(%, %) = Dense(10)  network N(image: 4) -> 10 = U(1)",
    "layer U(%) = Dense(10, %=%)  network N(image: 4) -> 10 = U(1)",
    "layer U(%) = Sequential(%=%) { Dense(10) }  network N(image: 4) -> 10 = "
    "U(1)",
    "layer U(%) = Dense(10)  network N(image: 4) -> 10 = U(1, %=2)",
    "layer U(a) = Dense(10)  network N(image: 4) -> 10 = U(1, %=2)",
    // A layer, a label, the network, its input, a parameter, a loop.
    "layer % = Dense(10)  network N(image: 4) -> 10 = %",
    "layer %(a) = Dense(a)  network N(image: 4) -> 10 = %(10)",
    "network %(image: 4) -> 10 = Dense(10)",
    "network N(%: 4) -> 10 = Dense(10, activation=relu)",
    "network N(%: 4) -> 10 = Dense(%.size + 6)",
    "network N(%: 1x2x2, a=1) -> 1x2x2 = Identity  train { loss = "
    "MeanSquaredError(target=%) }",
    "network N(%: 4) -> 10 = Dense(10)  train { loss = %  init = %  optimizer "
    "= % }",
    "network N(image: 4, %=10) -> 10 = Dense(%)",
    "network N(image: 4, %) -> 10 = Dense(%)",
    "network N(image: 4, %=10) -> 10 = Dense(10)  train { batch = % }",
    "network N(image: 4) -> 10 = Sequential { %: Dense(10) }",
    "network N(image: 4) -> 10 = Sequential { %: Sequential { %: Dense(10) } }",
    "network N(image: 4) -> 10 = Sequential { for % in 0..2 { Dense(10 + %*0) "
    "} }",
    "network N(image: 4) -> 10 = Sequential { for [%, %] in [[1, 2]] { "
    "Dense(10) } }",
    "network N(image: 4) -> 10 = Sequential { for % in [%] { Dense(10) } }",
    // Arguments, values, keys, transforms, metrics.
    "network N(image: 4) -> 10 = Dense(10, %=1)",
    "network N(image: 4) -> 10 = Dense(10, activation=%)",
    "network N(image: 4) -> 10 = Dense(10, lr_scale=%)",
    "network N(image: 4) -> 10 = %",
    "network N(image: 4) -> 10 = %(10)",
    "network N(image: 4) -> 10 = % { Dense(10) }",
    "network N(image: 4) -> 10 = %(lr_scale=1) { Dense(10) }",
    "network N(image: 1x2x2) -> 10 = Sequential { Flatten Dense(10) }  data { "
    "% ToTensor }",
    "network N(image: 1x2x2) -> 10 = Sequential { Flatten Dense(10) }  data { "
    "ToTensor %(1) }",
    "network N(image: 4) -> 10 = Dense(10)  train { % = 1 }",
    "network N(image: 4) -> 10 = Dense(10)  train { loss = "
    "MeanSquaredError(target=%) }",
    "network N(image: 4) -> 10 = Dense(10)  train { optimizer = SGD(%=1) }",
    "network N(image: 4) -> 10 = Dense(10)  train { schedule = %(1) }",
    "network N(image: 4) -> 10 = Dense(10)  expect % >= 1",
};

TEST(Collisions, NoNameEndsTheProgram) {
  for (const std::string &word : allWords())
    for (std::string_view pattern : texts) {
      std::string text;
      for (char c : pattern)
        text += c == '%' ? word : std::string(1, c);
      EXPECT_NO_THROW({
        Analysis analysis(text);
        EXPECT_EQ(analysis.diagnostics.toText().find("std::"),
                  std::string::npos);
      }) << text;
    }
}

TEST(Collisions, SettingsOfEveryName) {
  for (const std::string &word : allWords())
    EXPECT_NO_THROW(Analysis("network N(image: 4, a=10) -> 10 = Dense(a)",
                             {{word, "1"}, {"a", word}}))
        << word;
}

TEST(Collisions, WhatEveryLayerTakesIsNoParameter) {
  for (std::string_view use : {"U(2)", "U(lr_scale=2)", "U"}) {
    Analysis analysis("layer U(lr_scale) = Dense(10)\n"
                      "network N(image: 4) -> 10 = " +
                      std::string(use));
    EXPECT_EQ(analysis.errors(),
              "1:9: `lr_scale` cannot be a parameter's name\n");
    EXPECT_EQ(analysis.diagnostics.all()[0].notes.at(0).message,
              "every layer takes it");
  }
}

TEST(Collisions, TheInputsNameIsItsShape) {
  Analysis analysis(
      "network N(image: 1x4x6, units=image.size/2) -> 6 = Sequential {\n"
      "  Flatten  Dense(units)  Own  Dense(image.width)\n"
      "}\n"
      "layer Own(image=3) = Dense(image)\n"
      "data { Resize([image.height, image.width])  ToTensor }\n"
      "train { batch = image.channels }");
  ASSERT_TRUE(analysis.network) << analysis.errors();
  EXPECT_EQ(analysis.network->layers[1].output, netc::shape::Shape{12});
  EXPECT_EQ(analysis.network->layers[2].output, netc::shape::Shape{3});
  EXPECT_EQ(analysis.network->train.batch, 1);
  EXPECT_EQ(Analysis("network N(image: 4, image=2) -> 10 = Dense(10)").errors(),
            "1:21: `image` is declared twice\n");
  // The name of a value stays that value.
  Analysis relu("network N(relu: 4) -> 10 = Dense(10, activation=relu)");
  EXPECT_TRUE(relu.network) << relu.errors();
  // An input that a parameter decides is known behind the parameters.
  Analysis late("network N(image: [c, 4, 4], c=3) -> 10 = Sequential { Flatten "
                "Dense(image.channels + 7) }");
  EXPECT_TRUE(late.network) << late.errors();
  EXPECT_EQ(Analysis("network N(image: 1x4x4) -> 10 = Sequential { Flatten "
                     "Dense(image.h) }")
                .diagnostics.all()[0]
                .notes.at(0)
                .message,
            "it is called `height` here");
}

/// What is quoted is cut, wherever it stands.
TEST(Collisions, LongNamesMakeShortErrors) {
  std::string name(1 << 18, 'n');
  for (std::string_view pattern : texts) {
    std::string text;
    for (char c : pattern)
      text += c == '%' ? name : std::string(1, c);
    Analysis analysis(text);
    EXPECT_LT(analysis.diagnostics.toText().size(), 8000u) << pattern;
    EXPECT_LT(analysis.diagnostics.toJson().size(), 8000u) << pattern;
    EXPECT_LT(analysis.diagnostics.warningsToText().size(), 8000u) << pattern;
  }
  Analysis import("import \"" + name + " " + name + "\"");
  EXPECT_LT(import.diagnostics.toText().size(), 8000u);
  Analysis setting("network N(image: 4) -> 10 = Dense(10)",
                   {{name, "1"}, {name + "x", name}});
  EXPECT_LT(setting.diagnostics.toText().size(), 8000u);
}

} // namespace
