// Which stages of a chain run again in its backward pass so that the whole fits
// a given memory in the least time. Plain numbers: no MLIR.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace netc::net {

/// What one stage of a chain takes, in bytes and in any unit of time. Its input
/// is the output of the stage before it.
struct ChainStage {
  double forward = 0, backward = 0; // time
  int64_t output = 0;
  /// What its backward pass reads of it, its output among that.
  int64_t saved = 0;
  /// What its forward pass holds at most beside its input and its output, and
  /// beside what is saved.
  int64_t passing = 0, beside = 0;
  /// What its backward pass holds of gradients, at most, those of its output
  /// and its input among them.
  int64_t gradients = 0;
};

struct ChainSchedule {
  /// In order: stage s runs forward where the number is s, backward where it is
  /// -1 - s.
  std::vector<int64_t> steps;
  double time = 0;

  static int64_t backward(int64_t stage) { return -1 - stage; }
  static bool isForward(int64_t step) { return step >= 0; }
  static int64_t stageOf(int64_t step) { return step >= 0 ? step : -1 - step; }
};

/// The schedule of least time that takes at most `bytes` beside the chain's
/// input, nullopt where none does. It is an optimal one among those that keep
/// of a stage nothing, its output, or all that its backward pass reads, and
/// keep what they keep until that is used (Beaumont, Eyraud-Dubois, Herrmann,
/// Joly, Shilova: Optimal checkpointing for heterogeneous chains, 2019), with
/// sizes rounded up to 1/`slots` of the bytes. Takes time in proportion to
/// slots * stages^3. \pre slots > 0
std::optional<ChainSchedule> scheduleChain(std::span<const ChainStage> stages,
                                           int64_t bytes, int64_t slots = 500);

} // namespace netc::net
