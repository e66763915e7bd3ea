// What the values of a training step take, op by op, before they have places:
// an estimate that decides what is kept.
#pragma once

#include "compiler/passes/Differentiation.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace netc::net {

/// Bytes of a value; 0 of a parameter's, which is there anyway.
int64_t bytesOf(mlir::Value value);

/// How long an op takes, in multiply-adds: its own, and one for every eighth of
/// a byte that it reads or writes, about what machines of today do meanwhile.
double timeOf(mlir::Operation *op);

/// For each op of the block how many bytes of values are held while it runs:
/// those that it reads, that it gives, and that are read later. Values that
/// `counts` is false for take none.
llvm::DenseMap<mlir::Operation *, int64_t>
heldBytes(mlir::Block &block, llvm::function_ref<bool(mlir::Value)> counts);

/// A training step as it is before differentiation, and what became of a copy
/// of it that was differentiated.
class StepMemory {
public:
  /// Differentiates a copy of the function of `minimize`, which is the same
  /// afterwards. Fails with an error reported where it cannot be.
  static mlir::FailureOr<StepMemory> of(MinimizeOp minimize);

  /// The ops before `minimize`, numbered by their places.
  llvm::ArrayRef<mlir::Operation *> ops() const { return forward; }
  int64_t numberOf(mlir::Operation *op) const { return numbers.lookup(op); }
  /// The values of the forward pass that the gradient of an op reads.
  llvm::ArrayRef<mlir::Value> readBy(int64_t number) const {
    return gradients[static_cast<size_t>(number)].read;
  }
  /// Whether some gradient reads it.
  bool isRead(mlir::Value value) const { return read.contains(value); }
  /// Bytes of gradients held at most while the gradient of an op is computed.
  int64_t gradientBytes(int64_t number) const {
    return gradients[static_cast<size_t>(number)].bytes;
  }
  double gradientTime(int64_t number) const {
    return gradients[static_cast<size_t>(number)].time;
  }
  /// Bytes held at most in the whole step.
  int64_t peakBytes() const { return peak; }

private:
  struct Gradient {
    llvm::SmallVector<mlir::Value, 4> read;
    int64_t bytes = 0;
    double time = 0;
  };

  llvm::SmallVector<mlir::Operation *> forward;
  llvm::DenseMap<mlir::Operation *, int64_t> numbers;
  llvm::SmallVector<Gradient> gradients;
  llvm::DenseSet<mlir::Value> read;
  int64_t peak = 0;
};

/// Bytes that the step takes at most where such ops run again. An error is
/// reported.
mlir::FailureOr<int64_t> peakBytesWith(MinimizeOp minimize,
                                       const RunsAgain &again);

} // namespace netc::net
