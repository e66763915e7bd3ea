// The chain of the reference's layers, forward and backward.
#include "test/numeric/ReferenceNetwork.h"

#include "test/numeric/LayerSpecs.h"
#include "test/numeric/Values.h"
#include "test/reference/Activation.h"
#include "test/reference/Concat.h"
#include "test/reference/Dense.h"
#include "test/reference/Dropout.h"
#include "test/reference/LayerNorm.h"
#include "test/reference/Loss.h"
#include "test/reference/Parameter.h"
#include "test/reference/Scale.h"
#include "test/reference/Spatial.h"
#include "test/reference/Transforms.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace netc::numeric {

namespace {

reference::Activation activationOf(const shape::Activation &spec) {
  return static_cast<reference::Activation>(spec.kind); // in the same order
}

/// Nothing where the kind has no parameter, or a ReLU no maximum.
reference::Parameter parameterOf(const shape::Activation &spec) {
  if (!std::isfinite(spec.parameter))
    return {};
  return spec.parameter;
}

shape::Shape inferred(const shape::LayerSpec &spec,
                      const std::vector<shape::Shape> &inputs) {
  auto result = infer(spec, std::span(inputs));
  if (auto *error = std::get_if<shape::ShapeError>(&result))
    throw std::invalid_argument(error->message);
  return std::get<shape::Inferred>(result).shape;
}

bool isBilinear(const shape::Upsample2D &spec) {
  return spec.mode == shape::Interpolation::Bilinear;
}

/// The pool whose window is all of the input.
shape::MaxPool2D wholePool(const Tensor &input) {
  shape::Pair whole{input.dim(2), input.dim(3)};
  return {whole, whole};
}

double kinkDistance(const shape::Activation &spec, const Tensor &input) {
  std::vector<double> kinks;
  if (spec.kind == shape::ActivationKind::ReLU)
    kinks = {0, spec.parameter};
  else if (spec.kind == shape::ActivationKind::HardSwish)
    kinks = {-3, 3};
  else if (spec.kind == shape::ActivationKind::LeakyReLU ||
           spec.kind == shape::ActivationKind::ELU)
    kinks = {0};
  double nearest = std::numeric_limits<double>::infinity();
  for (double x : input.values)
    for (double kink : kinks)
      if (x != kink)
        nearest = std::min(nearest, std::abs(x - kink));
  return nearest;
}

double kinkDistance(const shape::MaxPool2D &spec, const Tensor &input) {
  double nearest = std::numeric_limits<double>::infinity();
  Tensor winners = maxPool2D(input, poolOf(spec)).output;
  for (int64_t n = 0; n < winners.dim(0); ++n)
    for (int64_t c = 0; c < winners.dim(1); ++c)
      for (int64_t oy = 0; oy < winners.dim(2); ++oy)
        for (int64_t ox = 0; ox < winners.dim(3); ++ox)
          for (int64_t ky = 0; ky < spec.window[0]; ++ky)
            for (int64_t kx = 0; kx < spec.window[1]; ++kx) {
              int64_t y = oy * spec.stride[0] - spec.padding[0] + ky;
              int64_t x = ox * spec.stride[1] - spec.padding[1] + kx;
              if (y < 0 || y >= input.dim(2) || x < 0 || x >= input.dim(3))
                continue;
              double gap = winners(n, c, oy, ox) - input(n, c, y, x);
              if (gap > 0)
                nearest = std::min(nearest, gap);
            }
  return nearest;
}

Tensor sum(const std::vector<Tensor> &terms) {
  Tensor total(terms[0].shape);
  for (const Tensor &term : terms)
    for (int64_t i = 0; i < total.size(); ++i)
      total.values[i] += term.values[i];
  return total;
}

double kinkDistance(const shape::GlobalMaxPool2D &, const Tensor &input) {
  return kinkDistance(wholePool(input), input);
}

template <typename Other> double kinkDistance(const Other &, const Tensor &) {
  return std::numeric_limits<double>::infinity();
}

} // namespace

std::vector<int64_t> inputsOf(const NetworkText &network, size_t layer) {
  const auto &inputs = network.layers[layer].inputs;
  return inputs.empty() ? std::vector{static_cast<int64_t>(layer) - 1} : inputs;
}

