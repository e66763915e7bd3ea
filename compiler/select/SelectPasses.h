// The pass that decides how programs run; what it does is in SelectPasses.td.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace netc::select {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/select/SelectPasses.h.inc"

} // namespace netc::select
