// What a target can do for an op: one way to run it, and what that costs.
#pragma once

#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"

namespace netc::select {

/// A way to run an op. SelectLaunches takes one of each op's and records it as
/// a `#kernel.choice`; the target that offered it knows how to emit it.
struct Candidate {
  /// Who runs it: "oneDNN", "cuDNN", or `generatedEngine`.
  std::string engine;
  /// The engine's name of it (`jit_wino_4x3:avx512_core`), where it has one.
  std::string implementation;
  /// The layout of each operand and each result, as LayoutAttr's tags; empty
  /// for row-major and for what is no tensor with a layout.
  llvm::SmallVector<std::string> operands, results;
  int64_t scratchBytes = 0;   // that the engine needs while it runs
  int64_t workspaceBytes = 0; // that it writes for its gradient
  double nanoseconds = 0;     // estimated from constants of the target
  std::string reason;         // why it is so, for people
  /// Whether a parameter that it reads, and that no op before it has settled,
  /// lies from now on as it wants. Else it takes it as it lies.
  bool settlesParameters = false;

  bool operator==(const Candidate &) const = default;
};

/// The engine of kernels that this compiler generates.
inline constexpr llvm::StringLiteral generatedEngine = "generated";

/// Why a value is copied that a program gives, or keeps in a parameter, where
/// it does not lie.
inline constexpr llvm::StringLiteral copyReason =
    "what the program gives or keeps lies elsewhere";

/// How the values of a program lie when an op's candidates are asked for. A
/// value whose maker has several candidates may lie in several ways: those of
/// its readers are then asked for once for each of them. This one has every
/// layout as it is written in types and parameters.
class Situation {
public:
  virtual ~Situation() = default;
  virtual llvm::StringRef layoutOf(mlir::Value value) const;
  virtual llvm::StringRef layoutOf(net::ParameterOp parameter) const;
  /// Whether the layout of a parameter is no longer open.
  virtual bool isSettled(net::ParameterOp parameter) const { return true; }
};

/// The parameter that a value is read from; null if it is none.
net::ParameterOp parameterOf(mlir::Value value);

/// A candidate of generated code with every operand and result row-major.
Candidate rowMajor(mlir::Operation *op);

/// The choice that is recorded on an op; null before SelectLaunches.
kernel::ChoiceAttr getChoice(mlir::Operation *op);

} // namespace netc::select