std::vector<shape::Shape> shapesOf(const NetworkText &network) {
  std::vector<shape::Shape> shapes{network.pixels};
  for (size_t i = 0; i < network.layers.size(); ++i) {
    std::vector<shape::Shape> inputs;
    for (int64_t input : inputsOf(network, i))
      inputs.push_back(shapes[input + 1]);
    shapes.push_back(inferred(network.layers[i].spec, inputs));
  }
  return shapes;
}

ReferenceNetwork::ReferenceNetwork(const NetworkText &network, uint64_t seed)
    : network(network) {
  std::vector<shape::Shape> shapes = shapesOf(network);
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const auto &[layer, spec, inputs] = network.layers[i];
    const shape::Shape &shape = shapes[inputsOf(network, i)[0] + 1];
    for (const shape::ParameterShape &p : shape::parameters(spec, shape)) {
      std::string name = layer + "." + p.name;
      parameters[name] =
          p.init == shape::Init::Xavier
              ? reference::xavierUniform(p.shape, p.fanIn, p.fanOut, seed, name)
              : Tensor(p.shape, p.init == shape::Init::One);
      if (network.momentum != 0 && !p.isStatistic)
        parameters[name + ".velocity"] = Tensor(p.shape);
    }
  }
}

void ReferenceNetwork::drawBiases() {
  uint32_t salt = Bias;
  for (auto &[name, value] : parameters)
    if (name.ends_with(".bias")) {
      value = numeric::values(value.shape, ++salt);
      for (double &x : value.values)
        x /= 4;
    }
}

std::vector<Tensor> ReferenceNetwork::forward(const Tensor &pixels,
                                              const Random *random) const {
  std::vector<Tensor> values{reference::toTensor(pixels)};
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const auto &[name, spec, given] = network.layers[i];
    std::vector<Tensor> inputs;
    for (int64_t input : inputsOf(network, i))
      inputs.push_back(values[input + 1]);
    const Tensor &x = inputs[0];
    auto parameter = [&, &layer = name](const char *which, bool used = true) {
      return used ? parameters.at(layer + "." + which) : Tensor();
    };
    auto apply = Overloaded{
        [&](const shape::Conv2D &s) {
          return conv2D(x, parameter("weight"), parameter("bias", s.useBias),
                        convOf(s));
        },
        [&](const shape::MaxPool2D &s) {
          return maxPool2D(x, poolOf(s)).output;
        },
        [&](const shape::AvgPool2D &s) { return avgPool2D(x, poolOf(s)); },
        [&](const shape::GlobalAvgPool2D &) { return globalAvgPool2D(x); },
        [&](const shape::Flatten &) {
          return x.reshaped({x.dim(0), x.size() / x.dim(0)});
        },
        [&](const shape::Dense &s) {
          return dense(x, parameter("weight"), parameter("bias", s.useBias));
        },
        [&, &path = name](const shape::Dropout &s) {
          return random ? reference::dropout(x, s.rate, random->seed,
                                             random->step, path)
                        : x;
        },
        [&](const shape::Conv2DTranspose &s) {
          return conv2DTranspose(x, parameter("weight"),
                                 parameter("bias", s.useBias), convOf(s));
        },
        [&](const shape::GlobalMaxPool2D &) {
          return maxPool2D(x, poolOf(wholePool(x))).output;
        },
        [&](const shape::Upsample2D &s) {
          return upsample2D(x, s.scale, isBilinear(s));
        },
        [&](const shape::ZeroPadding2D &s) { return pad2D(x, sidesOf(s)); },
        [&](const shape::Crop2D &s) { return pad2D(x, sidesOf(s)); },
        [&](const shape::Reshape &s) {
          return x.reshaped(batched(x.dim(0), s.shape));
        },
        [&](const shape::Activation &s) {
          return activation(activationOf(s), x, parameterOf(s));
        },
        [&](const shape::Sum &) { return sum(inputs); },
        [&](const shape::Concat &) { return concat(inputs); },
        [&](const shape::Identity &) { return x; },
        [&](const shape::BatchNorm &s) {
          reference::Moments moments =
              random ? channelMoments(x)
                     : reference::Moments{parameter("running_mean"),
                                          parameter("running_var")};
          return normalizeChannels(x, moments, parameter("weight", s.affine),
                                   parameter("bias", s.affine), s.epsilon);
        },
        [&](const shape::LayerNorm &s) {
          return layerNorm(x, parameter("weight", s.affine),
                           parameter("bias", s.affine), s.epsilon);
        },
        [&](const shape::Scale &s) {
          return scale(x, parameter("weight"), parameter("bias", s.useBias));
        }};
    values.push_back(std::visit(apply, spec));
  }
  return values;
}

