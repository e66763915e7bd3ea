// `--verify`: a run, or an evaluation, compared with what its network's text
// expects of it.
#pragma once

#include "runtime/train/Metrics.h"

namespace netc::runtime::train {

/// A run that is done, its files and all, and missed what its text expects.
class Missed : public Error {
public:
  using Error::Error;
};

/// How a run came to its end.
enum class Ending { Whole, Interrupted, Diverged };

class Verification {
public:
  /// Verifies a training. Throws Error where nothing that is expected could be
  /// compared: the data set is another, or the run too short.
  Verification(const Model &model, std::string_view dataset,
               const RunLength &length);
  /// Verifies weights: whatever is expected of the test examples, after however
  /// many epochs. Throws Error where that is nothing.
  Verification(const Model &model, std::string_view dataset);

  /// What an epoch, or the evaluation, came to.
  void measured(const EpochResult &result);

  /// Whether each expectation is met, when there is nothing more to come.
  const std::vector<Finding> &conclude(Ending ending);

  /// Throws Missed where one was missed; `why` where that is another reason
  /// than the figures. \pre it is concluded
  void requireMet(std::string_view why = "") const;

private:
  Verification(const Model &model, std::string_view dataset,
               const RunLength *length);

  std::string network;
  bool isTraining;
  std::vector<Finding> findings; // compared ones reach something yet
};

/// `expect test_loss < 2 on "mnist": met, 1.5`, a line for each.
std::string toText(const std::vector<Finding> &findings);

} // namespace netc::runtime::train
