// The order of the passes: the only place where it is written.
#pragma once

#include <cstdint>
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

/// The same for a GPU, with a training set of `keptExamples` in its memory; 0:
/// the steps are given their pixels. \pre the module has its `kernel.target`.
void addCudaNetPasses(mlir::OpPassManager &passes, int64_t keptExamples = 0);

/// What joins one graph where cuDNN has an engine for it. Without a planner one
/// is started for the module's target.
void addCudaFusionPasses(mlir::OpPassManager &passes,
                         cuda::Planner *planner = nullptr);

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
