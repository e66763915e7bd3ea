// What a text means: the expanded network, every argument resolved, every
// shape proved, with the places in the text they came from. No MLIR here.
#pragma once

#include "compiler/shape/Shape.h"
#include "compiler/shape/Transforms.h"
#include "dsl/Diagnostics.h"
#include "dsl/Losses.h"
#include "dsl/Optimizers.h"
#include "dsl/Phase.h"
#include "dsl/Schedules.h"
#include "runtime/Expectation.h"

#include <map>
#include <memory>

namespace netc::dsl {

/// An argument of a call as it was given, evaluated: `kernel`, `5x3`.
struct GivenArgument {
  std::string name, value;
  bool operator==(const GivenArgument &) const = default;
};

/// Stands in `Layer::inputs` for the network's input.
constexpr int64_t networkInput = -1;

/// The use of a layer of the text's own, in which others were expanded.
struct LayerUse {
  std::string layer; // its name in the text: "Bottleneck"
  SourceRange range; // of the call
  int64_t parent;    // the use that this one is part of, or noUse
  std::string path;  // what the names of its layers begin with: "stem"
  std::vector<GivenArgument> arguments{};
};
constexpr int64_t noUse = -1;

/// One layer as written. An `activation=` belongs to its layer. `Sum` and
/// `Concat` stand behind the layers of their branches; `Identity` makes none.
struct Layer {
  std::string name; // "conv2d_1", "features.conv2d_1"; unique
  shape::LayerSpec spec;
  std::optional<shape::ActivationKind> activation;
  /// What it reads: indices of earlier layers, or networkInput. One, but for
  /// Sum and Concat, which have one for each branch.
  std::vector<int64_t> inputs;
  shape::Shape input, output; // of the first input
  /// Multiply the learning rate and the weight decay of its parameters.
  double learningRateScale = 1, decayScale = 1;
  SourceRange range;   // of the layer's name in the text
  int64_t use = noUse; // index of Network::uses
  std::vector<GivenArgument> arguments{};
};

struct Transform {
  shape::TransformSpec spec;
  SourceRange range;
  Phase phase = Phase::Both;
  std::vector<GivenArgument> arguments{};

  bool runsIn(Phase wanted) const {
    return phase == Phase::Both || phase == wanted;
  }
};

struct Train {
  Loss loss;
  Schedule schedule;
  Optimizer optimizer = defaultOptimizer();
  int64_t batch = 128, epochs = 1;
  bool declared = false; // false when the file has no `train`
  SourceRange lossRange, optimizerRange, batchRange, scheduleRange, warmupRange;
};

/// What a run must reach: `expect test_accuracy >= 0.85 on "fashion-mnist"`.
/// Those of `parameters` and `macs` are proved with the text.
struct Expectation : runtime::Expectation {
  SourceRange range;
};

struct Network {
  std::string name, inputName;
  shape::Shape input, output;
  std::vector<Layer> layers; // the last one gives the output
  std::vector<LayerUse> uses;
  std::vector<Transform> transforms; // [ToTensor] where the file has no `data`
  Train train;
  std::vector<Expectation> expectations; // of runs
  SourceRange range;                     // of the network's name
  SourceRange inputRange;                // of the input's shape
  SourceRange outputRange;               // of the declared output
  std::vector<std::shared_ptr<const SourceFile>> imports; // ranges are in them
};

/// How many classes a data set's labels must have for the network's loss; 0
/// where any number will do.
int64_t classesOf(const Network &network);
/// The shape of one example's labels: {} for one, [H, W] for a map; nullopt
/// where the loss takes none.
std::optional<shape::Shape> labelShapeOf(const Network &network);
/// The shape of labels that are numbers, the output's; nullopt where the loss
/// takes classes only, or no labels.
std::optional<shape::Shape> numbersShapeOf(const Network &network);

/// Whether transforms move the labels of pixels with the pixels: the network
/// gives a map as large as its input, and some transform moves pixels.
bool movesLabels(const Network &network);
/// The shape of one example's labels in a data set with such pictures
/// [C, H, W]: as large as they are, where transforms move labels.
std::optional<shape::Shape> labelShapeOf(const Network &network,
                                         const shape::Shape &pixels);

/// Parses and proves `source`. `settings` are the command line's
/// `--set NAME=VALUE`, checked against the network's parameters. Every error
/// found is in `diagnostics`; null if there is one.
std::unique_ptr<Network>
analyze(const SourceFile &source,
        const std::map<std::string, std::string> &settings,
        Diagnostics &diagnostics);

/// Whether the loss takes what the network gives: else nothing is compared.
bool fitsLoss(const Network &network);
/// Proves that the network can be trained in steps of `batch` examples: that
/// its loss takes what it gives, that it has parameters, and that no step of an
/// epoch over `examples` (nullopt: not known) gives a `BatchNorm` a single
/// value a channel. Else reports the first of these, with a batch that would
/// do, and returns false. \pre batch > 0, examples > 0
bool checkTrainable(const Network &network, int64_t batch,
                    std::optional<int64_t> examples, Diagnostics &diagnostics);

/// Proves that no layer's output for so many examples is too large; else
/// reports and returns false.
bool checkBatch(const Network &network, int64_t batch,
                Diagnostics &diagnostics);

/// The pictures that the transforms are proved for where no data set is named:
/// the network's input, or larger, where `RandomCrop` cuts from what comes.
shape::Shape assumedPictures(const Network &network);

/// What pictures of other sizes are best scaled to before the transforms.
struct WantedPictures {
  shape::Shape shape;     // the assumed ones, or what a `Resize` makes
  bool isCovered = false; // by the shorter side, and the middle taken
};
/// What the first transform of a phase makes of pictures if it is a `Resize`,
/// the larger where both phases have one; else the assumed ones.
WantedPictures wantedPictures(const Network &network);

/// Proves that examples of shape `pixels` ([C, H, W], or [D], from a data set's
/// header) become the network's input through its transforms; else reports and
/// returns false.
bool checkTransforms(const Network &network, const shape::Shape &pixels,
                     const std::string &dataset, Diagnostics &diagnostics);

} // namespace netc::dsl
