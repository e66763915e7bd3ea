// The reference against what PyTorch computes (pytorch_fixtures.json, written
// by make_fixtures.py) and against published values of Philox and FNV-1a.
#include "test/numeric/Values.h"
#include "test/reference/Activation.h"
#include "test/reference/Conv2D.h"
#include "test/reference/Conv2DTranspose.h"
#include "test/reference/Dense.h"
#include "test/reference/Dropout.h"
#include "test/reference/LayerNorm.h"
#include "test/reference/Loss.h"
#include "test/reference/Optimizer.h"
#include "test/reference/Parameter.h"
#include "test/reference/Pool2D.h"
#include "test/reference/Random.h"
#include "test/reference/Spatial.h"
#include "test/reference/Transforms.h"

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace netc;
using namespace netc::numeric;
using nlohmann::json;

namespace {

// The fixtures have ten digits.
constexpr double tolerance = 1e-9;

Shape shapeOf(const json &j) { return j.get<Shape>(); }
reference::Pair pairOf(const json &j) { return j.get<reference::Pair>(); }

/// Every case of one op, with its name in the failure's trace.
template <typename Check> void forEachCase(std::string_view op, Check check) {
  std::ifstream file(NETC_FIXTURES);
  json cases = json::parse(file);
  int count = 0;
  for (const json &one : cases)
    if (one.at("op") == op) {
      SCOPED_TRACE(std::string(op) + ": " + one.at("name").get<std::string>());
      check(one);
      ++count;
    }
  EXPECT_GT(count, 0);
}

void expectClose(const Tensor &actual, const json &one, const char *key) {
  Tensor expected(actual.shape, one.at(key).get<std::vector<double>>());
  EXPECT_EQ(difference(actual, expected, tolerance), "") << key;
}

void expectShape(const Tensor &actual, const json &one) {
  ASSERT_EQ(actual.shape, shapeOf(one.at("shape")));
}

Tensor biasOf(const json &one) {
  return one.at("bias") ? values({one.at("filter")[0]}, Bias) : Tensor();
}

} // namespace

TEST(Reference, Conv2D) {
  forEachCase("conv2d", [](const json &one) {
    reference::Conv2D conv{pairOf(one.at("stride")), pairOf(one.at("padding")),
                           pairOf(one.at("dilation")), one.at("groups")};
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor filter = values(shapeOf(one.at("filter")), Filter);
    Tensor output = conv2D(input, filter, biasOf(one), conv);
    expectShape(output, one);
    expectClose(output, one, "output");
    Tensor gradient = values(output.shape, OutputGradient);
    expectClose(conv2DInputGradient(gradient, filter, input.shape, conv), one,
                "inputGradient");
    expectClose(conv2DFilterGradient(input, gradient, filter.shape, conv), one,
                "filterGradient");
    if (one.at("bias"))
      expectClose(reference::conv2DBiasGradient(gradient), one, "biasGradient");
  });
}

TEST(Reference, Conv2DTranspose) {
  forEachCase("conv2d_transpose", [](const json &one) {
    reference::Conv2DTranspose conv{
        pairOf(one.at("stride")), pairOf(one.at("padding")),
        pairOf(one.at("output_padding")), pairOf(one.at("dilation")),
        one.at("groups")};
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor filter = values(shapeOf(one.at("filter")), Filter);
    Tensor bias = values({filter.dim(1) * conv.groups}, Bias);
    Tensor output = conv2DTranspose(input, filter, bias, conv);
    expectShape(output, one);
    expectClose(output, one, "output");
    Tensor gradient = values(output.shape, OutputGradient);
    expectClose(
        conv2DTransposeInputGradient(gradient, filter, input.shape, conv), one,
        "inputGradient");
    expectClose(
        conv2DTransposeFilterGradient(input, gradient, filter.shape, conv), one,
        "filterGradient");
    expectClose(reference::conv2DBiasGradient(gradient), one, "biasGradient");
  });
}

TEST(Reference, Upsample2D) {
  forEachCase("upsample2d", [](const json &one) {
    reference::Pair scale = pairOf(one.at("scale"));
    bool bilinear = one.at("name") == "bilinear";
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor output = upsample2D(input, scale, bilinear);
    expectShape(output, one);
    expectClose(output, one, "output");
    expectClose(upsample2DGradient(values(output.shape, OutputGradient), scale,
                                   bilinear),
                one, "inputGradient");
  });
}

TEST(Reference, Pad2D) {
  forEachCase("pad2d", [](const json &one) {
    auto sides = one.at("sides").get<reference::Sides>();
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor output = pad2D(input, sides);
    expectShape(output, one);
    expectClose(output, one, "output");
    expectClose(pad2DGradient(values(output.shape, OutputGradient), sides), one,
                "inputGradient");
  });
}

