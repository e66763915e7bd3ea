// What the training loop knows of a compiled network: a description as plain
// data, and the programs to run. The tests put a stand-in behind it.
#pragma once

#include "runtime/Expectation.h"
#include "runtime/data/Loader.h"
#include "runtime/executor/Executor.h"
#include "runtime/train/Schedule.h"

namespace netc::runtime::train {

struct ParameterInfo {
  std::string name;
  std::vector<int64_t> shape; // as safetensors hold it
  bool trainable = true;      // false for the optimiser's state and statistics
  bool isStatistic = false;

  /// Whether files hold it.
  bool isSaved() const { return trainable || isStatistic; }
};

using fb::Loss;

/// A network compiled for training, or for evaluation alone.
struct Model {
  std::string network, source, target, isa;
  int threads = 0;
  std::vector<int64_t> inputShape;            // of an example, [C, H, W] or [D]
  ElementType inputElement = ElementType::U8; // of the data set's examples
  bool coversInput = false; // how a folder's pictures become inputShape: Fit
  int64_t classes = 0;      // of the labels; 0 where any or none
  bool takesLabels = true;  // false where the target is the input
  data::LabelKind labelKind = data::LabelKind::Classes;
  std::vector<int64_t> labelShape; // of one example's, as given: {} for one
  int64_t examples = 0;            // of the training set; 0 where any
  Loss loss{};
  std::vector<int64_t> outputShape; // of one example: [K], or [K, H, W]
  int64_t batch = 0;         // of a training step; 0 if it has no program
  int64_t lastBatch = 0;     // of an epoch's last step; 0 if it has no program
  int64_t evaluateBatch = 0; // of an evaluation step
  int64_t epochs = 0;        // unless asked otherwise, as is the next
  float learningRate = 0;
  Schedule schedule; // of the learning rate
  std::vector<ParameterInfo> parameters;
  /// Which of them is the training set, where the steps gather their
  /// batches from it themselves.
  std::optional<size_t> dataset;
  /// Which of them are the mean and the deviation of a table's columns.
  std::optional<std::pair<size_t, size_t>> scaling;
  std::vector<Expectation> expectations; // of runs, in the text's order
};

/// The places of an example's output, each with a label: 1, or of a map H*W.
int64_t placesOf(const Model &model);

/// Reads the description. Throws Error where a program that runs need is absent
/// or takes or gives something else. What only evaluates has no `train_step`.
Model readModel(const Executable &executable);

/// What the pictures of a folder are to become for this model.
data::PictureFormat pictureFormat(const Model &model);

/// What it takes as labels.
data::LabelFormat labelFormat(const Model &model);

/// Throws Error where the data set is not what the network was compiled for:
/// another shape, another kind of elements or labels, another number of
/// classes; for training, another number of examples, or no programs to train
/// with.
void checkDataset(const Model &model, const data::DatasetInfo &dataset,
                  bool training);

class Programs {
public:
  virtual ~Programs() = default;

  /// What a step says of each of its examples.
  struct Outputs {
    std::span<const float> loss;
    /// How many of its labels were predicted; empty where the loss has no
    /// accuracy.
    std::span<const int32_t> correct;
    /// What the network gave, [batch, K] or [batch, K, H, W]: `evaluate` alone.
    std::span<const float> output;
    /// The labels of the output's places, [batch, H, W], where the transforms
    /// of `evaluate` make them of those that are given; else empty.
    std::span<const int32_t> labels;
  };

  virtual const Model &model() const = 0;
  virtual void initialize(const RunState &state) = 0;
  /// Copies the pixels of the training set to where model().dataset is, before
  /// the first training step; `workers` threads decode what must be. Throws the
  /// Error of a picture that cannot be. \pre checkDataset() has passed
  virtual void keepDataset(const data::Examples &examples, int workers) {
    (void)examples;
    (void)workers;
  }
  /// Runs `train_step`, `train_last_step` or `evaluate` on the first rows of
  /// the batch, as many as the program takes; of its pixels none where the
  /// training set is kept. The outputs are valid until the next run.
  virtual Outputs run(std::string_view program, const RunState &state,
                      const data::Batch &batch) = 0;
  /// The same in two halves, with at most depth() runs between them: the batch
  /// may go behind the first. The outputs of the run that started first are
  /// valid until the next finish().
  virtual int64_t depth() const { return 1; }
  virtual void start(std::string_view program, const RunState &state,
                     const data::Batch &batch) {
    started = run(program, state, batch);
  }
  virtual Outputs finish() { return started; }
  /// A parameter in row-major order, float32. \pre sizes match.
  virtual void readParameter(size_t index,
                             std::span<std::byte> rowMajor) const = 0;
  virtual void writeParameter(size_t index,
                              std::span<const std::byte> rowMajor) = 0;
  /// Bytes allocated for the programs.
  virtual uint64_t allocatedBytes() const = 0;

private:
  Outputs started; // of what runs in one piece
};

/// The programs of an executor, which outlives it.
std::unique_ptr<Programs> programsOf(Executor &executor);

/// Elements of a shape. \pre no overflow: the shape is a checked one.
int64_t elementCount(const std::vector<int64_t> &shape);

} // namespace netc::runtime::train
