// Whole networks against the reference: random networks
// through differentiation, fusion, layouts and memory planning, as programs
// that initialise, train and evaluate.
#include "test/numeric/Harness.h"
#include "test/numeric/RandomNetwork.h"
#include "test/numeric/ReferenceNetwork.h"

#include <gtest/gtest.h>

using namespace netc;
using namespace netc::numeric;

namespace {

// Relative to a tensor's root mean square, through every layer.
// A normalisation of few values makes rounding larger.
constexpr double tolerance = 1e-4;

NetworkText leNet() {
  auto sigmoid = shape::Activation{shape::ActivationKind::Sigmoid};
  shape::AvgPool2D pool{{2, 2}, {2, 2}};
  return {{1, 28, 28},
          {{"conv2d_1", shape::Conv2D{6, {5, 5}, {1, 1}, {2, 2}}},
           {"sigmoid_1", sigmoid},
           {"avg_pool2d_1", pool},
           {"conv2d_2", shape::Conv2D{16, {5, 5}}},
           {"sigmoid_2", sigmoid},
           {"avg_pool2d_2", pool},
           {"flatten_1", shape::Flatten{}},
           {"dense_1", shape::Dense{120}},
           {"sigmoid_3", sigmoid},
           {"dense_2", shape::Dense{84}},
           {"sigmoid_4", sigmoid},
           {"dense_3", shape::Dense{10}}},
          4,
          3,
          0.9,
          0};
}

NetworkText smallAlexNet() {
  auto relu = shape::Activation{shape::ActivationKind::ReLU};
  shape::MaxPool2D pool{{3, 3}, {2, 2}};
  return {{1, 35, 35},
          {{"conv2d_1", shape::Conv2D{16, {5, 5}, {2, 2}}},
           {"relu_1", relu},
           {"max_pool2d_1", pool},
           {"conv2d_2", shape::Conv2D{32, {3, 3}, {1, 1}, {1, 1}}},
           {"relu_2", relu},
           {"conv2d_3", shape::Conv2D{32, {3, 3}, {1, 1}, {1, 1}}},
           {"relu_3", relu},
           {"max_pool2d_2", pool},
           {"flatten_1", shape::Flatten{}},
           {"dense_1", shape::Dense{64}},
           {"relu_4", relu},
           {"dropout_1", shape::Dropout{0.5}},
           {"dense_2", shape::Dense{10}}},
          4,
          1,
          0,
          0.01};
}

/// A residual network's stem and a block's path, channels that leave padding.
NetworkText normNet() {
  auto relu = shape::Activation{shape::ActivationKind::ReLU};
  auto conv = [](int64_t channels, int64_t stride, int64_t kernel,
                 int64_t groups = 1) {
    return shape::Conv2D{channels,
                         {kernel, kernel},
                         {stride, stride},
                         {kernel / 2, kernel / 2},
                         {1, 1},
                         groups,
                         false};
  };
  return {{3, 20, 19},
          {{"conv2d_1", conv(20, 2, 7)},
           {"batchnorm_1", shape::BatchNorm{}},
           {"relu_1", relu},
           {"max_pool2d_1", shape::MaxPool2D{{3, 3}, {2, 2}, {1, 1}}},
           {"conv2d_2", conv(17, 1, 3)},
           {"batchnorm_2", shape::BatchNorm{0.5, 1e-3}},
           {"relu_2", relu},
           {"conv2d_3", conv(17, 1, 3, 17)},
           {"batchnorm_3", shape::BatchNorm{0.1, 1e-5, false}},
           {"conv2d_4", conv(32, 2, 1)},
           {"scale_1", shape::Scale{}},
           {"relu_3", relu},
           {"layernorm_1", shape::LayerNorm{}},
           {"global_avg_pool2d_1", shape::GlobalAvgPool2D{}},
           {"flatten_1", shape::Flatten{}},
           {"dense_1", shape::Dense{10}}},
          5,
          2,
          0.9,
          0.01};
}

Shape batchOf(int64_t batch, const shape::Shape &example) {
  Shape shape{batch};
  shape.insert(shape.end(), example.begin(), example.end());
  return shape;
}

/// A network as a program and as the reference has it, side by side.
class SideBySide {
public:
  SideBySide(const NetworkText &network, int64_t valueBytes)
      : network(network), session(toNet(network), valueBytes),
        truth(network, seed) {
    session.run("initialize", {}, {.seed = seed});
    expectSameParameters("at first");
    truth.drawBiases();
    for (const auto &[name, value] : truth.parameters)
      if (name.ends_with(".bias"))
        session.setParameter(name, value);
  }

