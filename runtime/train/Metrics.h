// What `--metrics` writes: one JSON object a line, written at once, so that it
// can be read while the training runs. What is no number is null.
#pragma once

#include "runtime/train/MetricsFile.h"
#include "runtime/train/Programs.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace netc::runtime::train {

/// What an epoch came to; means over examples, seconds with its evaluation.
/// Where the loss has no accuracy, the accuracies are not numbers.
struct EpochResult {
  int64_t epoch = 0; // from 1
  double loss = 0, trainAccuracy = 0, testLoss = 0, testAccuracy = 0;
  double seconds = 0;
};

/// What was asked for, resolved with the executable's defaults.
struct TrainSettings {
  std::optional<int64_t> epochs, steps; // whichever ends first; one is given
  float learningRate = 0;
  uint64_t seed = 0;
  int workers = 1;
  data::Order order = data::Order::Shuffled;
};

/// What `--verify` found of an expectation.
struct Finding {
  Expectation expectation;
  std::string notCompared;       // why; empty if it was
  std::optional<double> reached; // if it was

  bool isCompared() const { return notCompared.empty(); }
  bool isMet() const { return isCompared() && expectation.holds(*reached); }
  std::string_view verdict() const {
    return !isCompared() ? "not compared" : isMet() ? "met" : "missed";
  }
};

/// The object that `--metrics` and `--json` have for it.
nlohmann::ordered_json toJson(const Finding &finding);

class Metrics {
public:
  /// Writes nowhere.
  Metrics() = default;
  /// Begins the file anew; it and `interrupted` outlive the metrics. Throws
  /// Error.
  Metrics(MetricsFile &file, const std::atomic<bool> &interrupted);
  Metrics(const Metrics &) = delete;
  Metrics &operator=(const Metrics &) = delete;

  void run(const Model &model, const data::DatasetInfo &dataset,
           const TrainSettings &settings, uint64_t trainingBytes);
  void step(int64_t step, double loss, double seconds); // step from 1
  void epoch(const EpochResult &result);
  void finding(const Finding &finding);

  /// Why a line is missing, once, when the first is; else empty.
  std::string takeNote();

  /// Throws Error if anything could not be written. Not before: a full disk
  /// shall not end a training.
  void close();

private:
  void line(std::string text);

  MetricsFile *file = nullptr;
  const std::atomic<bool> *interrupted = nullptr;
  std::string problem; // the first
  bool isTold = false;
};

} // namespace netc::runtime::train
