// Runs an executable's programs over one arena. Nothing is allocated in a run.
#pragma once

#include "runtime/executor/Executable.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netc::runtime {

/// What changes from run to run, read by programs as their input `state`
/// (Contract.h).
struct RunState {
  uint64_t seed = 0, step = 0;
  uint32_t epoch = 0;
  float learningRate = 0;
};

struct ExecutorOptions {
  bool profile = false; // measure each launch
};

/// What one launch of a program has taken so far.
struct LaunchTime {
  std::string program;
  std::string layer;
  uint32_t line = 0, column = 0; // of the layer in the text; 0 if none
  std::string work;              // an implementation's or a kernel's name
  uint64_t runs = 0;
  double seconds = 0;
};

class Executor {
public:
  /// Makes the arena, loads the code and makes every primitive. Throws Error
  /// (isa not on this machine, code that does not load, another library's
  /// choice, no memory).
  explicit Executor(Executable executable, ExecutorOptions options = {});
  ~Executor();

  /// Runs a program to its end. Throws Error saying the program, the layer and
  /// its place when a launch fails, or that there is no such program.
  void run(std::string_view program, const RunState &state);

  /// The same in two halves: between them the host may get the next run's
  /// inputs ready and start it, if no more than depth() are then under way.
  /// finish() waits for the one that started first.
  void start(std::string_view program, const RunState &state);
  void finish();
  int64_t depth() const;

  /// A program's input for the run that is started next, and its output of the
  /// run that finished last, in the recorded layouts. Throws Error where there
  /// is no such program. \pre the program has it.
  std::span<std::byte> input(std::string_view program, std::string_view name);
  std::span<const std::byte> output(std::string_view program,
                                    std::string_view name) const;

  /// A parameter in row-major order, read or replaced. \pre sizes match.
  void readParameter(size_t index, std::span<std::byte> rowMajor) const;
  void writeParameter(size_t index, std::span<const std::byte> rowMajor);

  /// Replaces bytes of a parameter from `first` on. \pre it is row-major, and
  /// they lie in it.
  void writeParameterBytes(size_t index, uint64_t first,
                           std::span<const std::byte> bytes);

  /// Bytes of the arena: what this executor allocated for the programs.
  uint64_t allocatedBytes() const;

  /// The launches of all programs in their order, with the times of those that
  /// have run; empty unless `profile` was asked for.
  std::vector<LaunchTime> profile() const;

  /// What the user should know of how the executable was made ready, such as a
  /// plan that another library's version had to make again.
  std::vector<std::string> notes() const;

  const Executable &executable() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace netc::runtime
