// Shape rules, cost and parameters of the normalisations and of Scale.
#include "compiler/shape/Shape.h"

#include <cmath>
#include <gtest/gtest.h>

namespace netc::shape {
namespace {

std::string errorOf(const InferResult &result) {
  auto *error = std::get_if<ShapeError>(&result);
  if (!error)
    return "none";
  return (error->argument.empty() ? "" : error->argument + ": ") +
         error->message;
}

TEST(NormShape, StaysAsItIs) {
  for (const LayerSpec &layer :
       {LayerSpec(BatchNorm{}), LayerSpec(LayerNorm{}), LayerSpec(Scale{})})
    for (const Shape &shape : {Shape{6, 4, 5}, Shape{17}, Shape{1, 1, 1}}) {
      InferResult result = infer(layer, shape);
      ASSERT_EQ(errorOf(result), "none");
      EXPECT_EQ(std::get<Inferred>(result).shape, shape);
    }
  EXPECT_EQ(errorOf(infer(LayerNorm{}, {4, 5})), "none");
}

TEST(NormShape, Errors) {
  EXPECT_EQ(errorOf(infer(BatchNorm{}, {4, 5})),
            "`BatchNorm` takes channels x height x width or a vector, its "
            "input is 4x5");
  EXPECT_EQ(errorOf(infer(Scale{}, {4, 5})),
            "`Scale` takes channels x height x width or a vector, its input "
            "is 4x5");
  EXPECT_EQ(errorOf(infer(BatchNorm{}, {0})),
            "`BatchNorm` has an empty input 0");
  EXPECT_EQ(errorOf(infer(LayerNorm{}, {3, 0, 2})),
            "`LayerNorm` has an empty input 3x0x2");
  EXPECT_EQ(errorOf(infer(BatchNorm{0, 1e-5}, {4})),
            "momentum: `momentum` must be above 0 and at most 1, got 0");
  for (double momentum : {-0.1, 1.1, HUGE_VAL, double(NAN)})
    EXPECT_NE(errorOf(infer(BatchNorm{momentum, 1e-5}, {4})), "none");
  EXPECT_EQ(errorOf(infer(BatchNorm{1, 1e-5}, {4})), "none");
  EXPECT_EQ(errorOf(infer(BatchNorm{0.1, 0}, {4})),
            "epsilon: `epsilon` must be above 0 and at most 1, got 0");
  EXPECT_EQ(errorOf(infer(BatchNorm{0.1, 1e-60}, {4})),
            "epsilon: `epsilon` must be above 0 in single precision and at "
            "most 1, got 1e-60");
  // 1e-60 is 0 as a float.
  for (double epsilon : {-1e-5, 1e-60, 1.5, HUGE_VAL, double(NAN)}) {
    EXPECT_NE(errorOf(infer(BatchNorm{0.1, epsilon}, {4})), "none");
    EXPECT_NE(errorOf(infer(LayerNorm{epsilon}, {4})), "none");
  }
}

TEST(NormShape, CostsWhatIsTrained) {
  auto parametersOf = [](const LayerSpec &layer, const Shape &shape) {
    Cost costs = cost(layer, shape);
    EXPECT_EQ(costs.multiplyAdds, 0);
    return costs.parameters;
  };
  EXPECT_EQ(parametersOf(BatchNorm{}, {64, 8, 8}), 128);
  EXPECT_EQ(parametersOf(BatchNorm{0.1, 1e-5, false}, {64, 8, 8}), 0);
  EXPECT_EQ(parametersOf(LayerNorm{}, {6, 4, 5}), 240);
  EXPECT_EQ(parametersOf(LayerNorm{1e-5, false}, {6, 4, 5}), 0);
  EXPECT_EQ(parametersOf(Scale{}, {6, 4, 5}), 12);
  EXPECT_EQ(parametersOf(Scale{false}, {7}), 7);
}

TEST(NormShape, Parameters) {
  auto norm = parameters(BatchNorm{}, {6, 4, 5});
  ASSERT_EQ(norm.size(), 4u);
  const char *names[] = {"weight", "bias", "running_mean", "running_var"};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(norm[i].name, names[i]);
    EXPECT_EQ(norm[i].shape, Shape{6});
    EXPECT_EQ(norm[i].isStatistic, i >= 2);
    EXPECT_EQ(norm[i].init, i % 2 ? (i == 3 ? Init::One : Init::Zero)
                                  : (i == 0 ? Init::One : Init::Zero));
  }
  EXPECT_EQ(parameters(BatchNorm{0.1, 1e-5, false}, {6}).size(), 2u);

  auto layer = parameters(LayerNorm{}, {6, 4, 5});
  ASSERT_EQ(layer.size(), 2u);
  EXPECT_EQ(layer[0].shape, (Shape{6, 4, 5}));
  EXPECT_EQ(layer[0].init, Init::One);
  EXPECT_EQ(layer[1].init, Init::Zero);
  EXPECT_TRUE(parameters(LayerNorm{1e-5, false}, {6}).empty());

  auto scale = parameters(Scale{}, {6, 4, 5});
  ASSERT_EQ(scale.size(), 2u);
  EXPECT_EQ(scale[0].init, Init::One);
  EXPECT_EQ(scale[1].init, Init::Zero);
  EXPECT_EQ(parameters(Scale{false}, {6}).size(), 1u);
}

TEST(NormShape, KindNames) {
  EXPECT_EQ(kindName(LayerSpec(BatchNorm{})), "BatchNorm");
  EXPECT_EQ(kindName(LayerSpec(LayerNorm{})), "LayerNorm");
  EXPECT_EQ(kindName(LayerSpec(Scale{})), "Scale");
}

} // namespace
} // namespace netc::shape
