// The reference's gradients against central differences in double. The checked
// function is sum(r * f(x)) with random r; kinks (ReLU, maxima) are kept
// further from every input than the step of the difference.
#include "test/numeric/RandomNetwork.h"
#include "test/numeric/Values.h"
#include "test/reference/Activation.h"
#include "test/reference/Concat.h"
#include "test/reference/Conv2D.h"
#include "test/reference/Conv2DTranspose.h"
#include "test/reference/Dense.h"
#include "test/reference/Dropout.h"
#include "test/reference/LayerNorm.h"
#include "test/reference/Loss.h"
#include "test/reference/Pool2D.h"
#include "test/reference/Scale.h"
#include "test/reference/Spatial.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

// The rounding error of the difference is about 1e-16/step, its own step^2.
constexpr double step = 1e-5, tolerance = 1e-8;

double product(const Tensor &a, const Tensor &b) {
  double sum = 0;
  for (int64_t i = 0; i < a.size(); ++i)
    sum += a.values[i] * b.values[i];
  return sum;
}

/// Compares `gradient` with the differences of sum(weights * f(x)) at `x`.
void expectGradient(const std::function<Tensor(const Tensor &)> &f, Tensor x,
                    const Tensor &weights, const Tensor &gradient) {
  Tensor differences(x.shape);
  for (int64_t i = 0; i < x.size(); ++i) {
    double middle = x.values[i];
    x.values[i] = middle + step;
    double above = product(f(x), weights);
    x.values[i] = middle - step;
    double below = product(f(x), weights);
    x.values[i] = middle;
    differences.values[i] = (above - below) / (2 * step);
  }
  EXPECT_EQ(difference(gradient, differences, tolerance), "");
}

struct ConvCase {
  Shape input, filter;
  reference::Conv2D conv;
};

} // namespace

TEST(ReferenceGradient, Conv2D) {
  const ConvCase cases[] = {
      {{1, 1, 1, 1}, {1, 1, 1, 1}, {}},
      {{2, 3, 5, 7}, {2, 3, 3, 2}, {}},
      {{1, 2, 7, 5}, {3, 2, 2, 3}, {.stride = {2, 3}}},
      {{1, 2, 3, 4}, {2, 2, 3, 4}, {.padding = {2, 1}}},
      {{2, 1, 8, 7}, {2, 1, 3, 2}, {.dilation = {2, 3}}},
      {{1, 6, 5, 4}, {9, 2, 3, 3}, {.padding = {1, 1}, .groups = 3}},
      {{1, 4, 4, 4}, {4, 1, 3, 3}, {.padding = {1, 1}, .groups = 4}},
      {{2, 4, 9, 8}, {6, 2, 3, 2}, {{2, 2}, {2, 1}, {2, 1}, 2}},
      // A stride that leaves the last rows and columns untouched.
      {{1, 1, 8, 9}, {1, 1, 2, 2}, {.stride = {3, 4}}},
  };
  for (const auto &[inputShape, filterShape, conv] : cases) {
    Tensor input = values(inputShape, 1), filter = values(filterShape, 2);
    Tensor bias = values({filterShape[0]}, 3);
    Tensor weights = values(conv2D(input, filter, bias, conv).shape, 4);
    expectGradient(
        [&](const Tensor &x) { return conv2D(x, filter, bias, conv); }, input,
        weights, conv2DInputGradient(weights, filter, inputShape, conv));
    expectGradient(
        [&](const Tensor &x) { return conv2D(input, x, bias, conv); }, filter,
        weights, conv2DFilterGradient(input, weights, filterShape, conv));
    expectGradient(
        [&](const Tensor &x) { return conv2D(input, filter, x, conv); }, bias,
        weights, reference::conv2DBiasGradient(weights));
  }
}

TEST(ReferenceGradient, Pool2D) {
  const std::pair<Shape, reference::Pool2D> cases[] = {
      {{1, 1, 1, 1}, {{1, 1}, {1, 1}, {0, 0}}},
      {{2, 3, 6, 5}, {{2, 2}, {2, 2}, {0, 0}}},
      {{1, 2, 7, 8}, {{3, 2}, {2, 1}, {1, 1}}},
      {{2, 1, 9, 7}, {{2, 3}, {3, 4}, {0, 0}}},
      {{1, 1, 5, 6}, {{5, 6}, {1, 1}, {2, 3}}},
  };
  for (const auto &[shape, pool] : cases) {
    Tensor input = distinctValues(shape, 1);
    auto [output, indices] = maxPool2D(input, pool);
    Tensor weights = values(output.shape, 2);
    expectGradient([&](const Tensor &x) { return maxPool2D(x, pool).output; },
                   input, weights, maxPool2DGradient(weights, indices, shape));
    expectGradient([&](const Tensor &x) { return avgPool2D(x, pool); }, input,
                   weights, avgPool2DGradient(weights, shape, pool));
    Tensor planes = values({shape[0], shape[1], 1, 1}, 3);
    expectGradient(reference::globalAvgPool2D, input, planes,
                   globalAvgPool2DGradient(planes, shape));
  }
}

