// The order of the passes: the only place where it is written.
#pragma once

#include <cstdint>

namespace mlir {
class OpPassManager;
}

namespace netc {
namespace cuda {
class Planner;
}

/// `valueBytes` that says nothing of what a step's values may take.
inline constexpr int64_t anyBytes = -1;

/// Makes differentiated, fused programs on values of a network as emitted.
/// Where the values of a training step take more than `valueBytes` at once,
/// some are computed again. \pre the module has its `kernel.target`.
void addNetPasses(mlir::OpPassManager &passes, int64_t valueBytes = anyBytes);

/// Makes them for a GPU, with a training set of `keptExamples` in its memory;
/// 0: the steps are given their pixels. \pre the module has its
/// `kernel.target`.
void addCudaNetPasses(mlir::OpPassManager &passes, int64_t keptExamples = 0,
                      int64_t valueBytes = anyBytes);

/// Joins what becomes one graph, where cuDNN has an engine for it. Without a
/// planner one is started for the module's target.
void addCudaFusionPasses(mlir::OpPassManager &passes,
                         cuda::Planner *planner = nullptr);

/// Lowers programs to launches on buffers. \pre the module has its
/// `kernel.target`.
void addKernelPasses(mlir::OpPassManager &passes);

/// Lowers them for a GPU. \pre as above
void addCudaKernelPasses(mlir::OpPassManager &passes);

/// Finds engines and workspaces of a GPU's graphs, before memory is planned.
/// Without a planner one is started for the module's target.
void addGraphPasses(mlir::OpPassManager &passes,
                    cuda::Planner *planner = nullptr);

/// Gives every buffer its place in memory.
void addPlanPasses(mlir::OpPassManager &passes);

/// Makes every pass, and these pipelines (`netc-net`, `netc-kernel`,
/// `netc-plan`), known to net-opt.
void registerPasses();

} // namespace netc