ReferenceNetwork::LossOf
ReferenceNetwork::lossOf(const std::vector<Tensor> &values,
                         const Tensor &labels) const {
  const Tensor &output = values.back();
  const LossText &text = network.loss;
  if (text.name == "softmax_cross_entropy") {
    auto [loss, correct] =
        softmaxCrossEntropy(output, labels, text.labelSmoothing);
    return {
        loss, correct,
        softmaxCrossEntropyMeanGradient(output, labels, text.labelSmoothing)};
  }
  Tensor target = text.targetsInput
                      ? values.front()
                      : reference::labelTarget(labels, output.dim(1));
  Tensor mean({output.dim(0)}, 1 / static_cast<double>(output.dim(0)));
  if (text.name == "mean_squared_error")
    return {meanSquaredError(output, target), Tensor(),
            meanSquaredErrorGradient(output, target, mean)};
  return {sigmoidBinaryCrossEntropy(output, target),
          text.targetsInput ? Tensor() : countCorrect(output, labels),
          sigmoidBinaryCrossEntropyGradient(output, target, mean)};
}

ReferenceNetwork::Step ReferenceNetwork::evaluate(const Tensor &pixels,
                                                  const Tensor &labels) const {
  std::vector<Tensor> values = forward(pixels, nullptr);
  auto [loss, correct, gradient] = lossOf(values, labels);
  return {loss, correct, std::numeric_limits<double>::infinity(),
          values.back()};
}

