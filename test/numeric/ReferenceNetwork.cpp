// The chain of the reference's layers, forward and backward.
#include "test/numeric/ReferenceNetwork.h"

#include "test/numeric/FunctionText.h"
#include "test/numeric/Values.h"
#include "test/reference/Activation.h"
#include "test/reference/Dense.h"
#include "test/reference/Dropout.h"
#include "test/reference/Loss.h"
#include "test/reference/Parameter.h"
#include "test/reference/Spatial.h"
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
  return static_cast<reference::Activation>(spec.kind); // in the same order
}

/// Nothing where the kind has no parameter, or a ReLU no maximum.
reference::Parameter parameterOf(const shape::Activation &spec) {
  if (!std::isfinite(spec.parameter))
    return {};
  return spec.parameter;
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

int64_t groupsOf(const shape::LayerSpec &spec) {
  if (auto *conv = std::get_if<shape::Conv2D>(&spec))
    return conv->groups;
  if (auto *conv = std::get_if<shape::Conv2DTranspose>(&spec))
    return conv->groups;
  return 1;
}

/// The shape of a parameter in `net`: grouped filters are [G, O/G, ...].
shape::Shape netShape(const shape::LayerSpec &spec, shape::Shape shape) {
  int64_t groups = groupsOf(spec);
  if (groups == 1 || shape.size() != 4)
    return shape;
  shape[0] /= groups;
  shape.insert(shape.begin(), groups);
  return shape;
}

reference::Conv2DTranspose convOf(const shape::Conv2DTranspose &spec) {
  return {spec.stride, spec.padding, spec.outputPadding, spec.dilation,
          spec.groups};
}

bool isBilinear(const shape::Upsample2D &spec) {
  return spec.mode == shape::Interpolation::Bilinear;
}

shape::Sides sidesOf(const shape::ZeroPadding2D &spec) { return spec.padding; }
shape::Sides sidesOf(const shape::Crop2D &spec) {
  shape::Sides sides = spec.cropping;
  for (int64_t &side : sides)
    side = -side;
  return sides;
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

double kinkDistance(const shape::GlobalMaxPool2D &, const Tensor &input) {
  return kinkDistance(wholePool(input), input);
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
      parameters[name] = p.name == "bias"
                             ? Tensor(p.shape)
                             : reference::xavierUniform(p.shape, p.fanIn,
                                                        p.fanOut, seed, name);
      if (network.momentum != 0)
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
        [&](const shape::Conv2DTranspose &s) {
          return function.op("conv2d_transpose", operands,
                             attributesOf(convOf(s)), type);
        },
        [&](const shape::GlobalMaxPool2D &) {
          reference::Pool2D whole{
              {input[1], input[2]}, {input[1], input[2]}, {0, 0}};
          std::string indices =
              tensorType(batched(batch, inferred(layer.spec, input)), "ui8");
          return function.ops("max_pool2d", operands, attributesOf(whole),
                              {type, indices})[0];
        },
        [&](const shape::Upsample2D &s) {
          return function.op("upsample2d", operands,
                             sizes("scale", {s.scale[0], s.scale[1]}) +
                                 ", mode = #net.interpolation<" +
                                 std::string(shape::toString(s.mode)) + ">",
                             type);
        },
        [&](const shape::ZeroPadding2D &s) {
          shape::Sides sides = sidesOf(s);
          return function.op("pad2d", operands,
                             sizes("sides", {sides.begin(), sides.end()}),
                             type);
        },
        [&](const shape::Crop2D &s) {
          shape::Sides sides = sidesOf(s);
          return function.op("pad2d", operands,
                             sizes("sides", {sides.begin(), sides.end()}),
                             type);
        },
        [&](const shape::Reshape &s) {
          return function.op("reshape", operands, sizes("shape", s.shape),
                             type);
        },
        [&](const shape::Activation &s) {
          return activation(activationOf(s), x, parameterOf(s));
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
  auto [loss, correct, gradient] = lossOf(forward(pixels, nullptr), labels);
  return {loss, correct, std::numeric_limits<double>::infinity()};
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
  // From the gradient dy of a layer's output y to that of its input x; its
  // parameters change once their own values are no longer needed.
  Tensor dy = lossGradient;
  double nearest = std::numeric_limits<double>::infinity();
  for (size_t i = network.layers.size(); i-- > 0;) {
    const auto &[name, spec] = network.layers[i];
    const Tensor &x = values[i];
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
    if (p.name == "bias")
      declarations += " {init = \"zero\"}\n";
    else
      declarations +=
          " {init = \"xavier\", fan_in = " + std::to_string(p.fanIn) +
          " : i64, fan_out = " + std::to_string(p.fanOut) + " : i64}\n";
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
        std::string attributes = "kind = #net.activation<" +
                                 std::string(shape::toString(s.kind)) + ">";
        if (s.parameter != shape::defaultParameter(s.kind))
          attributes += ", " + real("argument", s.parameter);
        return function.op("activation", operands, attributes, type);
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
         "  net.training @network {loss = \"" + network.loss.name + "\", " +
         real("label_smoothing", network.loss.labelSmoothing) +
         ", target = \"" + (network.loss.targetsInput ? "input" : "label") +
         "\", " + (network.nesterov ? "nesterov, " : "") +
         real("momentum", network.momentum) + ", " +
         real("weight_decay", network.weightDecay) +
         ", last_batch = " + std::to_string(network.lastBatch) + " : i64}\n";
}

} // namespace netc::numeric
