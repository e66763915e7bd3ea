// Kernels of ops whose elements are each computed alone.
#pragma once

#include "compiler/generate/KernelBuilder.h"

#include "mlir/IR/Operation.h"

namespace netc::generate {

/// Whether `op` says its arithmetic by element: an element op or `net.fused`.
bool hasElements(mlir::Operation *op);

/// Emits the kernel of such an op: its operands, then its result. Returns
/// whether every operand is read at the written index only.
bool emitElements(KernelBuilder &kernel, mlir::Operation *op);

} // namespace netc::generate
