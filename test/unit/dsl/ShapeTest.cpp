// The shape rules against sizes that PyTorch gives.
#include "compiler/shape/Transforms.h"

#include <gtest/gtest.h>

namespace netc::shape {
namespace {

Inferred inferred(const InferResult &result) {
  if (auto *error = std::get_if<ShapeError>(&result))
    ADD_FAILURE() << error->message;
  auto *good = std::get_if<Inferred>(&result);
  return good ? *good : Inferred{};
}

Shape outputOf(const LayerSpec &layer, const Shape &input) {
  return inferred(infer(layer, input)).shape;
}

TEST(Shape, Text) {
  EXPECT_EQ(toString(Shape{1, 224, 224}), "1x224x224");
  EXPECT_EQ(toString(Shape{10}), "10");
  EXPECT_EQ(toString(Shape{}), "");
}

TEST(Shape, ElementCount) {
  EXPECT_EQ(elementCount({256, 5, 5}), 6400);
  EXPECT_EQ(elementCount({}), 1);
  EXPECT_EQ(elementCount({5, 0, INT64_MAX}), 0);
  EXPECT_EQ(elementCount({maxElements}), maxElements);
  EXPECT_EQ(elementCount({maxElements + 1}), std::nullopt);
  EXPECT_EQ(elementCount({INT64_MAX, INT64_MAX}), std::nullopt);
  EXPECT_EQ(elementCount({3, -1}), std::nullopt);
}

TEST(Shape, Conv2D) {
  EXPECT_EQ(outputOf(Conv2D{96, {11, 11}, {4, 4}}, {1, 224, 224}),
            (Shape{96, 54, 54}));
  EXPECT_EQ(outputOf(Conv2D{64, {7, 7}, {2, 2}, {3, 3}}, {3, 224, 224}),
            (Shape{64, 112, 112}));
  EXPECT_EQ(outputOf(Conv2D{8, {3, 3}, {1, 1}, {2, 2}, {2, 2}}, {4, 9, 9}),
            (Shape{8, 9, 9}));
  EXPECT_EQ(outputOf(Conv2D{16, {3, 5}, {2, 2}}, {3, 32, 32}),
            (Shape{16, 15, 14}));
  EXPECT_EQ(outputOf(Conv2D{7, {1, 1}}, {5, 1, 1}), (Shape{7, 1, 1}));
  // A window that reaches far beyond a small picture.
  EXPECT_EQ(outputOf(Conv2D{2, {5, 5}, {3, 3}, {4, 4}}, {1, 1, 1}),
            (Shape{2, 2, 2}));
}

TEST(Shape, Conv2DTranspose) {
  Conv2DTranspose doubling{32, {4, 4}, {2, 2}, {1, 1}};
  EXPECT_EQ(outputOf(doubling, {64, 7, 7}), (Shape{32, 14, 14}));
  EXPECT_EQ(
      outputOf(Conv2DTranspose{8, {3, 3}, {2, 2}, {1, 1}, {1, 1}}, {8, 5, 6}),
      (Shape{8, 10, 12}));
  EXPECT_EQ(outputOf(Conv2DTranspose{2, {3, 2}, {2, 3}, {2, 1}, {1, 2}, {2, 1}},
                     {4, 3, 2}),
            (Shape{2, 6, 5}));
  EXPECT_EQ(inferred(infer(doubling, {64, 7, 7})).arithmetic,
            "(7 - 1)*2 - 2*1 + 4 = 14");
  Cost spent = cost(LayerSpec(doubling), {64, 7, 7});
  EXPECT_EQ(spent.parameters, 64 * 32 * 16 + 32);
  EXPECT_EQ(spent.multiplyAdds, 64 * 32 * 16 * 49);
  doubling.groups = 4;
  auto list = parameters(LayerSpec(doubling), {64, 7, 7});
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].shape, (Shape{64, 8, 4, 4}));
  EXPECT_EQ(list[0].fanIn, 8 * 16);
  EXPECT_EQ(list[0].fanOut, 64 * 16);
  EXPECT_EQ(list[1].shape, Shape{32});
}

