// The choice of one program's launches: candidates are gathered in the order of
// the program, the cheapest assignment of them is taken, and it is applied.
#pragma once

#include "compiler/select/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace netc::select {

/// How the parameters of a module lie, or may lie while that is open.
class ParameterLayouts {
public:
  /// The target's own layouts are settled; the others are open.
  ParameterLayouts(mlir::ModuleOp module, TargetInterface target);

  struct Entry {
    net::ParameterOp op;
    llvm::SmallVector<std::string> layouts; // the alternatives; one if settled
    bool isSettled = false;
    bool isOfProgram = false; // settled by the program at hand
  };
  Entry *find(mlir::Value value);
  Entry *find(mlir::StringAttr name);
  /// Gives the parameter, and what an optimiser keeps of it, its layout.
  void settle(Entry &entry, llvm::StringRef layout);
  /// The entries in the order of the module.
  llvm::MutableArrayRef<Entry> all() { return entries; }

private:
  std::vector<Entry> entries;
  llvm::DenseMap<mlir::StringAttr, size_t> numbers;
};

/// A reorder that several ops read is made once, but each pays it in the
/// assignment: what is shared looks dearer than it is.
class ProgramSelection {
public:
  ProgramSelection(mlir::func::FuncOp func, TargetInterface target,
                   ParameterLayouts &parameters)
      : func(func), target(target), parameters(parameters) {}

  /// Decides and records; errors are reported.
  mlir::LogicalResult run();

private:
  friend class Hypothesis;

  /// An op and the ways to run it.
  struct Node {
    mlir::Operation *op;
    llvm::SmallVector<Candidate, 1> candidates;
    bool isRecorded = true; // false for what moves no data of its own
    size_t chosen = 0;
  };

  mlir::LogicalResult gather(mlir::Operation &op);
  mlir::LogicalResult gatherCandidates(Node &node);
  void settleParameters(const Node &node);
  /// How the value may lie by what is gathered so far.
  llvm::SmallVector<std::string> alternativesOf(mlir::Value value);

  void decide();
  mlir::LogicalResult apply();
  mlir::LogicalResult apply(Node &node);
  /// Makes `operand` have the layout `tag` at its op.
  mlir::LogicalResult require(mlir::OpOperand &operand, llvm::StringRef tag);

  mlir::func::FuncOp func;
  TargetInterface target;
  ParameterLayouts &parameters;
  std::vector<Node> nodes;                           // in program order
  llvm::DenseMap<mlir::Operation *, size_t> numbers; // of the nodes
  llvm::DenseMap<std::pair<mlir::Value, mlir::StringAttr>, mlir::Value>
      reordered;
};

} // namespace netc::select
