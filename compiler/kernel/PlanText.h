// A memory plan for people: `--emit=plan`.
#pragma once

#include <string>

namespace mlir {
class ModuleOp;
}

namespace netc::kernel {

/// The parameters' places, then each program's launches in order: the layer,
/// what runs, and the slices of the arena it reads (`<`) and writes (`>`), in
/// bytes. \pre the module has its memory plan.
std::string planText(mlir::ModuleOp module);

} // namespace netc::kernel
