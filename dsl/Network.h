// What a text means: the expanded network, every argument resolved, every
// shape proved, with the places in the text they came from. No MLIR here.
#pragma once

#include "compiler/shape/Shape.h"
#include "compiler/shape/Transforms.h"
#include "dsl/Diagnostics.h"
#include "dsl/Phase.h"

#include <map>
#include <memory>

namespace netc::dsl {

/// One layer as written. An `activation=` belongs to its layer.
struct Layer {
  std::string name; // "conv2d_1", "features.conv2d_1"; unique
  shape::LayerSpec spec;
  std::optional<shape::ActivationKind> activation;
  shape::Shape input, output;
  SourceRange range; // of the layer's name in the text
};

struct Transform {
  shape::TransformSpec spec;
  SourceRange range;
  Phase phase = Phase::Both;

  bool runsIn(Phase wanted) const {
    return phase == Phase::Both || phase == wanted;
  }
};

enum class LossKind { SoftmaxCrossEntropy };

struct Sgd {
  double learningRate = 0.01;
  double momentum = 0;
  double weightDecay = 0;
};

struct Train {
  LossKind loss = LossKind::SoftmaxCrossEntropy;
  Sgd optimizer;
  int64_t batch = 128, epochs = 1;
  bool declared = false; // false when the file has no `train`
  SourceRange lossRange, batchRange;
};

struct Network {
  std::string name, inputName;
  shape::Shape input, output;
  std::vector<Layer> layers;
  std::vector<Transform> transforms; // [ToTensor] where the file has no `data`
  Train train;
  SourceRange range;       // of the network's name
  SourceRange inputRange;  // of the input's shape
  SourceRange outputRange; // of the declared output
};

/// Parses and proves `source`. `settings` are the command line's
/// `--set NAME=VALUE`, checked against the network's parameters. Every error
/// found is in `diagnostics`; null if there is one.
std::unique_ptr<Network>
analyze(const SourceFile &source,
        const std::map<std::string, std::string> &settings,
        Diagnostics &diagnostics);

/// Proves that the network can be trained in batches of so many examples: that
/// its loss takes what it gives, that it has parameters, and that no layer's
/// output for a batch is too large; else reports and returns false.
bool checkTraining(const Network &network, int64_t batch,
                   Diagnostics &diagnostics);

/// What pictures of other sizes are best scaled to before the transforms.
struct WantedPictures {
  shape::Shape shape;     // the network's input, or what a `Resize` makes
  bool isCovered = false; // by the shorter side, and the middle taken
};
/// What the first transform of a phase makes of pictures if it is a `Resize`,
/// the larger where both phases have one; else the network's input.
WantedPictures wantedPictures(const Network &network);

/// Proves that examples of shape `pixels` (8-bit, [C, H, W], from a data set's
/// header) become the network's input through its transforms; else reports and
/// returns false.
bool checkTransforms(const Network &network, const shape::Shape &pixels,
                     const std::string &dataset, Diagnostics &diagnostics);

} // namespace netc::dsl
