// The passes over the `net` dialect and its lowering. What each does is in
// Passes.td; their order is in compiler/Pipelines.cpp.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace netc::net {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/passes/Passes.h.inc"

/// Gives every op of the function the types it infers from its operands, in
/// order, and the function their types; reports what does not fit.
mlir::LogicalResult inferShapes(mlir::Operation *function);

} // namespace netc::net
