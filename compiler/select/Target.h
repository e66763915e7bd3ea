// What a module's `kernel.target` can be asked (Target.td).
#pragma once

#include "compiler/select/Candidate.h"

#include "mlir/IR/BuiltinOps.h"

namespace netc::select {

class Launcher; // compiler/select/Launcher.h

/// How kernels are generated for a target.
struct KernelForm {
  int64_t lanes = 1; // of f32 in a vector
  /// Whether parts are threads of a GPU, which should touch neighbouring
  /// elements at once: part p then takes elements p, p + parts ... one by one.
  bool interleaved = false;
  /// How many updates of parameters one launch takes at the end of a program;
  /// 1: each is a launch of its own where it stands.
  size_t updatesOfLaunch = 1;
};

} // namespace netc::select

#include "compiler/select/Target.h.inc"

namespace netc::select {

/// The target of the module that `op` is or lies in. Reports an error where the
/// module has none, or one whose code is not in this program, and returns null.
TargetInterface getTarget(mlir::Operation *op);

} // namespace netc::select
