// Whole networks against the reference's chain: random sequential networks
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
constexpr double tolerance = 1e-9;

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

Shape batchOf(int64_t batch, const shape::Shape &example) {
  Shape shape{batch};
  shape.insert(shape.end(), example.begin(), example.end());
  return shape;
}

/// Initialises, trains some steps, the last on a smaller batch, and evaluates
/// after each of them.
void expectTrainsAlike(const NetworkText &network) {
  SCOPED_TRACE(describe(network));
  constexpr uint64_t seed = 0x123456789;
  Session session(toNet(network));
  session.run("initialize", {}, {.seed = seed});
  ReferenceNetwork truth(network, seed);
  // Then the truth goes on from the program's parameters: each step is judged
  // on its own, not by how its network amplifies the rounding of those before.
  auto expectParameters = [&](const std::string &when) {
    for (auto &[name, value] : truth.parameters) {
      Tensor actual = session.parameter(name).reshaped(value.shape);
      EXPECT_EQ(difference(actual, value, tolerance), "")
          << name << " " << when;
      value = actual;
    }
  };
  auto expectStep = [&](const std::vector<Tensor> &results,
                        const ReferenceNetwork::Step &expected,
                        const std::string &when) {
    EXPECT_EQ(difference(results[0], expected.loss, tolerance), "")
        << "loss " << when;
    EXPECT_EQ(results[1].values, expected.correct.values) << when;
  };
  expectParameters("at first");
  truth.drawBiases();
  for (const auto &[name, value] : truth.parameters)
    if (name.ends_with(".bias"))
      session.setParameter(name, value);
  for (uint32_t step = 0; step < 3; ++step) {
    bool last = step == 2 && network.lastBatch > 0;
    std::string when = "after step " + std::to_string(step);
    int64_t batch = last ? network.lastBatch : network.batch;
    Tensor pixels =
        wholeNumbers(batchOf(batch, network.pixels), Input + 10 * step, 256);
    Tensor labels = wholeNumbers({batch}, Labels + 10 * step, 10);
    runtime::RunState state{seed, step, 0, step == 2 ? 1.0f : 0.1f};
    expectStep(session.run(last ? "train_last_step" : "train_step",
                           {pixels, labels}, state),
               truth.train(pixels, labels, state.learningRate, seed, step),
               "of step " + when);
    expectParameters(when);
    Tensor whole =
        wholeNumbers(batchOf(network.batch, network.pixels), Input + 7, 256);
    Tensor wholeLabels = wholeNumbers({network.batch}, Labels + 7, 10);
    expectStep(session.run("evaluate", {whole, wholeLabels}, state),
               truth.evaluate(whole, wholeLabels), "of evaluation " + when);
  }
}

class RandomNetworks : public testing::TestWithParam<uint32_t> {};

} // namespace

TEST_P(RandomNetworks, TrainLikeTheReference) {
  expectTrainsAlike(randomNetwork(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks,
                         testing::Range(uint32_t(0), uint32_t(24)));

TEST(LeNet, TrainsLikeTheReference) { expectTrainsAlike(leNet()); }