TEST(ReferenceGradient, Conv2DTranspose) {
  struct Case {
    Shape input, filter;
    reference::Conv2DTranspose conv;
  };
  const Case cases[] = {
      {{1, 1, 1, 1}, {1, 1, 1, 1}, {}},
      {{2, 3, 4, 3}, {3, 2, 3, 2}, {}},
      {{1, 2, 3, 4}, {2, 3, 3, 3}, {{2, 3}, {1, 1}, {1, 2}}},
      {{1, 2, 3, 3}, {2, 2, 2, 3}, {.dilation = {3, 2}}},
      {{1, 6, 3, 2}, {6, 2, 2, 2}, {{1, 2}, {0, 1}, {0, 0}, {1, 1}, 3}},
  };
  for (const auto &[inputShape, filterShape, conv] : cases) {
    Tensor input = values(inputShape, 1), filter = values(filterShape, 2);
    Tensor bias = values({filterShape[1] * conv.groups}, 3);
    Tensor weights =
        values(conv2DTranspose(input, filter, bias, conv).shape, 4);
    expectGradient(
        [&](const Tensor &x) { return conv2DTranspose(x, filter, bias, conv); },
        input, weights,
        conv2DTransposeInputGradient(weights, filter, inputShape, conv));
    expectGradient(
        [&](const Tensor &x) { return conv2DTranspose(input, x, bias, conv); },
        filter, weights,
        conv2DTransposeFilterGradient(input, weights, filterShape, conv));
    expectGradient(
        [&](const Tensor &x) {
          return conv2DTranspose(input, filter, x, conv);
        },
        bias, weights, reference::conv2DBiasGradient(weights));
  }
}

TEST(ReferenceGradient, Spatial) {
  Tensor input = values({2, 2, 3, 4}, 1);
  for (reference::Pair scale : {reference::Pair{1, 1}, reference::Pair{2, 3}})
    for (bool bilinear : {false, true}) {
      auto f = [&](const Tensor &x) { return upsample2D(x, scale, bilinear); };
      Tensor weights = values(f(input).shape, 2);
      expectGradient(f, input, weights,
                     upsample2DGradient(weights, scale, bilinear));
    }
  for (reference::Sides sides :
       {reference::Sides{1, 0, 2, 3}, reference::Sides{-1, -1, 0, -2},
        reference::Sides{2, -1, -2, 1}}) {
    auto f = [&](const Tensor &x) { return pad2D(x, sides); };
    Tensor weights = values(f(input).shape, 2);
    expectGradient(f, input, weights, pad2DGradient(weights, sides));
  }
}

TEST(ReferenceGradient, Dense) {
  for (auto [batch, in, out] :
       {std::array{1, 1, 1}, std::array{3, 7, 5}, std::array{2, 1, 9}}) {
    Tensor input = values({batch, in}, 1), weight = values({out, in}, 2);
    Tensor bias = values({out}, 3), weights = values({batch, out}, 4);
    expectGradient([&](const Tensor &x) { return dense(x, weight, bias); },
                   input, weights, denseInputGradient(weights, weight));
    expectGradient([&](const Tensor &x) { return dense(input, x, bias); },
                   weight, weights, denseWeightGradient(input, weights));
    expectGradient([&](const Tensor &x) { return dense(input, weight, x); },
                   bias, weights, reference::denseBiasGradient(weights));
  }
}

TEST(ReferenceGradient, Activation) {
  using reference::Activation;
  struct Case {
    Activation kind;
    reference::Parameter parameter = {};
    bool outputTellsSlope = false;
  };
  const Case cases[] = {{Activation::ReLU, {}, true},
                        {Activation::ReLU, 2.5, true},
                        {Activation::Sigmoid, {}, true},
                        {Activation::Tanh, {}, true},
                        {Activation::LeakyReLU, {}, true},
                        {Activation::LeakyReLU, 0.25, true},
                        {Activation::LeakyReLU, -0.5},
                        {Activation::GELU},
                        {Activation::SiLU},
                        {Activation::ELU},
                        {Activation::ELU, 0.3},
                        {Activation::ELU, -2},
                        {Activation::Softplus},
                        {Activation::HardSwish}};
  for (const auto &[kind, parameter, outputTellsSlope] : cases) {
    Tensor input = distinctValues({3, 17}, 1), weights = values(input.shape, 2);
    for (double &x : input.values)
      x *= 4; // into the flat parts, no x within 0.01 of a kink
    auto f = [&](const Tensor &x) { return activation(kind, x, parameter); };
    expectGradient(
        f, input, weights,
        activationGradientFromInput(kind, input, weights, parameter));
    if (outputTellsSlope)
      expectGradient(
          f, input, weights,
          activationGradientFromOutput(kind, f(input), weights, parameter));
  }
}