TEST(Shape, Spatial) {
  EXPECT_EQ(outputOf(GlobalMaxPool2D{}, {512, 7, 5}), (Shape{512, 1, 1}));
  EXPECT_EQ(outputOf(Upsample2D{{2, 3}}, {4, 5, 7}), (Shape{4, 10, 21}));
  EXPECT_EQ(outputOf(ZeroPadding2D{{1, 2, 3, 4}}, {4, 5, 7}),
            (Shape{4, 8, 14}));
  EXPECT_EQ(outputOf(Crop2D{{1, 2, 3, 3}}, {4, 5, 7}), (Shape{4, 2, 1}));
  EXPECT_EQ(outputOf(Reshape{{16, 7, 7}}, {784}), (Shape{16, 7, 7}));
  EXPECT_EQ(outputOf(Reshape{{784}}, {16, 7, 7}), Shape{784});
}

TEST(Shape, Pool2D) {
  EXPECT_EQ(outputOf(MaxPool2D{{3, 3}, {2, 2}}, {96, 54, 54}),
            (Shape{96, 26, 26}));
  EXPECT_EQ(outputOf(MaxPool2D{{3, 3}, {2, 2}, {1, 1}}, {64, 112, 112}),
            (Shape{64, 56, 56}));
  EXPECT_EQ(outputOf(AvgPool2D{{2, 2}, {2, 2}}, {6, 29, 28}),
            (Shape{6, 14, 14}));
  EXPECT_EQ(outputOf(AvgPool2D{{3, 2}, {1, 2}, {1, 1}}, {6, 8, 8}),
            (Shape{6, 8, 5}));
  EXPECT_EQ(outputOf(GlobalAvgPool2D{}, {512, 7, 7}), (Shape{512, 1, 1}));
}

TEST(Shape, OtherLayers) {
  EXPECT_EQ(outputOf(Flatten{}, {256, 5, 5}), (Shape{6400}));
  EXPECT_EQ(outputOf(Flatten{}, {10}), (Shape{10}));
  EXPECT_EQ(outputOf(Dense{4096}, {6400}), (Shape{4096}));
  EXPECT_EQ(outputOf(Dropout{0}, {6, 2, 3}), (Shape{6, 2, 3}));
  EXPECT_EQ(outputOf(Activation{ActivationKind::Tanh}, {6}), (Shape{6}));
}

TEST(Shape, Transforms) {
  auto outputOf = [](const TransformSpec &spec, const Shape &input) {
    return inferred(infer(spec, input)).shape;
  };
  EXPECT_EQ(outputOf(Resize{Pair{224, 200}, {}}, {1, 28, 28}),
            (Shape{1, 224, 200}));
  EXPECT_EQ(outputOf(Resize{{}, 256}, {3, 480, 640}), (Shape{3, 256, 341}));
  EXPECT_EQ(outputOf(Resize{{}, 3}, {1, 1000, 2}), (Shape{1, 1500, 3}));
  EXPECT_EQ(outputOf(CenterCrop{{24, 30}}, {1, 28, 28}), (Shape{1, 24, 30}));
  EXPECT_EQ(outputOf(RandomCrop{{28, 28}, {4, 4}}, {1, 28, 20}),
            (Shape{1, 28, 28}));
  EXPECT_EQ(outputOf(RandomResizedCrop{{224, 224}}, {3, 9, 500}),
            (Shape{3, 224, 224}));
  EXPECT_EQ(outputOf(RandomHorizontalFlip{}, {3, 8, 9}), (Shape{3, 8, 9}));
  EXPECT_EQ(outputOf(RandomErasing{}, {3, 8, 9}), (Shape{3, 8, 9}));
  EXPECT_EQ(outputOf(ToTensor{}, {1, 28, 28}), (Shape{1, 28, 28}));
  EXPECT_EQ(outputOf(Normalize{{0.5}, {0.1}}, {3, 8, 8}), (Shape{3, 8, 8}));
  EXPECT_EQ(outputOf(Normalize{{1, 2, 3}, {1, 2, 3}}, {3, 8, 8}),
            (Shape{3, 8, 8}));
}

