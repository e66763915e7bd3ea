// What a run says while it goes: on a terminal one line drawn over and over,
// elsewhere a line every 30 seconds. And the results' one form.
#pragma once

#include "runtime/train/Metrics.h"

#include <chrono>
#include <ostream>

namespace netc::runtime::train {

/// Where a run writes: results to `out`, progress and notes to `err`.
struct Console {
  std::ostream &out, &err;
  bool terminal = false; // of err
  int columns = 80;
  bool quiet = false; // no progress
};

/// `, train acc 0.509`; empty where the accuracy is not a number.
std::string accuracyText(std::string_view which, double accuracy);

/// `epoch 1, loss 1.3052, train acc 0.509, test acc 0.745, time 16.6 sec`; of a
/// loss without accuracies `epoch 1, loss 0.0312, test loss 0.0298, time ...`
std::string epochLine(const EpochResult &result);

struct ProgressState {
  int64_t epoch = 1, epochs = 0; // 0 epochs: not known
  int64_t step = 0, steps = 0;   // of this epoch
  double loss = 0;               // of the last step
  double imagesPerSecond = 0;
  double secondsLeft = 0; // of this epoch
};

/// One line of at most `columns` - 1 characters.
std::string progressBar(const ProgressState &state, int columns);
std::string progressLine(const ProgressState &state);

class Progress {
public:
  using Clock = std::chrono::steady_clock;

  explicit Progress(Console &console, Clock::time_point now = Clock::now());

  /// Clears a bar drawn earlier; to be called before writing anything else.
  void clear();

  void beginEpoch(int64_t epoch, int64_t epochs, int64_t steps,
                  Clock::time_point now = Clock::now());
  /// Tells of a step of the epoch that took `images`.
  void step(int64_t images, double loss, Clock::time_point now = Clock::now());
  /// Tells how far the test set is evaluated: batch `done` of `all`.
  void evaluation(int64_t done, int64_t all,
                  Clock::time_point now = Clock::now());

private:
  bool due(Clock::time_point now, bool last);
  void show(const std::string &bar, const std::string &line);

  Console &console;
  ProgressState state;
  int64_t images = 0; // of this epoch
  Clock::time_point epochStart, lastShown;
  bool drawn = false;
};

} // namespace netc::runtime::train
