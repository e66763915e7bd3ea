// A network trained by the reference, layer after layer, and the same network
// as `net` text.
#pragma once

#include "compiler/shape/Shape.h"
#include "test/reference/Optimizer.h"
#include "test/reference/Tensor.h"

#include <map>
#include <string>

namespace netc::numeric {

using reference::Tensor;

/// A layer, named as the language names it: `conv2d_1`. It reads the layer
/// before it unless `inputs` says which ones: indices, -1 for the pixels.
struct NetworkLayer {
  std::string name;
  shape::LayerSpec spec;
  std::vector<int64_t> inputs = {};
};

/// The loss as `net.training` names it.
struct LossText {
  std::string name = "softmax_cross_entropy";
  double labelSmoothing = 0;
  bool targetsInput = false;
};

/// Batches of pixels [N, C, h, w] divided by 255, `layers`, and a loss, trained
/// by SGD.
struct NetworkText {
  shape::Shape pixels; // of one example
  std::vector<NetworkLayer> layers;
  int64_t batch = 0, lastBatch = 0;
  double momentum = 0, weightDecay = 0;
  LossText loss = {};
  bool nesterov = false;
};

/// What each layer reads, and the shapes of the pixels and of every layer.
std::vector<int64_t> inputsOf(const NetworkText &network, size_t layer);
std::vector<shape::Shape> shapesOf(const NetworkText &network);

/// The parameters, @network and net.training: what the language emits.
std::string toNet(const NetworkText &network);

class ReferenceNetwork {
public:
  /// Parameters as `initialize` with `seed` makes them.
  ReferenceNetwork(const NetworkText &network, uint64_t seed);

  /// Gives the biases random values. At zero, a unit whose inputs all are
  /// (dropped, padding) would sit at ReLU's kink, where rounding decides.
  void drawBiases();

  struct Step {
    Tensor loss, correct; // [N]; no hits of a loss without an accuracy
    /// How far the nearest ReLU input is from zero, or the nearest loser of a
    /// max pool from its winner. Where it is within rounding, the gradients of
    /// another precision may be others, and no less right. Exact ties do not
    /// count: no gradient passes through what ReLU or dropout made zero.
    double kinkDistance = 0;
    Tensor output{}; // what the network gives; of an evaluation only
  };
  /// One step of training, in place.
  Step train(const Tensor &pixels, const Tensor &labels, double learningRate,
             uint64_t seed, uint64_t step);
  /// Without dropout or change.
  Step evaluate(const Tensor &pixels, const Tensor &labels) const;

  /// By name; the velocity of `w` is `w.velocity`, kept with momentum only.
  std::map<std::string, Tensor> parameters;

private:
  struct Random {
    uint64_t seed, step;
  };
  /// Each layer's output behind the transformed pixels; no dropout without
  /// `random`.
  std::vector<Tensor> forward(const Tensor &pixels, const Random *random) const;
  struct LossOf {
    Tensor loss, correct, gradient; // the gradient of the batch's mean
  };
  LossOf lossOf(const std::vector<Tensor> &values, const Tensor &labels) const;

  NetworkText network;
};

} // namespace netc::numeric
