// The kernels that netc generates: which ops have one, and their bodies.
#pragma once

#include "compiler/generate/KernelBuilder.h"
#include "compiler/select/Candidate.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

#include "compiler/generate/Generators.h.inc"

namespace mlir {
class DialectRegistry;
}

namespace netc::generate {

/// Registers the kernels of `net` ops, for when the dialect is loaded.
void attachModels(mlir::DialectRegistry &registry);

/// Whether emitKernel has a kernel for `op`.
bool canGenerate(mlir::Operation *op);

/// Emits the body of the kernel of `op`, whose buffers are what it reads and
/// writes: parameters, then operands, then results. Returns whether every
/// operand is read only where the result is written, so that the result may
/// take the place of one that is as large; an error where `op` has no kernel.
mlir::FailureOr<bool> emitKernel(KernelBuilder &kernel, mlir::Operation *op);

/// How many operands of `op` a launch takes: all but of ops that may have any
/// number of them. \pre canGenerate(op)
unsigned operandsOfLaunch(mlir::Operation *op);

/// The generated kernel of `op` as a candidate, in the layouts that suit it
/// where values lie as `situation` says. `freeLayout` is the layout of what
/// only gathers and may as well write what the target's library will read.
/// \pre canGenerate(op)
select::Candidate
candidateOf(mlir::Operation *op, const select::Situation &situation,
            llvm::function_ref<std::string(mlir::RankedTensorType)> freeLayout);

/// The layout of what `value` meets in an element op that reads it, which then
/// would be the best for it; empty where nothing is known.
llvm::StringRef layoutBeside(mlir::Operation *reader, mlir::Value value,
                             const select::Situation &situation);

} // namespace netc::generate
