// The `--metrics` file: one JSON object a line, flushed as it is written, so
// that it can be read while the training runs. What is no number is null.
#pragma once

#include "runtime/train/Programs.h"

#include <cstdio>
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
  /// Throws Error where the file could not be written; leaves it as it is.
  static void check(const std::string &path);

  /// Writes nowhere.
  Metrics() = default;
  /// Begins the file anew. Throws Error where it cannot be opened.
  explicit Metrics(const std::string &path);
  ~Metrics();
  Metrics(const Metrics &) = delete;
  Metrics &operator=(const Metrics &) = delete;

  void run(const Model &model, const data::DatasetInfo &dataset,
           const TrainSettings &settings, uint64_t trainingBytes);
  void step(int64_t step, double loss, double seconds); // step from 1
  void epoch(const EpochResult &result);
  void finding(const Finding &finding);

  /// Throws Error if anything could not be written. Not before: a full disk
  /// shall not end a training.
  void close();

private:
  void line(const std::string &text);

  std::string path;
  std::FILE *file = nullptr;
  int firstError = 0; // errno
};

} // namespace netc::runtime::train
