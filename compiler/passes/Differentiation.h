// What a pass may ask of differentiation, and what it may tell it: which ops
// are to run again before the gradients that read what they give.
#pragma once

#include "compiler/net/NetDialect.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace netc::net {

/// Called behind the gradient of each op of the forward pass, from the last to
/// the first, with the ops that compute it, which may be none.
using GradientObserver = llvm::function_ref<void(
    mlir::Operation *op, llvm::iterator_range<mlir::Block::iterator>)>;

/// Replaces `minimize` by gradients and updates; an error is reported.
mlir::LogicalResult differentiate(MinimizeOp minimize,
                                  GradientObserver observe = {});

/// Which ops run again, and before whose gradient: an attribute of
/// `net.minimize`, in which ops are numbered by their places in the block.
class RunsAgain {
public:
  static constexpr llvm::StringLiteral attribute = "net.recompute";

  RunsAgain() = default;
  /// What stands on the op; nothing where it has no such attribute.
  explicit RunsAgain(MinimizeOp minimize);

  /// Adds: before the gradient of op `number`, op `again` runs.
  void add(int64_t number, int64_t again) { ops[number].push_back(again); }
  llvm::ArrayRef<int64_t> before(int64_t number) const;
  bool isEmpty() const { return ops.empty(); }
  /// Whether all numbers are those of so many ops.
  bool isWithin(int64_t count) const;
  void set(MinimizeOp minimize) const;

private:
  llvm::DenseMap<int64_t, llvm::SmallVector<int64_t, 4>> ops;
};

} // namespace netc::net