TEST(Reference, MaxPool2D) {
  forEachCase("max_pool2d", [](const json &one) {
    reference::Pool2D pool{pairOf(one.at("window")), pairOf(one.at("stride")),
                           pairOf(one.at("padding"))};
    Tensor input = values(shapeOf(one.at("input")), Input, one.at("levels"));
    auto [output, indices] = maxPool2D(input, pool);
    expectShape(output, one);
    expectClose(output, one, "output");
    expectClose(indices, one, "indices");
    Tensor gradient = values(output.shape, OutputGradient);
    expectClose(maxPool2DGradient(gradient, indices, input.shape), one,
                "inputGradient");
  });
}

TEST(Reference, AvgPool2D) {
  forEachCase("avg_pool2d", [](const json &one) {
    reference::Pool2D pool{pairOf(one.at("window")), pairOf(one.at("stride")),
                           pairOf(one.at("padding"))};
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor output = avgPool2D(input, pool);
    expectShape(output, one);
    expectClose(output, one, "output");
    Tensor gradient = values(output.shape, OutputGradient);
    expectClose(avgPool2DGradient(gradient, input.shape, pool), one,
                "inputGradient");
  });
}

TEST(Reference, GlobalAvgPool2D) {
  forEachCase("global_avg_pool2d", [](const json &one) {
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor output = reference::globalAvgPool2D(input);
    expectShape(output, one);
    expectClose(output, one, "output");
    Tensor gradient = values(output.shape, OutputGradient);
    expectClose(globalAvgPool2DGradient(gradient, input.shape), one,
                "inputGradient");
  });
}

TEST(Reference, Dense) {
  forEachCase("dense", [](const json &one) {
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor weight = values(shapeOf(one.at("filter")), Filter);
    Tensor output = dense(input, weight, biasOf(one));
    expectShape(output, one);
    expectClose(output, one, "output");
    Tensor gradient = values(output.shape, OutputGradient);
    expectClose(denseInputGradient(gradient, weight), one, "inputGradient");
    expectClose(denseWeightGradient(input, gradient), one, "filterGradient");
    if (one.at("bias"))
      expectClose(reference::denseBiasGradient(gradient), one, "biasGradient");
  });
}

TEST(Reference, Activation) {
  const std::map<std::string, reference::Activation> kinds{
      {"relu", reference::Activation::ReLU},
      {"sigmoid", reference::Activation::Sigmoid},
      {"tanh", reference::Activation::Tanh},
      {"leaky_relu", reference::Activation::LeakyReLU},
      {"gelu", reference::Activation::GELU},
      {"silu", reference::Activation::SiLU},
      {"elu", reference::Activation::ELU},
      {"softplus", reference::Activation::Softplus},
      {"hard_swish", reference::Activation::HardSwish}};
  forEachCase("activation", [&](const json &one) {
    reference::Activation kind = kinds.at(one.at("name"));
    reference::Parameter parameter;
    if (!one.at("parameter").is_null())
      parameter = one.at("parameter").get<double>();
    Tensor input = values(shapeOf(one.at("input")), Input, one.at("levels"));
    for (double &x : input.values)
      x *= one.at("scale").get<double>();
    Tensor output = activation(kind, input, parameter);
    expectClose(output, one, "output");
    Tensor gradient = values(output.shape, OutputGradient);
    if (one.at("outputTellsSlope"))
      expectClose(
          activationGradientFromOutput(kind, output, gradient, parameter), one,
          "inputGradient");
    expectClose(activationGradientFromInput(kind, input, gradient, parameter),
                one, "inputGradient");
  });
}

TEST(Reference, BatchNorm) {
  forEachCase("batch_norm", [](const json &one) {
    Tensor input = values(shapeOf(one.at("input")), Input);
    Shape channels{input.dim(1)};
    bool affine = one.at("affine");
    Tensor weight = affine ? values(channels, Filter) : Tensor();
    Tensor bias = affine ? values(channels, Bias) : Tensor();
    reference::Moments moments = channelMoments(input);
    expectClose(normalizeChannels(input, moments, weight, bias, 1e-5), one,
                "output");
    Tensor gradient = values(input.shape, OutputGradient);
    auto gradients = batchNormGradient(input, weight, 1e-5, gradient);
    expectClose(gradients.input, one, "inputGradient");
    if (affine) {
      expectClose(gradients.weight, one, "filterGradient");
      expectClose(gradients.bias, one, "biasGradient");
    }
    reference::Moments running{Tensor(channels), Tensor(channels, 1)};
    for (int step = 0; step < 2; ++step)
      updateRunning(moments, input.size() / input.dim(1), one.at("momentum"),
                    running);
    expectClose(running.mean, one, "runningMean");
    expectClose(running.variance, one, "runningVariance");
    expectClose(normalizeChannels(input, running, weight, bias, 1e-5), one,
                "evaluation");
  });
}