  void train(uint32_t step, bool lastBatch, float learningRate) {
    int64_t batch = lastBatch ? network.lastBatch : network.batch;
    runtime::RunState state{seed, step, 0, learningRate};
    // Of some batches, one that rounding takes past no kink.
    for (uint32_t draw = 0; draw < 20; ++draw) {
      Tensor pixels = drawPixels(batch, 1 + step * 20 + draw);
      Tensor labels = drawLabels(batch, 1 + step * 20 + draw);
      ReferenceNetwork next = truth;
      auto expected = next.train(pixels, labels, learningRate, seed, step);
      if (expected.kinkDistance < 1e-6)
        continue;
      truth = std::move(next);
      std::string when = "in step " + std::to_string(step);
      expectSame(session.run(lastBatch ? "train_last_step" : "train_step",
                             inputs(pixels, labels), state),
                 expected, when);
      return expectSameParameters(when);
    }
    ADD_FAILURE() << "every batch lies at a kink";
  }

  void evaluate(uint32_t step) {
    Tensor pixels = drawPixels(network.batch, 0);
    Tensor labels = drawLabels(network.batch, 0);
    expectSame(session.run("evaluate", inputs(pixels, labels), {seed, step}),
               truth.evaluate(pixels, labels),
               "in evaluation behind step " + std::to_string(step));
  }

private:
  static constexpr uint64_t seed = 0x123456789;

  Tensor drawPixels(int64_t batch, uint32_t number) const {
    return wholeNumbers(batchOf(batch, network.pixels), Input + 10 * number,
                        256);
  }
  /// Of the classes that the output has, a map where it is one.
  Tensor drawLabels(int64_t batch, uint32_t number) const {
    shape::Shape output = shapesOf(network).back();
    auto classes = static_cast<uint32_t>(std::max<int64_t>(output[0], 2));
    output.erase(output.begin());
    return wholeNumbers(batchOf(batch, output), Labels + 10 * number, classes);
  }
  std::vector<Tensor> inputs(const Tensor &pixels, const Tensor &labels) const {
    if (network.loss.targetsInput)
      return {pixels};
    return {pixels, labels};
  }

  static void expectSame(const std::vector<Tensor> &results,
                         const ReferenceNetwork::Step &expected,
                         const std::string &when) {
    // log(sum) near 1 has the rounding of 1, however small the loss.
    EXPECT_EQ(difference(results[0], expected.loss, tolerance, 1), "")
        << "loss " << when;
    size_t correct = expected.correct.empty() ? 0 : 1;
    size_t output = expected.output.empty() ? 0 : 1;
    ASSERT_EQ(results.size(), 1 + correct + output);
    if (correct) {
      EXPECT_EQ(results[1].values, expected.correct.values) << when;
    }
    if (output) {
      EXPECT_EQ(difference(results.back(), expected.output, tolerance), "")
          << "output " << when;
    }
  }

  /// Then the truth goes on from the program's parameters: each step is judged
  /// on its own, not by how its network amplifies the rounding of those before.
  void expectSameParameters(const std::string &when) {
    for (auto &[name, value] : truth.parameters) {
      Tensor actual = session.parameter(name).reshaped(value.shape);
      EXPECT_EQ(difference(actual, value, tolerance), "")
          << name << " " << when;
      value = actual;
    }
  }

