// Passes over the `kernel` dialect; what each does is in KernelPasses.td.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace netc::kernel {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/kernel/KernelPasses.h.inc"

/// Checks a planned module: everything has a place inside the arena, globals
/// overlap nothing, and no two buffers that are in use at once overlap, but
/// where a launch permits it (`in_place`). Reports what is wrong.
mlir::LogicalResult verifyMemoryPlan(mlir::ModuleOp module);

} // namespace netc::kernel