TEST(Reference, LayerNorm) {
  forEachCase("layer_norm", [](const json &one) {
    Tensor input = values(shapeOf(one.at("input")), Input);
    Shape example(input.shape.begin() + 1, input.shape.end());
    Tensor weight = values(example, Filter), bias = values(example, Bias);
    expectClose(layerNorm(input, weight, bias, 1e-5), one, "output");
    auto gradients = layerNormGradient(input, weight, 1e-5,
                                       values(input.shape, OutputGradient));
    expectClose(gradients.input, one, "inputGradient");
    expectClose(gradients.weight, one, "filterGradient");
    expectClose(gradients.bias, one, "biasGradient");
  });
}

TEST(Reference, SoftmaxCrossEntropy) {
  forEachCase("softmax_cross_entropy", [](const json &one) {
    Tensor logits = values(shapeOf(one.at("input")), Input, one.at("levels"));
    for (double &x : logits.values)
      x *= one.at("scale").get<double>();
    Shape labelShape = logits.shape;
    labelShape.erase(labelShape.begin() + 1);
    Tensor labels =
        wholeNumbers(labelShape, Labels, static_cast<uint32_t>(logits.dim(1)));
    double smoothing = one.at("smoothing");
    expectClose(softmaxCrossEntropy(logits, labels, smoothing).loss, one,
                "output");
    expectClose(softmaxCrossEntropyMeanGradient(logits, labels, smoothing), one,
                "inputGradient");
  });
}

// PyTorch's ignore_index: its mean is that of the labels that count.
TEST(Reference, IgnoredLabels) {
  forEachCase("ignoring_cross_entropy", [](const json &one) {
    Tensor logits = values(shapeOf(one.at("input")), Input);
    for (double &x : logits.values)
      x *= one.at("scale").get<double>();
    Shape labelShape = logits.shape;
    labelShape.erase(labelShape.begin() + 1);
    Tensor labels = ignoreThirds(
        wholeNumbers(labelShape, Labels, static_cast<uint32_t>(logits.dim(1))));
    double smoothing = one.at("smoothing");
    Tensor loss = softmaxCrossEntropy(logits, labels, smoothing).loss;
    expectClose(loss, one, "output");
    int64_t pixels = labels.size() / labels.dim(0);
    double sum = 0, counted = 0;
    for (int64_t i = 0; i < labels.size(); ++i)
      if (labels.values[i] >= 0)
        ++counted;
    for (int64_t n = 0; n < labels.dim(0); ++n)
      for (int64_t p = 0; p < pixels; ++p)
        if (labels.values[n * pixels + p] >= 0)
          sum += loss(n);
    expectClose(Tensor({1}, {sum / counted}), one, "mean");
    expectClose(softmaxCrossEntropyMeanGradient(logits, labels, smoothing), one,
                "inputGradient");
  });
}

TEST(Reference, ElementLosses) {
  forEachCase("element_loss", [](const json &one) {
    Tensor input = values(shapeOf(one.at("input")), Input);
    Tensor target = values(shapeOf(one.at("input")), Filter);
    for (double &x : input.values)
      x *= one.at("scale").get<double>();
    for (double &t : target.values)
      t = std::abs(t);
    Tensor mean({input.dim(0)}, 1.0 / static_cast<double>(input.dim(0)));
    bool square = one.at("name") == "mean_squared_error";
    Tensor loss = square ? meanSquaredError(input, target)
                         : sigmoidBinaryCrossEntropy(input, target);
    double sum = 0;
    for (double x : loss.values)
      sum += x;
    expectClose(Tensor({1}, {sum / static_cast<double>(loss.size())}), one,
                "output");
    expectClose(square ? meanSquaredErrorGradient(input, target, mean)
                       : sigmoidBinaryCrossEntropyGradient(input, target, mean),
                one, "inputGradient");
  });
}

TEST(Reference, FirstMaximumIsThePrediction) {
  Tensor logits({3, 3}, {1, 2, 2, 2, 2, 2, 0, 1, 2});
  Tensor labels({3}, {2, 0, 2});
  EXPECT_EQ(softmaxCrossEntropy(logits, labels).correct.values,
            (std::vector<double>{0, 1, 1}));
}

