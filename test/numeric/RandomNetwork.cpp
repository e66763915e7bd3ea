// Draws layers and keeps those that fit.
#include "test/numeric/RandomNetwork.h"

#include "test/numeric/Values.h"

namespace netc::numeric {

namespace {

/// Draws layers that fit one behind another.
class RandomNetwork {
public:
  RandomNetwork(uint32_t seed, bool branches)
      : seed(seed), branches(branches) {}

  NetworkText draw() {
    NetworkText network;
    network.batch = pick({1, 2, 5});
    network.lastBatch = network.batch > 1 ? 1 : 0;
    network.momentum = pick({0, 1}) ? 0.9 : 0;
    network.weightDecay = pick({0, 0, 1}) ? 0.01 : 0;
    network.pixels = {pick({1, 3}), pick({12, 15, 16}), pick({12, 13, 17})};
    layers.clear();
    shape = network.pixels;
    for (int64_t stages = pick({1, 2, 3}); stages > 0; --stages) {
      drawImageStage();
      if (branches)
        drawBranches(2);
    }
    if (pick({0, 1}) && shape[1] * shape[2] <= 49) // the reference is slow
      drawEnlargement();
    switch (pick({0, 0, 0, 1, 2})) {
    case 1:
      add("global_avg_pool2d", shape::GlobalAvgPool2D{});
      break;
    case 2:
      add("global_max_pool2d", shape::GlobalMaxPool2D{});
      break;
    }
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
      append(kind, spec, {last});
    }
  }

  void append(const std::string &kind, const shape::LayerSpec &spec,
              std::vector<int64_t> inputs) {
    last = static_cast<int64_t>(layers.size());
    layers.push_back({kind + "_" + std::to_string(++numbers[kind]), spec,
                      std::move(inputs)});
  }

  /// Two or three branches of the shape there is, one perhaps without a layer
  /// and one perhaps of branches again.
  void drawBranches(int depth) {
    int64_t entry = last;
    shape::Shape entryShape = shape;
    bool adds = pick({0, 1}) != 0;
    std::vector<int64_t> ends;
    std::vector<shape::Shape> shapes;
    for (int64_t count = pick({1, 2, 2, 3}); count > 0; --count) {
      last = entry;
      shape = entryShape;
      auto conv = [&](int64_t kernel, int64_t channels) {
        add("conv2d",
            shape::Conv2D{
                channels, {kernel, kernel}, {1, 1}, {kernel / 2, kernel / 2}});
      };
      switch (pick({0, 1, 2, 3})) {
      case 1:
        conv(3, pick({8, 16}));
        drawActivation();
        break;
      case 2:
        conv(1, pick({5, 16, 24}));
        break;
      case 3:
        if (depth > 1)
          drawBranches(depth - 1);
        break;
      }
      if (adds && shape != entryShape)
        conv(1, entryShape[0]);
      ends.push_back(last);
      shapes.push_back(shape);
    }
    shape::LayerSpec join = shape::Concat();
    if (adds)
      join = shape::Sum();
    append(adds ? "sum" : "concat", join, ends);
    shape = std::get<shape::Inferred>(infer(join, std::span(shapes))).shape;
  }

  void drawActivation() {
    using enum shape::ActivationKind;
    if (pick({0, 1, 1, 1, 1}) == 0)
      return;
    const shape::Activation activations[] = {
        {ReLU}, {ReLU},           {Sigmoid},  {Tanh},     {ReLU, 0.75},
        {GELU}, {LeakyReLU, 0.2}, {SiLU},     {ELU},      {LeakyReLU, -0.5},
        {ReLU}, {ELU, 0.5},       {Softplus}, {HardSwish}};
    const shape::Activation &drawn =
        activations[pick({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})];
    add(std::string(shape::toString(drawn.kind)), drawn);
  }

  /// What decoders have: larger pictures, cut and padded.
  void drawEnlargement() {
    switch (pick({0, 1, 2})) {
    case 0: {
      shape::Conv2DTranspose conv;
      conv.channels = pick({3, 8, 16});
      conv.kernel = {pick({2, 3}), pick({2, 4})};
      conv.stride = {pick({1, 2}), 2};
      conv.outputPadding = {0, pick({0, 1})};
      conv.padding = {pick({0, 1}), 0};
      conv.useBias = pick({0, 1, 1}) != 0;
      add("conv2dtranspose", conv);
      break;
    }
    case 1:
      add("upsample2d",
          shape::Upsample2D{{2, pick({1, 2, 3})},
                            pick({0, 1}) ? shape::Interpolation::Bilinear
                                         : shape::Interpolation::Nearest});
      break;
    }
    drawActivation();
    if (pick({0, 1}))
      add("zeropadding2d", shape::ZeroPadding2D{{1, 0, pick({0, 2}), 1}});
    else
      add("crop2d", shape::Crop2D{{0, pick({0, 1}), 1, 0}});
    if (pick({0, 1}))
      add("reshape", shape::Reshape{{shape[1], shape[0], shape[2]}});
  }

  /// Batch normalisation only of enough values that none of its channels is all
  /// but constant: the gradient of a lone pair is rounding alone.
  void drawNorm() {
    bool images = shape.size() == 3 && shape[1] * shape[2] >= 12;
    switch (pick({0, 0, 1, 2, 3})) {
    case 1:
      if (images) {
        // Its gradient would be rounding alone: the norm takes the mean away.
        if (auto *conv = std::get_if<shape::Conv2D>(&layers.back().spec))
          conv->useBias = false;
        add("batchnorm", shape::BatchNorm{pick({0, 1}) ? 0.1 : 0.5, 1e-3,
                                          pick({0, 1, 1}) != 0});
      }
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
  bool branches;
  int64_t last = -1;
  shape::Shape shape;
  std::vector<NetworkLayer> layers;
  std::map<std::string, int> numbers;
};

} // namespace

NetworkText randomNetwork(uint32_t seed) {
  return RandomNetwork(seed, false).draw();
}

NetworkText randomGraph(uint32_t seed) {
  return RandomNetwork(seed, true).draw();
}

std::string describe(const NetworkText &network) {
  std::string text = "batch " + std::to_string(network.batch) + ", " +
                     shape::toString(network.pixels);
  std::vector<shape::Shape> shapes = shapesOf(network);
  for (size_t i = 0; i < network.layers.size(); ++i) {
    text +=
        " -> " + network.layers[i].name + " " + shape::toString(shapes[i + 1]);
    if (!network.layers[i].inputs.empty()) {
      text += " of";
      for (int64_t input : network.layers[i].inputs)
        text += " " + std::to_string(input);
    }
  }
  return text;
}

} // namespace netc::numeric
