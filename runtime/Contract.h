// What the compiler and those who run its programs have agreed on: how
// programs, their inputs and outputs are called, the words of the run's state,
// and where buffers may begin.
#pragma once

#include <cstdint>

namespace netc::runtime {

/// Programs that a run asks for by name.
namespace program {
inline constexpr char initialize[] = "initialize"; // parameters and states
inline constexpr char trainStep[] = "train_step";
/// A training step on an epoch's last batch, where that is smaller.
inline constexpr char trainLastStep[] = "train_last_step";
inline constexpr char evaluate[] = "evaluate";
} // namespace program

/// Inputs and outputs of programs. N is the batch.
namespace argument {
inline constexpr char pixels[] =
    "pixels"; // [N, C, H, W] or [N, D]: u8, u16, f32
/// Classes, [N] or [N, H, W], i32; or numbers of the output's shape, f32.
inline constexpr char labels[] = "labels";
inline constexpr char samples[] = "samples"; // [N], i32: the examples' numbers
inline constexpr char state[] = "state";     // [stateWords], i32: StateWord
inline constexpr char loss[] = "loss";       // [N], f32
inline constexpr char correct[] = "correct"; // [N], i32: labels predicted
inline constexpr char output[] = "output";   // [N, K] or [N, K, H, W], f32
/// The labels of the output's places, as transforms have moved them.
inline constexpr char outputLabels[] = "output_labels"; // [N, H, W], i32
} // namespace argument

/// Parameters that a run finds by their names: what each column of a table is
/// standardised by, [D], f32. They are statistics, so files hold them.
namespace parameter {
inline constexpr char mean[] = "data.mean";
inline constexpr char deviation[] = "data.deviation";
} // namespace parameter

/// What changes from run to run, as programs read it: 32-bit words, of which
/// the last two are spare. 64-bit numbers have their low word first.
enum class StateWord : int64_t {
  SeedLow,
  SeedHigh,
  StepLow,
  StepHigh,
  Epoch,
  LearningRate // the bits of a float
};
inline constexpr int64_t stateWords = 8;

/// Every place in the arena is a multiple of it, in bytes.
inline constexpr int64_t arenaAlignment = 64;

} // namespace netc::runtime