TEST(Shape, Arithmetic) {
  auto arithmeticOf = [](const LayerSpec &layer, const Shape &input) {
    return inferred(infer(layer, input)).arithmetic;
  };
  EXPECT_EQ(arithmeticOf(Conv2D{256, {3, 3}}, {256, 4, 4}),
            "(4 + 2*0 - 3)/1 + 1 = 2");
  EXPECT_EQ(arithmeticOf(Conv2D{8, {3, 3}, {1, 1}, {2, 2}, {2, 2}}, {4, 9, 9}),
            "(9 + 2*2 - 2*(3 - 1) - 1)/1 + 1 = 9");
  EXPECT_EQ(arithmeticOf(MaxPool2D{{3, 2}, {2, 2}}, {6, 9, 8}),
            "height (9 + 2*0 - 3)/2 + 1 = 4, width (8 + 2*0 - 2)/2 + 1 = 4");
  EXPECT_EQ(arithmeticOf(Flatten{}, {256, 5, 5}), "256*5*5 = 6400");
  EXPECT_EQ(arithmeticOf(Flatten{}, {10}), "");
  EXPECT_EQ(arithmeticOf(Dense{10}, {10}), "");
}

TEST(Shape, Cost) {
  auto check = [](const LayerSpec &layer, const Shape &input,
                  int64_t parameters, int64_t multiplyAdds) {
    Cost costs = cost(layer, input);
    EXPECT_EQ(costs.parameters, parameters);
    EXPECT_EQ(costs.multiplyAdds, multiplyAdds);
  };
  check(Conv2D{96, {11, 11}, {4, 4}}, {1, 224, 224}, 11712, 33872256);
  check(Conv2D{8, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 8, false}, {8, 10, 10}, 72,
        7200);
  check(Dense{4096}, {6400}, 26218496, 26214400);
  check(Dense{4096, false}, {6400}, 26214400, 26214400);
  check(MaxPool2D{{2, 2}, {2, 2}}, {6, 8, 8}, 0, 0);
  check(Dropout{}, {6}, 0, 0);
}

TEST(Shape, Parameters) {
  // Fans as torch.nn.init._calculate_fan_in_and_fan_out has them.
  auto conv =
      parameters(Conv2D{12, {3, 5}, {1, 1}, {0, 0}, {1, 1}, 2}, {8, 10, 10});
  ASSERT_EQ(conv.size(), 2u);
  EXPECT_EQ(conv[0].name, "weight");
  EXPECT_EQ(conv[0].shape, (Shape{12, 4, 3, 5}));
  EXPECT_EQ(conv[0].fanIn, 60);
  EXPECT_EQ(conv[0].fanOut, 180);
  EXPECT_EQ(conv[1].name, "bias");
  EXPECT_EQ(conv[1].shape, (Shape{12}));

  auto dense = parameters(Dense{10, false}, {84});
  ASSERT_EQ(dense.size(), 1u);
  EXPECT_EQ(dense[0].shape, (Shape{10, 84}));
  EXPECT_EQ(dense[0].fanIn, 84);
  EXPECT_EQ(dense[0].fanOut, 10);

  EXPECT_TRUE(parameters(Flatten{}, {1, 2, 3}).empty());
}

