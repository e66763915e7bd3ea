// Passes over the `kernel` dialect; what each does is in KernelPasses.td.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace netc::kernel {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/kernel/KernelPasses.h.inc"

} // namespace netc::kernel
