// Values of expressions, and the errors of those that have none.
#include "dsl/Evaluate.h"

#include "dsl/Parser.h"

#include <gtest/gtest.h>

namespace netc::dsl {
namespace {

/// The value as text, or the first error.
std::string evaluated(std::string text) {
  SourceFile source{"t.net", std::move(text)};
  Diagnostics diagnostics;
  ExprPtr expr = parseExpression(source, diagnostics);
  EXPECT_TRUE(expr) << source.text;
  if (!expr)
    return diagnostics.toText();
  Evaluator evaluator(diagnostics);
  evaluator.define("n", Value{int64_t(28)});
  evaluator.define("input", Value{shape::Shape{3, 20, 30}});
  evaluator.define("vector", Value{shape::Shape{7}});
  Value value = evaluator.evaluate(*expr);
  EXPECT_EQ(value.isError(), diagnostics.hasErrors()) << source.text;
  EXPECT_LE(diagnostics.all().size(), 1u) << source.text;
  return value.isError() ? diagnostics.all()[0].message : toText(value);
}

TEST(Evaluate, Integers) {
  EXPECT_EQ(evaluated("2 + 3*4 - 1"), "13");
  EXPECT_EQ(evaluated("n/4"), "7");
  EXPECT_EQ(evaluated("-7 % 3"), "2");
  EXPECT_EQ(evaluated("7 % -3"), "-2");
  EXPECT_EQ(evaluated("7 % 3"), "1");
  EXPECT_EQ(evaluated("-6 % 3"), "0");
  EXPECT_EQ(evaluated("9223372036854775806 % 9223372036854775807"),
            "9223372036854775806");
  EXPECT_EQ(evaluated("-6/3"), "-2");
  EXPECT_EQ(evaluated("6/-1"), "-6");
  EXPECT_EQ(evaluated("7/2"), "7/2 is not an integer");
  EXPECT_EQ(evaluated("7/0"), "division by zero");
  EXPECT_EQ(evaluated("7 % 0"), "division by zero");
}

TEST(Evaluate, IntegersDoNotWrap) {
  EXPECT_EQ(evaluated("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(evaluated("9223372036854775807 + 1"),
            "9223372036854775807 + 1 is too large a number");
  EXPECT_EQ(evaluated("-9223372036854775807 - 1"),
            "-9223372036854775807 - 1 is too large a number");
  EXPECT_EQ(evaluated("4611686018427387904*2"),
            "4611686018427387904 * 2 is too large a number");
  EXPECT_EQ(evaluated("9223372036854775808"),
            "`9223372036854775808` is too large a number");
  EXPECT_EQ(evaluated("1x9223372036854775808"),
            "`9223372036854775808` is too large a number");
}

TEST(Evaluate, Numbers) {
  EXPECT_EQ(evaluated("7/2.0"), "3.5");
  EXPECT_EQ(evaluated("0.5*2"), "1.0");
  EXPECT_EQ(evaluated("1 - 0.25"), "0.75");
  EXPECT_EQ(evaluated("-5.5 % 2"), "0.5");
  EXPECT_EQ(evaluated("1e-4"), "0.0001");
  EXPECT_EQ(evaluated("1/0.0"), "division by zero");
  EXPECT_EQ(evaluated("0e-999"), "0.0");
  EXPECT_EQ(evaluated("0.001e-999"),
            "`0.001e-999` is too small a number, and not 0");
  EXPECT_EQ(evaluated("1e999"), "`1e999` is too large a number");
  EXPECT_EQ(evaluated("1e300*1e300"), "1e+300 * 1e+300 is too large a number");
}

TEST(Evaluate, Truth) {
  EXPECT_EQ(evaluated("1 < 2 and 2 <= 2"), "true");
  EXPECT_EQ(evaluated("1 > 2 or 2 >= 2.5"), "false");
  EXPECT_EQ(evaluated("not 1 == 1.0"), "false");
  EXPECT_EQ(evaluated("n != 28 and nothing"), "false");
  EXPECT_EQ(evaluated("n == 28 or nothing"), "true");
  EXPECT_EQ(evaluated("1 and true"), "`and` takes `true` or `false`, got 1");
  EXPECT_EQ(evaluated("not 1"), "`not` takes `true` or `false`, got 1");
}

TEST(Evaluate, Equality) {
  EXPECT_EQ(evaluated("1x2 == 1x2"), "true");
  EXPECT_EQ(evaluated("[1, 2.0] == [1.0, 2]"), "true");
  EXPECT_EQ(evaluated("[1] == [1, 2]"), "false");
  EXPECT_EQ(evaluated("relu != tanh"), "true");
  EXPECT_EQ(evaluated("\"a\" == \"a\""), "true");
  EXPECT_EQ(evaluated("1 == true"), "`==` takes two values of one kind, got 1 "
                                    "and true");
  EXPECT_EQ(evaluated("[1] == [true]"),
            "`==` takes two values of one kind, got [1] and [true]");
}

TEST(Evaluate, IndexAndMembers) {
  EXPECT_EQ(evaluated("[10, 20][1]"), "20");
  EXPECT_EQ(evaluated("input[2]"), "30");
  EXPECT_EQ(evaluated("[1x28x28][0].height"), "28");
  EXPECT_EQ(evaluated("input.channels*input.height*input.width"), "1800");
  EXPECT_EQ(evaluated("input.size"), "1800");
  EXPECT_EQ(evaluated("vector.channels + vector.size"), "14");
  EXPECT_EQ(evaluated("vector.height"), "`7` has no `.height`");
  EXPECT_EQ(evaluated("input.depth"), "`3x20x30` has no `.depth`");
  EXPECT_EQ(evaluated("n.height"), "`.height` takes a shape, got 28");
  EXPECT_EQ(evaluated("[1][1]"),
            "index 1 is outside [1], which has 1 elements");
  EXPECT_EQ(evaluated("[1][-1]"),
            "index -1 is outside [1], which has 1 elements");
  EXPECT_EQ(evaluated("[1][0.0]"), "an index must be an integer, got 0.0");
  EXPECT_EQ(evaluated("n[0]"), "`[...]` takes a list or a shape, got 28");
  EXPECT_EQ(evaluated("2000000x2000000.size"),
            "`.size` must be at most 2^40, got 2000000x2000000");
}

TEST(Evaluate, Names) {
  EXPECT_EQ(evaluated("relu"), "relu");
  EXPECT_EQ(evaluated("reluu"), "no value is called `reluu`");
  EXPECT_EQ(evaluated("[nothing, 1][0]"), "no value is called `nothing`");
  EXPECT_EQ(evaluated("-relu"), "`-` takes a number, got relu");
  EXPECT_EQ(evaluated("1 + \"a\""), "`+` takes numbers, got \"a\"");
  EXPECT_EQ(evaluated("ReLU()"), "`ReLU(...)` is not a value");
}

} // namespace
} // namespace netc::dsl