TEST(ReferenceGradient, Dropout) {
  auto f = [](const Tensor &x) {
    return reference::dropout(x, 0.3, 11, 5, "dropout_1");
  };
  Tensor weights = values({3, 21}, 2);
  expectGradient(f, values({3, 21}, 1), weights, f(weights));
}

TEST(ReferenceGradient, BatchNorm) {
  constexpr double epsilon = 1e-2;
  for (const Shape &shape :
       {Shape{2, 3, 4, 5}, Shape{1, 2, 3, 1}, Shape{4, 3}, Shape{3, 1, 1, 1}}) {
    Tensor input = values(shape, 1), weight = values({shape[1]}, 2);
    Tensor bias = values({shape[1]}, 3), weights = values(shape, 4);
    auto f = [&](const Tensor &x, const Tensor &w, const Tensor &b) {
      return normalizeChannels(x, channelMoments(x), w, b, epsilon);
    };
    auto gradient = batchNormGradient(input, weight, epsilon, weights);
    expectGradient([&](const Tensor &x) { return f(x, weight, bias); }, input,
                   weights, gradient.input);
    expectGradient([&](const Tensor &w) { return f(input, w, bias); }, weight,
                   weights, gradient.weight);
    expectGradient([&](const Tensor &b) { return f(input, weight, b); }, bias,
                   weights, gradient.bias);
    auto plain = batchNormGradient(input, Tensor(), epsilon, weights);
    expectGradient([&](const Tensor &x) { return f(x, Tensor(), Tensor()); },
                   input, weights, plain.input);

    // The moments of another batch are constants.
    auto moments = channelMoments(values(shape, 5));
    auto given = givenNormGradient(input, moments, weight, epsilon, weights);
    expectGradient(
        [&](const Tensor &x) {
          return normalizeChannels(x, moments, weight, bias, epsilon);
        },
        input, weights, given.input);
    expectGradient(
        [&](const Tensor &w) {
          return normalizeChannels(input, moments, w, bias, epsilon);
        },
        weight, weights, given.weight);
  }
}

TEST(ReferenceGradient, LayerNorm) {
  constexpr double epsilon = 1e-2;
  for (const Shape &shape : {Shape{2, 3, 4, 5}, Shape{3, 7}, Shape{1, 2}}) {
    Shape example(shape.begin() + 1, shape.end());
    Tensor input = values(shape, 1), weight = values(example, 2);
    Tensor bias = values(example, 3), weights = values(shape, 4);
    auto f = [&](const Tensor &x, const Tensor &w, const Tensor &b) {
      return layerNorm(x, w, b, epsilon);
    };
    auto gradient = layerNormGradient(input, weight, epsilon, weights);
    expectGradient([&](const Tensor &x) { return f(x, weight, bias); }, input,
                   weights, gradient.input);
    expectGradient([&](const Tensor &w) { return f(input, w, bias); }, weight,
                   weights, gradient.weight);
    expectGradient([&](const Tensor &b) { return f(input, weight, b); }, bias,
                   weights, gradient.bias);
  }
}

TEST(ReferenceGradient, Scale) {
  for (const Shape &shape : {Shape{2, 3, 4, 5}, Shape{3, 7}}) {
    Tensor input = values(shape, 1), weight = values({shape[1]}, 2);
    Tensor bias = values({shape[1]}, 3), weights = values(shape, 4);
    auto gradient = scaleGradient(input, weight, weights);
    expectGradient([&](const Tensor &x) { return scale(x, weight, bias); },
                   input, weights, gradient.input);
    expectGradient([&](const Tensor &w) { return scale(input, w, bias); },
                   weight, weights, gradient.weight);
    expectGradient([&](const Tensor &b) { return scale(input, weight, b); },
                   bias, weights, gradient.bias);
  }
}

