// The launches of one layer with the reasons for them.
#pragma once

#include "compiler/LaunchFacts.h"

#include "llvm/ADT/StringRef.h"

namespace mlir {
class ModuleOp;
}

namespace netc::kernel {

/// In the order of the programs: the launches that belong to `layer`, those
/// that others were fused into with it, and the reorders that it wants.
std::vector<LaunchFacts> reportLaunches(mlir::ModuleOp module,
                                        llvm::StringRef layer);

} // namespace netc::kernel
