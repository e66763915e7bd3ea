// Draws layers and keeps those that fit.
#include "test/numeric/RandomNetwork.h"

#include "test/numeric/Values.h"

namespace netc::numeric {

namespace {

/// Draws layers that fit one behind another.
class RandomNetwork {
public:
  explicit RandomNetwork(uint32_t seed) : seed(seed) {}

  NetworkText draw() {
    NetworkText network;
    network.batch = pick({1, 2, 5});
    network.lastBatch = network.batch > 1 ? 1 : 0;
    network.momentum = pick({0, 1}) ? 0.9 : 0;
    network.weightDecay = pick({0, 0, 1}) ? 0.01 : 0;
    network.pixels = {pick({1, 3}), pick({12, 15, 16}), pick({12, 13, 17})};
    layers.clear();
    shape = network.pixels;
    for (int64_t stages = pick({1, 2, 3}); stages > 0; --stages)
      drawImageStage();
    if (pick({0, 0, 1}))
      add("global_avg_pool2d", shape::GlobalAvgPool2D{});
    add("flatten", shape::Flatten{});
    for (int64_t stages = pick({0, 1, 2}); stages > 0; --stages) {
      add("dense", shape::Dense{pick({7, 16, 33}), pick({0, 1, 1}) != 0});
      drawNorm();
      drawActivation();
      if (pick({0, 1}))
        add("dropout", shape::Dropout{pick({0, 1}) ? 0.5 : 0.2});
    }
    add("dense", shape::Dense{10});
    network.layers = layers;
    return network;
  }

private:
  int64_t pick(std::initializer_list<int64_t> choices) {
    return choices.begin()[hash(count++, seed) % choices.size()];
  }

  /// Adds the layer if it fits what is there.
  void add(const std::string &kind, const shape::LayerSpec &spec) {
    auto result = infer(spec, shape);
    if (auto *fits = std::get_if<shape::Inferred>(&result)) {
      shape = fits->shape;
      layers.push_back({kind + "_" + std::to_string(++numbers[kind]), spec});
    }
  }

  void drawActivation() {
    switch (pick({0, 1, 1, 2, 3})) {
    case 1:
      return add("relu", shape::Activation{shape::ActivationKind::ReLU});
    case 2:
      return add("sigmoid", shape::Activation{shape::ActivationKind::Sigmoid});
    case 3:
      return add("tanh", shape::Activation{shape::ActivationKind::Tanh});
    }
  }

  /// Batch normalisation only of enough values that none of its channels is all
  /// but constant: the gradient of a lone pair is rounding alone.
  void drawNorm() {
    bool images = shape.size() == 3 && shape[1] * shape[2] >= 12;
    switch (pick({0, 0, 1, 2, 3})) {
    case 1:
      if (images)
        add("batchnorm", shape::BatchNorm{pick({0, 1}) ? 0.1 : 0.5, 1e-3,
                                          pick({0, 1, 1}) != 0});
      break;
    case 2:
      add("layernorm", shape::LayerNorm{1e-3, pick({0, 1, 1}) != 0});
      break;
    case 3:
      add("scale", shape::Scale{pick({0, 1}) != 0});
      break;
    }
  }

  void drawImageStage() {
    shape::Conv2D conv;
    conv.kernel = {pick({1, 2, 3, 3, 3, 5}), 3};
    if (pick({0, 1}))
      conv.kernel[1] = pick({1, 2, 4});
    conv.channels = pick({3, 6, 8, 16, 17, 32});
    conv.stride = {pick({1, 1, 2}), pick({1, 1, 2})};
    conv.padding = {pick({0, 1, 2}), pick({0, 1})};
    conv.dilation = {pick({1, 1, 2}), 1};
    conv.useBias = pick({0, 1, 1}) != 0;
    if (pick({0, 0, 1}))
      if (int64_t groups = pick({2, 3}); shape[0] % groups == 0) {
        conv.groups = groups;
        conv.channels = groups * pick({2, 5, 8});
      }
    add("conv2d", conv);
    drawNorm();
    drawActivation();
    shape::Pair window{pick({2, 3}), pick({2, 3})};
    shape::Pair stride{pick({1, 2}), pick({2, 3})};
    shape::Pair padding{pick({0, 0, 1}), pick({0, 0, 1})};
    switch (pick({0, 1, 2, 3})) {
    case 1:
      add("max_pool2d", shape::MaxPool2D{window, stride, padding});
      break;
    case 2:
      add("avg_pool2d", shape::AvgPool2D{window, stride, padding});
      break;
    case 3:
      add("dropout", shape::Dropout{0.3});
      break;
    }
  }

  uint32_t seed, count = 0;
  shape::Shape shape;
  std::vector<NetworkLayer> layers;
  std::map<std::string, int> numbers;
};

} // namespace

NetworkText randomNetwork(uint32_t seed) { return RandomNetwork(seed).draw(); }

std::string describe(const NetworkText &network) {
  std::string text = "batch " + std::to_string(network.batch) + ", " +
                     shape::toString(network.pixels);
  shape::Shape shape = network.pixels;
  for (const auto &[name, spec] : network.layers) {
    shape = std::get<shape::Inferred>(infer(spec, shape)).shape;
    text += " -> " + name + " " + shape::toString(shape);
  }
  return text;
}

} // namespace netc::numeric
