// The chain of the reference's layers, forward and backward.
#include "test/numeric/ReferenceNetwork.h"

#include "test/numeric/FunctionText.h"
#include "test/numeric/Values.h"
#include "test/reference/Activation.h"
#include "test/reference/Dense.h"
#include "test/reference/Dropout.h"
#include "test/reference/LayerNorm.h"
#include "test/reference/Loss.h"
#include "test/reference/Parameter.h"
#include "test/reference/Scale.h"
#include "test/reference/Transforms.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace netc::numeric {

namespace {

template <typename... Case> struct Overloaded : Case... {
  using Case::operator()...;
};
template <typename... Case> Overloaded(Case...) -> Overloaded<Case...>;

reference::Conv2D convOf(const shape::Conv2D &spec) {
  return {spec.stride, spec.padding, spec.dilation, spec.groups};
}

template <typename Pool> reference::Pool2D poolOf(const Pool &spec) {
  return {spec.window, spec.stride, spec.padding};
}

reference::Activation activationOf(const shape::Activation &spec) {
  switch (spec.kind) {
  case shape::ActivationKind::ReLU:
    return reference::Activation::ReLU;
  case shape::ActivationKind::Sigmoid:
    return reference::Activation::Sigmoid;
  case shape::ActivationKind::Tanh:
    return reference::Activation::Tanh;
  }
  assert(false && "unknown activation");
  return {};
}

shape::Shape inferred(const shape::LayerSpec &spec, const shape::Shape &input) {
  auto result = infer(spec, input);
  if (auto *error = std::get_if<shape::ShapeError>(&result))
    throw std::invalid_argument(error->message);
  return std::get<shape::Inferred>(result).shape;
}

shape::Shape batched(int64_t batch, shape::Shape shape) {
  shape.insert(shape.begin(), batch);
  return shape;
}

/// The shape of a parameter in `net`: grouped filters are [G, O/G, ...], what
/// scales an example is flat.
shape::Shape netShape(const shape::LayerSpec &spec, shape::Shape shape) {
  if (std::holds_alternative<shape::LayerNorm>(spec)) // of rows
    return {*shape::elementCount(shape)};
  auto *conv = std::get_if<shape::Conv2D>(&spec);
  if (!conv || conv->groups == 1 || shape.size() != 4)
    return shape;
  shape[0] /= conv->groups;
  shape.insert(shape.begin(), conv->groups);
  return shape;
}

double kinkDistance(const shape::Activation &spec, const Tensor &input) {
  double nearest = std::numeric_limits<double>::infinity();
  if (spec.kind == shape::ActivationKind::ReLU)
    for (double x : input.values)
      if (x != 0)
        nearest = std::min(nearest, std::abs(x));
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

template <typename Other> double kinkDistance(const Other &, const Tensor &) {
  return std::numeric_limits<double>::infinity();
}

} // namespace

ReferenceNetwork::ReferenceNetwork(const NetworkText &network, uint64_t seed)
    : network(network) {
  shape::Shape shape = network.pixels;
  for (const auto &[layer, spec] : network.layers) {
    for (const shape::ParameterShape &p : shape::parameters(spec, shape)) {
      std::string name = layer + "." + p.name;
      parameters[name] =
          p.init == shape::Init::Xavier
              ? reference::xavierUniform(p.shape, p.fanIn, p.fanOut, seed, name)
              : Tensor(p.shape, p.init == shape::Init::One);
      if (network.momentum != 0 && !p.isStatistic)
        parameters[name + ".velocity"] = Tensor(p.shape);
    }
    shape = inferred(spec, shape);
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
  for (const auto &[name, spec] : network.layers) {
    const Tensor &x = values.back();
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
        [&](const shape::Activation &s) {
          return activation(activationOf(s), x);
        },
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

ReferenceNetwork::Step ReferenceNetwork::evaluate(const Tensor &pixels,
                                                  const Tensor &labels) const {
  auto [loss, correct] =
      softmaxCrossEntropy(forward(pixels, nullptr).back(), labels);
  return {loss, correct, std::numeric_limits<double>::infinity()};
}

ReferenceNetwork::Step ReferenceNetwork::train(const Tensor &pixels,
                                               const Tensor &labels,
                                               double learningRate,
                                               uint64_t seed, uint64_t step) {
  Random random{seed, step};
  std::vector<Tensor> values = forward(pixels, &random);
  auto [loss, correct] = softmaxCrossEntropy(values.back(), labels);

  reference::Sgd sgd{learningRate, network.momentum, network.weightDecay};
  auto update = [&](const std::string &name, const Tensor &gradient) {
    Tensor &weight = parameters.at(name);
    Tensor none(weight.shape);
    sgdUpdate(sgd, gradient, weight,
              network.momentum != 0 ? parameters.at(name + ".velocity") : none);
  };
  /// Updates what the layer has, and goes on with the input's gradient.
  auto updateNorm = [&](const std::string &layer, bool hasWeight, bool hasBias,
                        const reference::NormGradients &gradients) {
    if (hasWeight)
      update(layer + ".weight", gradients.weight);
    if (hasBias)
      update(layer + ".bias", gradients.bias);
    return gradients.input;
  };
  // From the gradient dy of a layer's output y to that of its input x; its
  // parameters change once their own values are no longer needed.
  Tensor dy = softmaxCrossEntropyMeanGradient(values.back(), labels);
  double nearest = std::numeric_limits<double>::infinity();
  for (size_t i = network.layers.size(); i-- > 0;) {
    const auto &[name, spec] = network.layers[i];
    const Tensor &x = values[i], &y = values[i + 1];
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
        [&](const shape::Activation &s) {
          return activationGradientFromOutput(activationOf(s), y, dy);
        },
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
    dy = std::visit(back, spec);
  }
  return {loss, correct, nearest};
}

/// Appends one layer to the function, its parameters to `declarations`.
static FunctionText::Value emit(const NetworkLayer &layer,
                                const shape::Shape &input, int64_t batch,
                                FunctionText &function, FunctionText::Value x,
                                FunctionText::Value state,
                                std::string &declarations) {
  const std::string &name = layer.name;
  std::string type = tensorType(batched(batch, inferred(layer.spec, input)));
  FunctionText::Values operands{x};
  for (const shape::ParameterShape &p : shape::parameters(layer.spec, input)) {
    std::string parameter = name + "." + p.name;
    shape::Shape shape = netShape(layer.spec, p.shape);
    declarations +=
        "  net.parameter @\"" + parameter + "\" : " + tensorType(shape);
    if (p.init != shape::Init::Xavier)
      declarations += std::string(" {init = ") +
                      (p.init == shape::Init::One ? "\"one\"" : "\"zero\"") +
                      (p.isStatistic ? ", trainable = false, statistic" : "") +
                      "}\n";
    else
      declarations +=
          " {init = \"xavier\", fan_in = " + std::to_string(p.fanIn) +
          " : i64, fan_out = " + std::to_string(p.fanOut) + " : i64}\n";
    if (!p.isStatistic)
      operands.push_back(function.readParameter(parameter, tensorType(shape)));
  }
  auto emitLayer = Overloaded{
      [&](const shape::Conv2D &s) {
        return function.op("conv2d", operands, attributesOf(convOf(s)), type);
      },
      [&](const shape::MaxPool2D &s) {
        std::string indices =
            tensorType(batched(batch, inferred(layer.spec, input)), "ui8");
        return function.ops("max_pool2d", operands, attributesOf(poolOf(s)),
                            {type, indices})[0];
      },
      [&](const shape::AvgPool2D &s) {
        return function.op("avg_pool2d", operands, attributesOf(poolOf(s)),
                           type);
      },
      [&](const shape::GlobalAvgPool2D &) {
        reference::Pool2D whole{
            {input[1], input[2]}, {input[1], input[2]}, {0, 0}};
        return function.op("avg_pool2d", operands, attributesOf(whole), type);
      },
      [&](const shape::Flatten &) {
        return function.op("reshape", operands,
                           sizes("shape", inferred(layer.spec, input)), type);
      },
      [&](const shape::Dense &) {
        return function.op("dense", operands, "", type);
      },
      [&](const shape::Dropout &s) {
        return function.op("dropout", {x, state},
                           real("rate", s.rate) + ", path = \"" + name + "\"",
                           type);
      },
      [&](const shape::Activation &s) {
        return function.op("activation", operands,
                           "kind = #net.activation<" +
                               std::string(shape::toString(s.kind)) + ">",
                           type);
      },
      [&](const shape::BatchNorm &s) {
        std::string channels = tensorType({input[0]});
        return function.ops("batch_norm", operands,
                            real("epsilon", s.epsilon) + ", " +
                                real("momentum", s.momentum) +
                                ", running_mean = @\"" + name +
                                ".running_mean\", running_variance = @\"" +
                                name + ".running_var\"",
                            {type, channels, channels})[0];
      },
      [&](const shape::LayerNorm &s) {
        shape::Shape row{*shape::elementCount(input)};
        std::string rowType = tensorType(batched(batch, row)),
                    rows = tensorType({batch});
        operands[0] = function.op("reshape", {x}, sizes("shape", row), rowType);
        auto y =
            function.ops("layer_norm", operands, real("epsilon", s.epsilon),
                         {rowType, rows, rows})[0];
        return function.op("reshape", {y}, sizes("shape", input), type);
      },
      [&](const shape::Scale &) {
        std::string channels = tensorType({input[0]});
        FunctionText::Values given{{"%zero_" + name, channels},
                                   {"%one_" + name, channels}};
        function.line(given[0].name +
                      " = net.fill {value = 0.0 : f64} : " + channels);
        function.line(given[1].name +
                      " = net.fill {value = 1.0 : f64} : " + channels);
        operands.insert(operands.begin() + 1, given.begin(), given.end());
        return function.op("batch_norm_inference", operands, real("epsilon", 0),
                           type);
      }};
  return std::visit(emitLayer, layer.spec);
}

std::string toNet(const NetworkText &network) {
  FunctionText function("network");
  auto pixels = function.argument(batched(network.batch, network.pixels), "ui8",
                                  "pixels");
  auto state = function.state();
  auto value = function.op("to_tensor", {pixels}, "",
                           tensorType(batched(network.batch, network.pixels)));
  std::string declarations;
  shape::Shape shape = network.pixels;
  for (const NetworkLayer &layer : network.layers) {
    value =
        emit(layer, shape, network.batch, function, value, state, declarations);
    shape = inferred(layer.spec, shape);
  }
  return declarations + function.text({value}) +
         "  net.training @network {loss = \"softmax_cross_entropy\", " +
         real("momentum", network.momentum) + ", " +
         real("weight_decay", network.weightDecay) +
         ", last_batch = " + std::to_string(network.lastBatch) + " : i64}\n";
}

} // namespace netc::numeric
