// The losses of single elements, their targets and the count of hits.
#include "test/numeric/FunctionText.h"
#include "test/numeric/Harness.h"
#include "test/reference/Loss.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

constexpr double tolerance = 2e-6;

const Shape shapes[] = {{1, 1},  {3, 7},       {5, 16},      {2, 33},
                        {1, 96}, {2, 3, 5, 7}, {3, 1, 4, 4}, {2, 1, 28, 28}};

using Loss = Tensor (*)(const Tensor &, const Tensor &);
using Gradient = Tensor (*)(const Tensor &, const Tensor &, const Tensor &);
struct ElementLoss {
  const char *op;
  Loss loss;
  Gradient gradient;
};
const ElementLoss losses[] = {
    {"sigmoid_binary_cross_entropy", reference::sigmoidBinaryCrossEntropy,
     reference::sigmoidBinaryCrossEntropyGradient},
    {"mean_squared_error", reference::meanSquaredError,
     reference::meanSquaredErrorGradient}};

Shape labelShape(Shape shape) {
  shape.erase(shape.begin() + 1);
  return shape;
}

} // namespace

TEST(ElementLoss, MatchesReference) {
  for (const Shape &shape : shapes)
    for (const auto &[op, loss, gradient] : losses) {
      SCOPED_TRACE(std::string(op) + tensorType(shape));
      FunctionText value("loss"), slope("gradient");
      auto x = value.argument(shape), t = value.argument(shape);
      std::string text =
          value.text({value.op(op, {x, t}, "", tensorType({shape[0]}))});
      x = slope.argument(shape), t = slope.argument(shape);
      auto g = slope.argument({shape[0]});
      text += slope.text({slope.op(std::string(op) + "_gradient", {x, t, g}, "",
                                   tensorType(shape))});
      Session session(text);
      Tensor input = values(shape, Input), target = values(shape, Filter);
      for (double &value : input.values)
        value *= 6;
      for (double &value : target.values)
        value = std::abs(value);
      Tensor lossGradient = values({shape[0]}, OutputGradient);
      EXPECT_EQ(difference(session.run("loss", {input, target})[0],
                           loss(input, target), tolerance),
                "");
      EXPECT_EQ(
          difference(session.run("gradient", {input, target, lossGradient})[0],
                     gradient(input, target, lossGradient), tolerance),
          "");
    }
}

// Logits that overflow a naive sigmoid, each an example of its own: on the
// right side the loss is small, and right.
TEST(ElementLoss, OfExtremeLogits) {
  const std::vector<double> extremes{0,  -1e-6, 5,   -5,   16,   -16,
                                     40, -40,   100, -100, 1e30, -1e30};
  auto count = static_cast<int64_t>(extremes.size());
  FunctionText function;
  auto x = function.argument({count, 1}), t = function.argument({count, 1});
  Session session(function.text({function.op(
      "sigmoid_binary_cross_entropy", {x, t}, "", tensorType({count}))}));
  Tensor input({count, 1}, extremes);
  for (double &value : input.values)
    value = static_cast<float>(value);
  for (double label : {0.0, 1.0}) {
    Tensor target({count, 1}, label);
    Tensor actual = session.run("f", {input, target})[0];
    Tensor expected = sigmoidBinaryCrossEntropy(input, target);
    for (int64_t i = 0; i < count; ++i)
      EXPECT_NEAR(actual(i), expected(i), 2e-38 + tolerance * expected(i))
          << extremes[i] << " with label " << label;
  }
}

TEST(LabelTarget, MatchesReference) {
  for (const Shape &shape : shapes) {
    FunctionText function;
    auto labels = function.argument(labelShape(shape), "i32");
    auto classes = static_cast<uint32_t>(std::max<int64_t>(shape[1], 2));
    Tensor drawn = wholeNumbers(labelShape(shape), Labels, classes);
    auto results = runProgram(
        function.text(
            {function.op("label_target", {labels},
                         "classes = " + std::to_string(shape[1]) + " : i64",
                         tensorType(shape))}),
        {drawn});
    EXPECT_EQ(results[0].values, reference::labelTarget(drawn, shape[1]).values)
        << tensorType(shape);
  }
}

TEST(CountCorrect, MatchesReference) {
  for (const Shape &shape : shapes) {
    FunctionText function;
    auto x = function.argument(shape);
    auto labels = function.argument(labelShape(shape), "i32");
    // Few levels: with zeros and ties.
    Tensor input = values(shape, Input, 5);
    auto classes = static_cast<uint32_t>(std::max<int64_t>(shape[1], 2));
    Tensor drawn = wholeNumbers(labelShape(shape), Labels, classes);
    auto results =
        runProgram(function.text({function.op("count_correct", {x, labels}, "",
                                              tensorType({shape[0]}, "i32"))}),
                   {input, drawn});
    EXPECT_EQ(results[0].values, countCorrect(input, drawn).values)
        << tensorType(shape);
  }
}
