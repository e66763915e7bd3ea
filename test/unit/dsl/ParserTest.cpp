// The AST as text, precedence, and how the parser goes on after errors.
#include "dsl/Parser.h"

#include "Analysis.h"

namespace netc::dsl {
namespace {

std::string parsed(std::string text) {
  SourceFile source{"t.net", std::move(text)};
  Diagnostics diagnostics;
  ExprPtr expr = parseExpression(source, diagnostics);
  return diagnostics.hasErrors() ? diagnostics.all()[0].message
                                 : toString(*expr);
}

TEST(Parser, Precedence) {
  EXPECT_EQ(parsed("1 + 2*3 - 4"), "((1 + (2 * 3)) - 4)");
  EXPECT_EQ(parsed("a or b and not c == d + 1"),
            "(a or (b and (not (c == (d + 1)))))");
  EXPECT_EQ(parsed("-a.height*b[1] % 2"), "(((- a.height) * b[1]) % 2)");
  EXPECT_EQ(parsed("8/4/2"), "((8 / 4) / 2)");
  EXPECT_EQ(parsed("(1 + 2)*3"), "((1 + 2) * 3)");
  EXPECT_EQ(parsed("not not a"), "(not (not a))");
  EXPECT_EQ(parsed("--1"), "(- (- 1))");
}

TEST(Parser, Literals) {
  EXPECT_EQ(parsed("1x28x28"), "1x28x28");
  EXPECT_EQ(parsed("0.50"), "0.5");
  EXPECT_EQ(parsed("1e3"), "1000.0");
  EXPECT_EQ(parsed("\"text\""), "\"text\"");
  EXPECT_EQ(parsed("[1, [2, 3,], []]"), "[1, [2, 3], []]");
  EXPECT_EQ(parsed("true == false"), "(true == false)");
  EXPECT_EQ(parsed("SGD(lr=0.1, a)"), "an argument without a name follows a "
                                      "named one");
  EXPECT_EQ(parsed("SGD(0.1, momentum=0.9,)"), "SGD(0.1, momentum=0.9)");
}

TEST(Parser, BadExpressions) {
  EXPECT_EQ(parsed("1 +"), "expected a value, got the end of the text");
  EXPECT_EQ(parsed("(1, 2)"), "expected `)`, got `,`");
  EXPECT_EQ(parsed("[1 2]"), "expected `]`, got `2`");
  EXPECT_EQ(parsed("1 2"), "expected the end of the value, got `2`");
  EXPECT_EQ(parsed("a < b < c"), "comparisons do not chain");
  EXPECT_EQ(parsed("1 + not a"), "expected a value, got `not`");
  EXPECT_EQ(parsed("a."), "expected a member's name, got the end of the text");
}

TEST(Parser, PrintAst) {
  SourceFile source{"t.net", R"(
network N(image: [1, n, n], n=28) -> 10 = Sequential {
  stem: Conv2D(8, kernel=n/4 + 1)
  Sequential { Flatten Dense(10) }
}
data { Resize(28) ToTensor }
train { optimizer = SGD(lr=0.1) batch = 2*n }
)"};
  Diagnostics diagnostics;
  EXPECT_EQ(printAst(source, diagnostics), R"(network N
  input image: [1, n, n]
  parameter n = 28
  output 10
  Sequential
    stem: Conv2D(8, kernel=((n / 4) + 1))
    Sequential
      Flatten
      Dense(10)
data
  Resize(28)
  ToTensor
train
  optimizer = SGD(lr=0.1)
  batch = (2 * n)
)");
  EXPECT_FALSE(diagnostics.hasErrors());
}

/// One mistake, one error; what stands around it is still checked.
TEST(Parser, Recovery) {
  EXPECT_EQ(Analysis(withLayers("Conv2D(6, kernel=)\nDens(1)")).errors(),
            "2:18: expected a value, got `)`\n"
            "3:1: no layer is called `Dens`\n");
  EXPECT_EQ(
      Analysis(withLayers("Conv2D(6, kernel=5\nFlatten\nDens(1)")).errors(),
      "3:1: expected `,` or `)`, got `Flatten`\n"
      "4:1: no layer is called `Dens`\n");
  EXPECT_EQ(Analysis(withLayers("Conv2D(6,\n  kernel=$,\n  stide=2)\nDens(1)"))
                .errors(),
            "3:10: unexpected character `$`\n"
            "4:3: `Conv2D` has no argument `stide`\n"
            "5:1: no layer is called `Dens`\n");
  EXPECT_EQ(Analysis(withLayers("Flatten ) Dense(10)\nDens(1)")).errors(),
            "2:9: expected a layer or `}`, got `)`\n"
            "3:1: no layer is called `Dens`\n");
  EXPECT_EQ(Analysis("network N(image: 1x28x28) -> 10 = Sequential {\n"
                     "  Flatten\n\n"
                     "train { bach = 3 }")
                .errors(),
            "4:1: expected `}`, got `train`\n"
            "4:9: `train` has no `bach`\n");
  EXPECT_EQ(Analysis("network N(image 1x28x28) -> 10 = Sequential { Dens }\n"
                     "train { batch = }\ndata { 3 }")
                .errors(),
            "1:17: expected `:`, got `1x28x28`\n"
            "2:17: expected a value, got `}`\n"
            "3:8: expected a transform or `}`, got `3`\n");
}

TEST(Parser, ErrorsBetweenBracketsAreOneError) {
  EXPECT_EQ(
      Analysis(withLayers("Dense((1, 2)) Dens\nDense([1 2, 3]) Dens")).errors(),
      "2:9: expected `)`, got `,`\n"
      "3:10: expected `]`, got `2`\n"
      "2:15: no layer is called `Dens`\n"
      "3:17: no layer is called `Dens`\n");
}

TEST(Parser, MissingBracketsAreOneError) {
  EXPECT_EQ(Analysis("network N(image: 1x28x28) -> 10 = Sequential {\n"
                     "  Dense(10")
                .errors(),
            "2:11: expected `,` or `)`, got the end of the text\n");
  EXPECT_EQ(Analysis("network N(image: 1x28x28) -> 10 = Sequential { "
                     "Sequential { Sequential {")
                .errors(),
            "1:73: expected `}`, got the end of the text\n");
  EXPECT_EQ(Analysis(withLayers("Conv2D(6, kernel=[3, 5)\nDens(1)")).errors(),
            "2:23: expected `]`, got `)`\n"
            "3:1: no layer is called `Dens`\n");
}

TEST(Parser, ReservedWordsAreOneError) {
  EXPECT_EQ(Analysis(withLayers("else { Dense(3) }\n"
                                "in [a] { Dense(3) } else { Dense(3) }\n"
                                "test {\n  Dense(i)\n}\nDens(1)"))
                .errors(),
            "2:1: `else` is a reserved word without a meaning here\n"
            "3:1: `in` is a reserved word without a meaning here\n"
            "4:1: `test` is a reserved word without a meaning here\n"
            "7:1: no layer is called `Dens`\n");
  EXPECT_EQ(Analysis(withDeclarations("repeat 3 { Dense(n) }\n"
                                      "data { if { Flip } ToTensr }"))
                .errors(),
            "2:1: `repeat` is a reserved word without a meaning here\n"
            "3:8: `if` is a reserved word without a meaning here\n"
            "3:20: no transform is called `ToTensr`\n");
}

TEST(Parser, LayersThatAreMissingByAnErrorAreNotMissed) {
  EXPECT_EQ(Analysis("network N(x: 4) -> 4 = Sequential { A B Dense(4) }\n"
                     "layer A( = ReLU\nlayer B = ReLU")
                .errors(),
            "2:10: expected a parameter's name, got `=`\n");
}

TEST(Parser, BrokenControlFlow) {
  auto errors = [](std::string_view layers) {
    return Analysis(withLayers(layers)).errors();
  };
  EXPECT_EQ(errors("if 1 < 2 ReLU"), "2:10: expected `{`, got `ReLU`\n");
  EXPECT_EQ(errors("repeat { ReLU }"), "2:8: expected a value, got `{`\n");
  EXPECT_EQ(errors("for i of [1] { ReLU }"), "2:7: expected `in`, got `of`\n");
  EXPECT_EQ(errors("for [i, 3] in [1] { ReLU }"),
            "2:9: expected a name, got `3`\n");
  EXPECT_EQ(errors("for [i j] in [1] { ReLU }"),
            "2:8: expected `]`, got `j`\n");
  EXPECT_EQ(errors("stem: if 1 < 2 { ReLU }"),
            "2:7: expected a layer, got `if`\n");
}

} // namespace
} // namespace netc::dsl