ReferenceNetwork::Step ReferenceNetwork::train(const Tensor &pixels,
                                               const Tensor &labels,
                                               double learningRate,
                                               uint64_t seed, uint64_t step) {
  Random random{seed, step};
  std::vector<Tensor> values = forward(pixels, &random);
  auto [loss, correct, lossGradient] = lossOf(values, labels);

  reference::Sgd sgd{learningRate, network.momentum, network.weightDecay,
                     network.nesterov};
  auto update = [&](const std::string &name, const Tensor &gradient) {
    Tensor &weight = parameters.at(name);
    Tensor none(weight.shape);
    sgdUpdate(sgd, gradient, weight,
              network.momentum != 0 ? parameters.at(name + ".velocity") : none);
  };
  // From the gradient dy of a layer's output y to those of its inputs, the
  // first of which is x; its parameters change once their own values are no
  // longer needed. A value's gradient is the sum of what its readers give it.
  std::vector<Tensor> gradients(values.size());
  gradients.back() = lossGradient;
  /// Updates what the layer has, and goes on with the input's gradient.
  auto updateNorm = [&](const std::string &layer, bool hasWeight, bool hasBias,
                        const reference::NormGradients &gradients) {
    if (hasWeight)
      update(layer + ".weight", gradients.weight);
    if (hasBias)
      update(layer + ".bias", gradients.bias);
    return gradients.input;
  };
  double nearest = std::numeric_limits<double>::infinity();
  for (size_t i = network.layers.size(); i-- > 0;) {
    const auto &[name, spec, given] = network.layers[i];
    std::vector<int64_t> inputs = inputsOf(network, i);
    const Tensor &x = values[inputs[0] + 1];
    const Tensor &dy = gradients[i + 1];
    nearest = std::min(
        nearest,
        std::visit([&](const auto &s) { return kinkDistance(s, x); }, spec));
    auto back = Overloaded{
        [&, &layer = name](const shape::Conv2D &s) {
          const Tensor &filter = parameters.at(layer + ".weight");
          Tensor dx = conv2DInputGradient(dy, filter, x.shape, convOf(s));
          update(layer + ".weight",
                 conv2DFilterGradient(x, dy, filter.shape, convOf(s)));
          if (s.useBias)
            update(layer + ".bias", reference::conv2DBiasGradient(dy));
          return dx;
        },
        [&](const shape::MaxPool2D &s) {
          return maxPool2DGradient(dy, maxPool2D(x, poolOf(s)).indices,
                                   x.shape);
        },
        [&](const shape::AvgPool2D &s) {
          return avgPool2DGradient(dy, x.shape, poolOf(s));
        },
        [&](const shape::GlobalAvgPool2D &) {
          return globalAvgPool2DGradient(dy, x.shape);
        },
        [&](const shape::Flatten &) { return dy.reshaped(x.shape); },
        [&, &layer = name](const shape::Dense &s) {
          Tensor dx = denseInputGradient(dy, parameters.at(layer + ".weight"));
          update(layer + ".weight", denseWeightGradient(x, dy));
          if (s.useBias)
            update(layer + ".bias", reference::denseBiasGradient(dy));
          return dx;
        },
        [&, &path = name](const shape::Dropout &s) {
          return reference::dropout(dy, s.rate, seed, step, path);
        },
        [&, &layer = name](const shape::Conv2DTranspose &s) {
          const Tensor &filter = parameters.at(layer + ".weight");
          Tensor dx =
              conv2DTransposeInputGradient(dy, filter, x.shape, convOf(s));
          update(layer + ".weight",
                 conv2DTransposeFilterGradient(x, dy, filter.shape, convOf(s)));
          if (s.useBias)
            update(layer + ".bias", reference::conv2DBiasGradient(dy));
          return dx;
        },
        [&](const shape::GlobalMaxPool2D &) {
          return maxPool2DGradient(
              dy, maxPool2D(x, poolOf(wholePool(x))).indices, x.shape);
        },
        [&](const shape::Upsample2D &s) {
          return upsample2DGradient(dy, s.scale, isBilinear(s));
        },
        [&](const shape::ZeroPadding2D &s) {
          return pad2DGradient(dy, sidesOf(s));
        },
        [&](const shape::Crop2D &s) { return pad2DGradient(dy, sidesOf(s)); },
        [&](const shape::Reshape &) { return dy.reshaped(x.shape); },
        [&](const shape::Activation &s) {
          return activationGradientFromInput(activationOf(s), x, dy,
                                             parameterOf(s));
        },
        [&](const shape::Sum &) { return dy; },
        [&](const shape::Concat &) { return dy; }, // cut below
        [&](const shape::Identity &) { return dy; },
        [&, &layer = name](const shape::BatchNorm &s) {
          Tensor weight =
              s.affine ? parameters.at(layer + ".weight") : Tensor();
          reference::Moments running{parameters.at(layer + ".running_mean"),
                                     parameters.at(layer + ".running_var")};
          updateRunning(channelMoments(x), x.size() / x.dim(1), s.momentum,
                        running);
          parameters.at(layer + ".running_mean") = running.mean;
          parameters.at(layer + ".running_var") = running.variance;
          return updateNorm(layer, s.affine, s.affine,
                            batchNormGradient(x, weight, s.epsilon, dy));
        },
        [&, &layer = name](const shape::LayerNorm &s) {
          Tensor weight =
              s.affine ? parameters.at(layer + ".weight") : Tensor();
          return updateNorm(layer, s.affine, s.affine,
                            layerNormGradient(x, weight, s.epsilon, dy));
        },
        [&, &layer = name](const shape::Scale &s) {
          return updateNorm(
              layer, true, s.useBias,
              scaleGradient(x, parameters.at(layer + ".weight"), dy));
        }};
    Tensor dx = std::visit(back, spec);
    int64_t offset = 0;
    for (int64_t input : inputs) {
      Tensor part = dx;
      if (std::holds_alternative<shape::Concat>(spec)) {
        int64_t channels = values[input + 1].dim(1);
        part = reference::channelSlice(dx, offset, channels);
        offset += channels;
      }
      Tensor &total = gradients[input + 1];
      total = total.empty() ? part : sum({total, part});
    }
  }
  return {loss, correct, nearest};
}

} // namespace netc::numeric