TEST(Reference, Sgd) {
  forEachCase("sgd", [](const json &one) {
    const json &options = one.at("options");
    reference::Sgd sgd{options.at("lr"), options.value("momentum", 0.0),
                       options.value("weight_decay", 0.0),
                       options.value("nesterov", false)};
    Tensor weight = values(shapeOf(one.at("input")), Filter);
    Tensor velocity(weight.shape);
    for (uint32_t step = 0; step < one.at("steps"); ++step)
      sgdUpdate(sgd, values(weight.shape, OutputGradient + step), weight,
                velocity);
    expectClose(weight, one, "output");
  });
}

TEST(Reference, Resize) {
  forEachCase("resize", [](const json &one) {
    Tensor input = wholeNumbers(shapeOf(one.at("input")), Input, 256);
    Tensor output = resize(input, pairOf(one.at("size")));
    expectShape(output, one);
    expectClose(output, one, "output");
  });
}

TEST(Reference, PixelTransforms) {
  EXPECT_EQ(reference::toTensor(Tensor({1, 1, 1, 3}, {0, 51, 255})).values,
            (std::vector<double>{0, 0.2, 1}));
  Tensor input({1, 2, 1, 2}, {1, 2, 3, 4});
  EXPECT_EQ(normalize(input, {1, 2}, {2, 0.5}).values,
            (std::vector<double>{0, 0.5, 2, 4}));
  EXPECT_EQ(normalize(input, {1}, {0.5}).values,
            (std::vector<double>{0, 2, 4, 6}));
}

TEST(Values, DifferenceNoticesWhatDiffers) {
  Tensor expected({2, 2}, {1, -1, 1e-9, 1});
  EXPECT_EQ(difference(expected, expected, 0), "");
  EXPECT_EQ(difference(Tensor({2, 2}, {1, -1, 1e-7, 1}), expected, 1e-6), "");
  EXPECT_NE(difference(Tensor({2, 2}, {1, -1, 1e-5, 1}), expected, 1e-6), "");
  EXPECT_NE(difference(Tensor({4}, expected.values), expected, 1), "");
  EXPECT_NE(difference(Tensor({2, 2}, {1, -1, 0, NAN}), expected, 1), "");
  EXPECT_NE(difference(Tensor({1}, {1e-30}), Tensor({1}, {0.0}), 1), "");
}

// The known answers of the Random123 distribution (kat_vectors).
TEST(Reference, PhiloxKnownAnswers) {
  using Words = std::array<uint32_t, 4>;
  EXPECT_EQ(reference::philox4x32({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t ones = 0xffffffff;
  EXPECT_EQ(reference::philox4x32({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      reference::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                            {0xa4093822, 0x299f31d0}),
      (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Reference, Fnv1aKnownAnswers) {
  EXPECT_EQ(reference::fnv1a64(""), 0xcbf29ce484222325);
  EXPECT_EQ(reference::fnv1a64("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(reference::fnv1a64("foobar"), 0x85944171f73967e8);
}

TEST(Reference, DropoutKeepsTheRestInTheMean) {
  Tensor input({200, 100}, 3.0);
  Tensor output = reference::dropout(input, 0.25, 7, 2, "dropout_1");
  double sum = 0, kept = 0;
  for (double x : output.values) {
    EXPECT_TRUE(x == 0 || x == 4);
    sum += x;
    kept += x != 0;
  }
  // Six standard deviations of 20,000 draws.
  EXPECT_NEAR(kept / 20000, 0.75, 6 * std::sqrt(0.25 * 0.75 / 20000));
  EXPECT_NEAR(sum / 20000, 3, 0.1);
  EXPECT_EQ(output.values,
            reference::dropout(input, 0.25, 7, 2, "dropout_1").values);
  EXPECT_NE(output.values,
            reference::dropout(input, 0.25, 7, 3, "dropout_1").values);
  EXPECT_NE(output.values,
            reference::dropout(input, 0.25, 8, 2, "dropout_1").values);
  EXPECT_NE(output.values,
            reference::dropout(input, 0.25, 7, 2, "dropout_2").values);
}

TEST(Reference, XavierIsUniformWithinItsBound) {
  Tensor weight =
      reference::xavierUniform({150, 100}, 100, 150, 3, "dense_1.weight");
  double bound = std::sqrt(6.0 / 250), sum = 0, squares = 0;
  for (double x : weight.values) {
    EXPECT_LE(std::abs(x), bound);
    sum += x;
    squares += x * x;
  }
  double count = 15000, variance = bound * bound / 3;
  EXPECT_NEAR(sum / count, 0, 6 * std::sqrt(variance / count));
  EXPECT_NEAR(squares / count, variance, 0.05 * variance);
}