TEST(Shape, KindNames) {
  EXPECT_EQ(kindName(LayerSpec(Conv2D{})), "Conv2D");
  EXPECT_EQ(kindName(LayerSpec(AvgPool2D{})), "AvgPool2D");
  EXPECT_EQ(kindName(LayerSpec(MaxPool2D{})), "MaxPool2D");
  EXPECT_EQ(kindName(LayerSpec(GlobalAvgPool2D{})), "GlobalAvgPool2D");
  EXPECT_EQ(kindName(LayerSpec(Flatten{})), "Flatten");
  EXPECT_EQ(kindName(LayerSpec(Dense{})), "Dense");
  EXPECT_EQ(kindName(LayerSpec(Dropout{})), "Dropout");
  EXPECT_EQ(kindName(LayerSpec(Activation{ActivationKind::ReLU})), "ReLU");
  EXPECT_EQ(kindName(LayerSpec(Activation{ActivationKind::Sigmoid})),
            "Sigmoid");
  EXPECT_EQ(kindName(LayerSpec(Activation{ActivationKind::Tanh})), "Tanh");
  EXPECT_EQ(kindName(TransformSpec(Resize{})), "Resize");
  EXPECT_EQ(kindName(TransformSpec(ToTensor{})), "ToTensor");
  EXPECT_EQ(kindName(TransformSpec(Normalize{})), "Normalize");
  EXPECT_EQ(toString(ActivationKind::ReLU), "relu");
  EXPECT_EQ(toString(ActivationKind::Sigmoid), "sigmoid");
  EXPECT_EQ(toString(ActivationKind::Tanh), "tanh");
}

TEST(Shape, SlidingWindows) {
  auto windowOf = [](const LayerSpec &layer) {
    auto window = slidingWindow(layer);
    return window ? std::vector<Pair>{window->size, window->stride,
                                      window->usualStride}
                  : std::vector<Pair>{};
  };
  using Pairs = std::vector<Pair>;
  EXPECT_EQ(windowOf(Conv2D{8, {5, 3}, {2, 1}}),
            (Pairs{{5, 3}, {2, 1}, {1, 1}}));
  EXPECT_EQ(windowOf(MaxPool2D{{3, 2}, {4, 1}}),
            (Pairs{{3, 2}, {4, 1}, {3, 2}}));
  EXPECT_EQ(windowOf(AvgPool2D{{3, 2}, {4, 1}}),
            (Pairs{{3, 2}, {4, 1}, {3, 2}}));
  // Its stride spreads the output; it passes over no input.
  EXPECT_TRUE(windowOf(Conv2DTranspose{8, {2, 2}, {3, 3}}).empty());
  EXPECT_TRUE(windowOf(GlobalMaxPool2D{}).empty());
  EXPECT_TRUE(windowOf(Dense{10}).empty());
}

TEST(Shape, WhatKindsAre) {
  for (const LayerSpec &layer :
       {LayerSpec(Dropout{}), LayerSpec(Activation{ActivationKind::Tanh})})
    EXPECT_TRUE(isElementwise(layer)) << kindName(layer);
  for (const LayerSpec &layer :
       {LayerSpec(Conv2D{}), LayerSpec(BatchNorm{}), LayerSpec(Sum{})})
    EXPECT_FALSE(isElementwise(layer)) << kindName(layer);
  EXPECT_TRUE(isNoise(Dropout{}));
  EXPECT_FALSE(isNoise(Activation{}));
}

TEST(Shape, GroupsOfParameters) {
  Conv2D conv{12, {3, 3}};
  conv.groups = 4;
  auto list = parameters(conv, {8, 5, 5});
  EXPECT_EQ(list[0].groups, 4);
  EXPECT_EQ(list[1].groups, 1); // a bias is not shared out
  Conv2DTranspose transpose{12, {3, 3}};
  transpose.groups = 2;
  EXPECT_EQ(parameters(transpose, {8, 5, 5})[0].groups, 2);
  EXPECT_EQ(parameters(Dense{10}, {8})[0].groups, 1);
}

} // namespace
} // namespace netc::shape