  NetworkText network;
  Session session;
  ReferenceNetwork truth;
};

constexpr int64_t anyBytes = -1, leastBytes = 0; // for a step's values

void expectTrainsAlike(const NetworkText &network,
                       int64_t valueBytes = anyBytes) {
  SCOPED_TRACE(describe(network));
  SideBySide both(network, valueBytes);
  both.train(0, false, 0.1f);
  both.evaluate(0);
  both.train(1, false, 0.1f);
  // The large rate comes last: it may drive a tanh so close to 1 that its
  // slope, 1 - y*y, is rounding alone.
  both.train(2, network.lastBatch > 0, 1);
  both.evaluate(2);
}

class RandomNetworks : public testing::TestWithParam<uint32_t> {};

} // namespace

TEST_P(RandomNetworks, TrainLikeTheReference) {
  expectTrainsAlike(randomNetwork(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks,
                         testing::Range(uint32_t(0), uint32_t(24)));

class RandomGraphs : public testing::TestWithParam<uint32_t> {};

TEST_P(RandomGraphs, TrainLikeTheReference) {
  expectTrainsAlike(randomGraph(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphs,
                         testing::Range(uint32_t(0), uint32_t(24)));

// What is computed again is what was computed first.
TEST_P(RandomNetworks, TrainAlikeInLittleMemory) {
  expectTrainsAlike(randomNetwork(GetParam()), leastBytes);
}
TEST_P(RandomGraphs, TrainAlikeInLittleMemory) {
  expectTrainsAlike(randomGraph(GetParam()), leastBytes);
}

/// Some layers of one size.
static NetworkText chain() {
  NetworkText network = smallAlexNet();
  network.pixels = {8, 16, 16};
  network.layers.clear();
  for (int i = 1; i <= 12; ++i) {
    std::string number = std::to_string(i);
    network.layers.push_back(
        {"conv2d_" + number, shape::Conv2D{16, {3, 3}, {1, 1}, {1, 1}}});
    network.layers.push_back(
        {"tanh_" + number, shape::Activation{shape::ActivationKind::Tanh}});
  }
  network.layers.push_back({"flatten_1", shape::Flatten{}});
  network.layers.push_back({"dense_1", shape::Dense{10}});
  network.batch = 64;
  return network;
}

TEST(LittleMemory, LessThanWithout) {
  Session plain(toNet(chain())), little(toNet(chain()), leastBytes);
  EXPECT_LT(little.bytes(), plain.bytes() * 3 / 4);
}

TEST(LeNet, TrainsLikeTheReference) { expectTrainsAlike(leNet()); }

/// A small decoder: pictures from pictures.
static NetworkText decoder(int64_t channels) {
  shape::Conv2DTranspose enlarge;
  enlarge.channels = channels;
  enlarge.kernel = {2, 2};
  enlarge.stride = {2, 2};
  return {{1, 8, 10},
          {{"conv2d_1", shape::Conv2D{16, {3, 3}, {2, 2}, {1, 1}}},
           {"gelu_1", shape::Activation{shape::ActivationKind::GELU}},
           {"conv2dtranspose_1", enlarge}},
          4,
          3,
          0.9,
          0};
}

TEST(Losses, OfTheInput) {
  NetworkText network = decoder(1);
  for (const char *loss :
       {"mean_squared_error", "sigmoid_binary_cross_entropy"}) {
    network.loss = {loss, 0, true};
    expectTrainsAlike(network);
  }
}

TEST(Losses, OfMapsOfLabels) {
  NetworkText network = decoder(3);
  network.nesterov = true;
  network.loss.labelSmoothing = 0.1;
  expectTrainsAlike(network);
  for (const char *loss :
       {"mean_squared_error", "sigmoid_binary_cross_entropy"}) {
    network.loss = {loss, 0, false};
    expectTrainsAlike(network);
  }
}

TEST(Losses, OfOneOutput) {
  NetworkText network{
      {1, 4, 4},
      {{"flatten_1", shape::Flatten{}}, {"dense_1", shape::Dense{1}}},
      5,
      2,
      0,
      0.01};
  for (const char *loss :
       {"mean_squared_error", "sigmoid_binary_cross_entropy"}) {
    network.loss = {loss, 0, false};
    expectTrainsAlike(network);
  }
}

TEST(AlexNet, TrainsLikeTheReference) { expectTrainsAlike(smallAlexNet()); }

TEST(NormNet, TrainsLikeTheReference) { expectTrainsAlike(normNet()); }
