// The order of the passes: the only place where it is written.
#pragma once

#include <string>

namespace mlir {
class OpPassManager;
}

namespace netc {
namespace cuda {
class Planner;
}

/// From a network as emitted to differentiated, fused programs on values.
void addNetPasses(mlir::OpPassManager &passes);

/// The same for a GPU. \pre the module has its `kernel.target`.
void addCudaNetPasses(mlir::OpPassManager &passes);

/// From there to launches on buffers. \pre the module has its `kernel.target`.
void addKernelPasses(mlir::OpPassManager &passes);

/// The same for a GPU.
void addCudaKernelPasses(mlir::OpPassManager &passes);

/// Engines and workspaces of a GPU's graphs, before memory is planned. Without
/// a planner one is started for the module's target.
void addGraphPasses(mlir::OpPassManager &passes,
                    cuda::Planner *planner = nullptr);

/// From there to planned memory.
void addPlanPasses(mlir::OpPassManager &passes);

/// Makes every pass, and these pipelines (`netc-net`, `netc-kernel`,
/// `netc-plan`), known to net-opt.
void registerPasses();

} // namespace netc
