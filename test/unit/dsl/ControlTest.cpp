// `if`, `repeat`, `for` and the branches of Sum and Concat.
#include "Analysis.h"

namespace netc::dsl {
namespace {

/// The names of the layers that a body expands to.
std::string names(std::string_view layers) {
  Analysis analysis(
      fmt::format("network N(x: 4, n=3, list=[1, 2]) -> 4 = Sequential {{\n"
                  "{} Dense(4) }}\n",
                  layers));
  if (!analysis.network)
    return analysis.errors();
  std::string text;
  for (const Layer &layer : analysis.network->layers)
    text +=
        (text.empty() ? "" : " ") + layer.name +
        (layer.inputs.size() == 1 ? ""
                                  : fmt::format("/{}", layer.inputs.size()));
  return text;
}

TEST(Control, If) {
  EXPECT_EQ(names("if n == 3 { ReLU }"), "relu_1 dense_1");
  EXPECT_EQ(names("if n == 4 { ReLU }"), "dense_1");
  EXPECT_EQ(names("if n == 4 { ReLU } else { Tanh }"), "tanh_1 dense_1");
  EXPECT_EQ(names("if n > 3 { ReLU } else if n > 2 { Sigmoid Tanh } else { "
                  "ReLU ReLU }"),
            "sigmoid_1 tanh_1 dense_1");
  EXPECT_EQ(names("if input == 4 { ReLU }"),
            "2:10: `==` takes two values of one kind, got 4 and 4\n");
  EXPECT_EQ(names("if input.size == 4 { ReLU }"), "relu_1 dense_1");
  EXPECT_EQ(names("if n { ReLU }"),
            "2:4: `if` takes `true` or `false`, got 3\n");
  EXPECT_EQ(names("if n > 0 { }"), "2:10: the braces of `if` are empty\n");
  EXPECT_EQ(names("if n < 0 { ReLU } else { }"),
            "2:24: the braces of `else` are empty\n");
}

TEST(Control, Repeat) {
  EXPECT_EQ(names("repeat n { ReLU }"), "relu_1 relu_2 relu_3 dense_1");
  EXPECT_EQ(names("repeat n - 3 { ReLU }"), "dense_1");
  EXPECT_EQ(names("repeat n - 4 { ReLU }"),
            "2:8: the count of `repeat` must be at least 0, got -1\n");
  EXPECT_EQ(names("repeat 1000000000 { ReLU }"),
            "2:8: the count of `repeat` must be at most 16384, got "
            "1000000000\n");
  EXPECT_EQ(names("repeat 2.0 { ReLU }"),
            "2:8: the count of `repeat` must be an integer, got 2.0\n");
  EXPECT_EQ(names("repeat 3 { }"), "2:10: the braces of `repeat` are empty\n");
}

TEST(Control, For) {
  EXPECT_EQ(names("for i in list { repeat i { ReLU } Tanh }"),
            "relu_1 tanh_1 relu_2 relu_3 tanh_2 dense_1");
  EXPECT_EQ(names("for i in [] { ReLU }"), "dense_1");
  EXPECT_EQ(names("for [a, b] in [[1, 0], [0, 2]] { repeat a { ReLU } repeat b "
                  "{ Tanh } }"),
            "relu_1 tanh_1 tanh_2 dense_1");
  EXPECT_EQ(names("for i in 0..n { repeat i { ReLU } Tanh }"),
            "tanh_1 relu_1 tanh_2 relu_2 relu_3 tanh_3 dense_1");
  EXPECT_EQ(names("for i in 2..2 { ReLU }"), "dense_1");
  EXPECT_EQ(names("for i in n - 3..0 + 1 { ReLU }"), "relu_1 dense_1");
  EXPECT_EQ(names("for i in 2..1 { ReLU }"),
            "2:13: the end of `..` must be at least 2, got 1\n");
  EXPECT_EQ(names("for i in 1..16386 { ReLU }"),
            "2:13: the end of `..` must be at most 16384 more than 1, got "
            "16386\n");
  EXPECT_EQ(names("for i in -9223372036854775807..9223372036854775807 { ReLU "
                  "}"),
            "2:32: the end of `..` must be at most 16384 more than "
            "-9223372036854775807, got 9223372036854775807\n");
  EXPECT_EQ(names("for i in 0.5..2 { ReLU }"),
            "2:10: a bound of `..` must be an integer, got 0.5\n");
  EXPECT_EQ(names("for i in n { ReLU }"),
            "2:10: `for` takes a list or a range, got 3\n");
  EXPECT_EQ(names("for [a, b] in [[1, 2], [1, 2, 3]] { ReLU }"),
            "2:15: each element must be a list of 2, got [1, 2, 3]\n");
  EXPECT_EQ(names("for [a, b] in list { ReLU }"),
            "2:15: each element must be a list of 2, got 1\n");
  EXPECT_EQ(names("for [a, a] in [[1, 2]] { ReLU }"),
            "2:9: `a` is declared twice\n");
  EXPECT_EQ(names("for input in list { ReLU }"),
            "2:5: `input` cannot be a parameter's name\n");
  EXPECT_EQ(names("for i in list { }"),
            "2:15: the braces of `for` are empty\n");
  EXPECT_EQ(names("for i in list { ReLU } Dense(i)"),
            "2:30: no value is called `i`\n");
}

TEST(Control, PassesAreBranches) {
  EXPECT_EQ(names("Sum { repeat n { Dense(4) ReLU } }"),
            "dense_1 relu_1 dense_2 relu_2 dense_3 relu_3 sum_1/3 dense_4");
  EXPECT_EQ(names("Sum { ReLU if n == 4 { Tanh } }"), "relu_1 sum_1 dense_1");
  EXPECT_EQ(names("Sum { if n == 3 { Tanh } else { ReLU } Identity }"),
            "tanh_1 sum_1/2 dense_1");
  // A pass in which nothing stands is the input itself.
  EXPECT_EQ(names("Concat { for i in 0..3 { if i == 1 { ReLU } } }"),
            "relu_1 concat_1/3 dense_1");
  EXPECT_EQ(names("Concat { for [a, b] in [[1, 2], [3, 4]] { Dense(a) Dense(b) "
                  "} }"),
            "dense_1 dense_2 dense_3 dense_4 concat_1/2 dense_5");
  EXPECT_EQ(names("Sum { if n == 4 { ReLU } repeat 0 { ReLU } }"),
            "2:1: `Sum` has no branch left\n");
  EXPECT_EQ(names("Sum { }"), "2:5: the braces of `Sum` are empty\n");
  EXPECT_EQ(names("Concat"), "2:1: `Concat` needs its branches in braces\n");
}

TEST(Control, AbsurdlyManyBranches) {
  EXPECT_EQ(names("Sum { repeat 2000 { Identity } }"),
            "2:1: `Sum` must be of at most 1024 branches, got 2000\n");
}

TEST(Control, ErrorsDoNotFollowFromErrors) {
  EXPECT_EQ(names("if m { Dense(3) } Dense(n, units=4)"),
            "2:4: no value is called `m`\n2:28: `units` is given twice\n");
  EXPECT_EQ(names("Sum { repeat m { Dense(3) } Dense(4) }"),
            "2:14: no value is called `m`\n");
  EXPECT_EQ(names("Concat { Foo ReLU } for i in Foo { Dense(i) }"),
            "2:10: no layer is called `Foo`\n2:30: no value is called `Foo`\n");
  EXPECT_EQ(names("Sum { Dense(3) Foo Dense(5) }"),
            "2:16: no layer is called `Foo`\n");
}

TEST(Control, UnlikeBranches) {
  EXPECT_EQ(names("Sum { Dense(3) Dense(5) }"),
            "2:1: the branches of `Sum` have to be alike, got 3 and 5\n");
  Analysis analysis("network N(image: 3x8x8) -> 4 = Sequential {\n"
                    "  Concat { Identity  MaxPool2D(2)  Flatten }\n"
                    "  Flatten  Dense(4)\n}\n");
  EXPECT_EQ(analysis.errors(), "2:3: the branches of `Concat` have to be alike "
                               "but for their channels, got 3x8x8, 3x4x4 and "
                               "192\n");
}

} // namespace
} // namespace netc::dsl
