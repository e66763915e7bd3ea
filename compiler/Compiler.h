// From a proved network to an executable, through every stage. No MLIR in this
// header: who compiles needs none.
#pragma once

#include "compiler/LaunchFacts.h"
#include "dsl/Network.h"
#include "runtime/executor/Executable.h"

#include <memory>
#include <optional>
#include <string_view>

namespace netc {

/// What runs the executable.
struct Target {
  std::string isa; // avx2, avx512
  int threads = 1;
  /// A GPU's name or the file that describes it (DeviceDescription.h); empty
  /// for a processor, whose instruction set and threads are above.
  std::string device;
  std::string description;        // JSON, of a GPU that has no name or file
  std::string precision = "tf32"; // of a GPU: f32, tf32, bf16
  /// Bytes that a processor's machine can give a step, and those of them that
  /// are free now; none where it will not run here.
  std::optional<int64_t> memory, freeMemory;
};

/// What a network is compiled for.
struct CompileRequest {
  Target target;
  shape::Shape pixels; // [C, H, W] of one example, or [D]
  runtime::ElementType element = runtime::ElementType::U8; // of `pixels`
  bool takesNumbers = false; // labels are numbers of the output's shape
  bool standardizes = false; // a table's columns, by statistics of the set
  bool coversInput = false;  // how a folder's pictures become `pixels`
  int64_t examples = 0;      // of the training set; 0 if not known
  int64_t testExamples = 0;  // of the test set; likewise
  int64_t batch = 0, epochs = 0;
  /// What the values of a training step may take at once before some are
  /// computed again; below 0: any.
  int64_t valueBytes = -1;
  bool trains = true; // else the executable evaluates and predicts
  /// Else nothing is compared: the network is only looked at, and has no
  /// executable. \pre not trains
  bool takesLoss = true;
};

/// The stages of a compilation, each later than the one before.
enum class Stage {
  Net,        // layers as values, from the text
  Programs,   // differentiated and fused, as far as the target wants it
  Kernel,     // launches on buffers
  Plan,       // buffers placed in the arena
  Executable, // code generated, tables written
};

class Compiler {
public:
  /// Throws Error for a device that is unknown or wrongly described.
  /// \pre the network's transforms are proved for `request.pixels`; it outlives
  /// the compiler.
  Compiler(const dsl::Network &network, const CompileRequest &request);
  /// From text of the `net` dialect, each function a program (for tests); the
  /// module has its `kernel.target`. `valueBytes` as CompileRequest has them.
  /// Throws Error with the diagnostics.
  explicit Compiler(std::string_view netText, int64_t valueBytes = -1);
  ~Compiler();

  /// Goes on to a stage; earlier ones stay as they are. Throws Error: for a
  /// device or machine without the memory that a step needs too, saying what
  /// batch would fit, or why that cannot be told.
  void advance(Stage stage);

  /// The module as it stands.
  std::string moduleText() const;
  /// The generated kernels as optimised LLVM IR. Throws Error.
  std::string llvmText();
  /// The launches of each program with their places in the arena, for people.
  std::string planText() const;
  /// A layer's launches and the reasons for them. \pre at Stage::Kernel or
  /// later
  std::vector<LaunchFacts> launchesOf(std::string_view layer) const;
  /// Bytes that the executor will allocate, for what is asked: steps of
  /// training, or evaluation alone. \pre at Stage::Plan or later
  int64_t plannedBytes() const;
  /// How many of them are the training set's examples, kept where the steps
  /// run.
  /// \pre at Stage::Kernel or later
  int64_t datasetBytes() const;
  /// What is compiled for: `avx512, 2 threads`, or `NVIDIA H100 80GB HBM3
  /// (sm_90), tf32, 78.2 GiB` with the memory that a network may take.
  std::string machineText() const;
  /// \pre at Stage::Executable
  runtime::Executable takeExecutable();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace netc
