// Makes an executable of launches on a GPU, with no GPU at hand.
#pragma once

#include "compiler/executable/RecordExecutable.h"
#include "compiler/targets/cuda/Planner.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/Pass.h"

namespace netc::cuda {

/// Lets `#kernel.cuda` and the ops of `net` answer what passes ask a target.
void registerTarget(mlir::DialectRegistry &registry);

/// `kernel-plan-graphs`: asks the planner for every `kernel.graph`, records the
/// engine and gives the graph its workspace. Without a planner it starts one
/// for the module's target.
std::unique_ptr<mlir::Pass> createPlanGraphs(Planner *planner = nullptr);

/// `net-fuse-activation-gradient`: a relu's gradient in the graph of the data
/// gradient before it, where the planner knows an engine for it. Without a
/// planner it starts one for the module's target.
std::unique_ptr<mlir::Pass>
createFuseActivationGradient(Planner *planner = nullptr);

/// A planner for a module's target. Throws Error where that is no GPU.
Planner plannerOf(mlir::ModuleOp module);

/// `net-use-bf16`, on functions: activations as bf16 where the target says so.
std::unique_ptr<mlir::Pass> createUseBf16();

/// Makes these passes known to net-opt.
void registerPasses();

/// Threads of a block, the same for every generated kernel.
inline constexpr int64_t threadsOfBlock = 256;

/// Counts the blocks of a kernel's launches: a thread for each element that it
/// writes, as long as there are no more than the device can hold at once.
int64_t blocksOf(kernel::FuncOp kernel, int64_t multiprocessors);

/// The module's kernels as `gpu.func`s of one `gpu.module @kernels`: `part` is
/// the thread's number, `parts` the number of threads.
mlir::OwningOpRef<mlir::ModuleOp> makeGpuModule(mlir::ModuleOp module);

/// Makes `kernel.func`s for a processor, `target` (#kernel.cpu), of the gpu
/// functions: their parts are the threads of the grid. A simulated device runs
/// them.
mlir::OwningOpRef<mlir::ModuleOp> makeHostKernels(mlir::ModuleOp gpuModule,
                                                  mlir::Attribute target);

struct GpuCode {
  std::string ptx;            // for devices that are newer than the target
  std::vector<uint8_t> cubin; // for the target
};

/// Compiles the module's kernels for its target. Errors say what does not
/// compile, or that there is no ptxas.
llvm::Expected<GpuCode> generateGpuCode(mlir::ModuleOp module);

/// Prints the LLVM IR that the PTX is made of.
llvm::Expected<std::string> printGpuLlvm(mlir::ModuleOp module);

/// Records the module as an executable for its GPU.
/// \pre its graphs are planned by `planner`, its memory too.
llvm::Expected<runtime::Executable>
buildCudaExecutable(mlir::ModuleOp module, const kernel::ExecutableInfo &info,
                    Planner &planner);

} // namespace netc::cuda