TEST(ReferenceGradient, SoftmaxCrossEntropy) {
  for (auto [batch, classes] :
       {std::pair{1, 1}, std::pair{4, 10}, std::pair{3, 2}}) {
    Tensor logits = values({batch, classes}, 1), weights = values({batch}, 2);
    for (double &x : logits.values)
      x *= 3;
    Tensor labels = wholeNumbers({batch}, 3, static_cast<uint32_t>(classes));
    auto f = [&](const Tensor &x) {
      return softmaxCrossEntropy(x, labels).loss;
    };
    expectGradient(f, logits, weights,
                   softmaxCrossEntropyGradient(logits, labels, weights));
    expectGradient(f, logits, Tensor({batch}, 1.0 / batch),
                   softmaxCrossEntropyMeanGradient(logits, labels));
  }
}

TEST(ReferenceGradient, ConcatAndChannelSlice) {
  Tensor a = values({2, 3, 4, 1}, 1), b = values({2, 5, 4, 1}, 2);
  Tensor weights = values({2, 8, 4, 1}, 3);
  auto withA = [&](const Tensor &x) { return reference::concat({x, b}); };
  auto withB = [&](const Tensor &x) { return reference::concat({a, x}); };
  expectGradient(withA, a, weights, reference::channelSlice(weights, 0, 3));
  expectGradient(withB, b, weights, reference::channelSlice(weights, 3, 5));
  auto slice = [](const Tensor &x) { return reference::channelSlice(x, 2, 4); };
  Tensor whole = values({2, 8, 3}, 4), part = values({2, 4, 3}, 5);
  expectGradient(slice, whole, part,
                 reference::channelSliceGradient(part, whole.shape, 2));
}

TEST(ReferenceGradient, LossesOfMaps) {
  Tensor logits = values({2, 3, 4, 2}, 1), weights = values({2}, 2);
  for (double &x : logits.values)
    x *= 3;
  Tensor labels = wholeNumbers({2, 4, 2}, 3, 3);
  for (double smoothing : {0.0, 0.2})
    expectGradient(
        [&](const Tensor &x) {
          return softmaxCrossEntropy(x, labels, smoothing).loss;
        },
        logits, weights,
        softmaxCrossEntropyGradient(logits, labels, weights, smoothing));
}

TEST(ReferenceGradient, ElementLosses) {
  Tensor input = values({3, 2, 3, 1}, 1), target = values({3, 2, 3, 1}, 2);
  Tensor weights = values({3}, 3);
  for (double &x : input.values)
    x *= 5;
  expectGradient(
      [&](const Tensor &x) { return sigmoidBinaryCrossEntropy(x, target); },
      input, weights,
      sigmoidBinaryCrossEntropyGradient(input, target, weights));
  expectGradient([&](const Tensor &x) { return meanSquaredError(x, target); },
                 input, weights,
                 meanSquaredErrorGradient(input, target, weights));
}

// The backward chain of whole networks, as the compiled programs are compared
// with it: with momentum the first step's velocity is the gradient. Some
// elements of each parameter are enough.
TEST(ReferenceGradient, OfNetworks) {
  for (uint32_t seed = 0; seed < 16; ++seed) {
    NetworkText text = seed < 8 ? randomNetwork(seed) : randomGraph(seed);
    SCOPED_TRACE(describe(text));
    text.momentum = 0.9;
    text.weightDecay = 0;
    ReferenceNetwork network(text, seed);
    network.drawBiases();
    Shape pixelsShape = text.pixels;
    pixelsShape.insert(pixelsShape.begin(), text.batch);
    Tensor pixels = wholeNumbers(pixelsShape, Input, 256);
    Tensor labels = wholeNumbers({text.batch}, Labels, 10);
    auto meanLoss = [&](ReferenceNetwork copy) {
      Tensor loss = copy.train(pixels, labels, 0, seed, 3).loss;
      return product(loss,
                     Tensor(loss.shape, 1.0 / static_cast<double>(text.batch)));
    };
    ReferenceNetwork trained = network;
    trained.train(pixels, labels, 0, seed, 3);
    for (const auto &[name, value] : network.parameters) {
      if (!trained.parameters.contains(name + ".velocity"))
        continue; // a velocity, or a statistic
      const Tensor &gradient = trained.parameters.at(name + ".velocity");
      double largest = 0;
      for (double g : gradient.values)
        largest = std::max(largest, std::abs(g));
      for (uint32_t sample = 0; sample < 4; ++sample) {
        size_t i = hash(sample, seed) % value.values.size();
        ReferenceNetwork moved = network;
        double &x = moved.parameters.at(name).values[i], middle = x;
        x = middle + step;
        double above = meanLoss(moved);
        x = middle - step;
        double below = meanLoss(moved);
        EXPECT_NEAR((above - below) / (2 * step), gradient.values[i],
                    1e-5 * largest + 1e-9)
            << name << " element " << i;
      }
    }
  }
}
