// Compiles `net` programs with the whole compiler, runs them, and gives their
// tensors back as the reference's. A process compiles for one target: the
// library's team and instruction set can be settled only once.
#pragma once

#include "runtime/executor/Executor.h"
#include "test/numeric/Values.h"

#include <string_view>

namespace netc::numeric {

/// What this process compiles for: $NETC_TEST_ISA ("avx2" or "avx512"; the
/// host's best if unset) and $NETC_TEST_THREADS (2 if unset).
struct Target {
  std::string isa;
  int threads = 0;
};
const Target &target();

/// Compiles a module of `net` functions and parameters that carries its
/// `kernel.target`. Each function becomes a program of its name with inputs
/// `arg0`, `arg1` ... and outputs `result0` ..., where no `net.name` names
/// them. Where a training step's values take more than `valueBytes` (below 0:
/// any) some are computed again. Throws Error with the compiler's diagnostics.
runtime::Executable compileText(std::string_view mlir, int64_t valueBytes = -1);

/// `body` (functions and parameters) as a module for this process's target.
std::string moduleText(std::string_view body);

/// A compiled module and an arena to run it in.
class Session {
public:
  /// Compiles moduleText(`body`), as compileText() has it.
  explicit Session(std::string_view body, int64_t valueBytes = -1);

  /// Of the executable's arena.
  uint64_t bytes() const { return executable.tables().arena_bytes(); }

  /// Runs a program; `inputs` are all of its inputs in order but `state`.
  std::vector<Tensor> run(std::string_view program,
                          const std::vector<Tensor> &inputs,
                          const runtime::RunState &state = {});

  /// A parameter in row-major order, in its logical shape.
  Tensor parameter(std::string_view name) const;
  void setParameter(std::string_view name, const Tensor &value);

private:
  size_t indexOf(std::string_view parameter) const;
  runtime::TensorType typeOf(size_t parameter) const;

  runtime::Executable executable;
  runtime::Executor executor;
};

/// The results of the only function in `body`, @f.
std::vector<Tensor> runProgram(const std::string &body,
                               const std::vector<Tensor> &inputs,
                               const runtime::RunState &state = {});

} // namespace netc::numeric
