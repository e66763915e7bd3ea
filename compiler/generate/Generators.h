// The kernels that netc generates: which ops have one, and their bodies.
#pragma once

#include "compiler/generate/KernelBuilder.h"

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

/// Whether the `channels` channels of `type` from `offset` on are whole blocks
/// of memory in the layout `tag`, as concatenation and its slices need.
bool cutsBetweenBlocks(mlir::RankedTensorType type, llvm::StringRef tag,
                       int64_t offset, int64_t channels);

/// Whether a batch's statistics can be summed in the layout of `type`.
bool canSumChannels(mlir::RankedTensorType type);

} // namespace netc::generate
