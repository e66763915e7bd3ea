// Text of the `kernel` dialect, compiled for this machine and loaded.
#pragma once

#include "compiler/kernel/KernelDialect.h"
#include "runtime/cpu/SharedObject.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <string>

namespace netc::kernel {

/// A context with the dialects that kernels are made of.
std::unique_ptr<mlir::MLIRContext> makeContext();

/// `body` (what a module holds) as a module for `isa` and two threads. Fails
/// the test if it does not parse.
mlir::OwningOpRef<mlir::ModuleOp>
parse(mlir::MLIRContext &context, const std::string &body,
      const std::string &isa = runtime::cpu::hostIsa());

/// The kernels of `body`, ready to call.
runtime::cpu::SharedObject
load(const std::string &body, const std::string &isa = runtime::cpu::hostIsa());

/// What is said when `body` does not compile; empty if it does.
std::string compileError(const std::string &body);

} // namespace netc::kernel
