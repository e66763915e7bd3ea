// The pipelines.
#include "compiler/Pipelines.h"

#include "compiler/kernel/KernelPasses.h"
#include "compiler/passes/Passes.h"
#include "compiler/select/SelectPasses.h"
#include "compiler/targets/cuda/CudaTarget.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

static void addFusionPasses(OpPassManager &passes) {
  passes.addNestedPass<func::FuncOp>(netc::net::createFuseLoss());
  // Last: it hides ops from the others.
  passes.addNestedPass<func::FuncOp>(netc::net::createFuseElements());
}

// The text's promise is proved before anything is made of the network.
static void addProgramPasses(OpPassManager &passes) {
  passes.addNestedPass<func::FuncOp>(netc::net::createInferShapes());
  passes.addNestedPass<func::FuncOp>(netc::net::createVerifySignature());
  passes.addPass(netc::net::createBuildPrograms());
}

// Gradients are of the plain ops: fusion comes after.
static void addGradientPasses(OpPassManager &passes, int64_t valueBytes) {
  if (valueBytes != netc::anyBytes)
    passes.addPass(netc::net::createRecompute({valueBytes}));
  passes.addNestedPass<func::FuncOp>(netc::net::createDifferentiate());
  passes.addNestedPass<func::FuncOp>(netc::net::createFuseActivation());
}

void netc::addNetPasses(OpPassManager &passes, int64_t valueBytes) {
  addProgramPasses(passes);
  addGradientPasses(passes, valueBytes);
  addFusionPasses(passes);
}

void netc::addCudaNetPasses(OpPassManager &passes, int64_t keptExamples,
                            int64_t valueBytes) {
  addProgramPasses(passes);
  // Before fusion, which joins the gather to the transforms.
  if (keptExamples > 0)
    passes.addPass(netc::net::createKeepDataset({keptExamples}));
  // The parts of a large window have gradients of their own.
  passes.addNestedPass<func::FuncOp>(
      netc::net::createExpandOps({/*beforeGradients=*/true}));
  addGradientPasses(passes, valueBytes);
  // What cuDNN lacks becomes ops that element ops may join.
  passes.addNestedPass<func::FuncOp>(netc::net::createExpandOps());
  addFusionPasses(passes);
  // Fused ops keep f32 inside: only what leaves them is rounded.
  passes.addNestedPass<func::FuncOp>(netc::cuda::createUseBf16());
}

void netc::addKernelPasses(OpPassManager &passes) {
  // Behind the fusion of activations, which knows whole normalisations.
  passes.addNestedPass<func::FuncOp>(net::createExpandOps());
  passes.addPass(select::createSelectLaunches());
  passes.addPass(net::createLowerToKernel());
  passes.addPass(kernel::createShareKernels());
}

// Behind the choice of types, which graphs have; before layouts, which graphs
// know by themselves.
void netc::addCudaFusionPasses(OpPassManager &passes, cuda::Planner *planner) {
  passes.addPass(cuda::createFuseActivationGradient(planner));
}

void netc::addCudaKernelPasses(OpPassManager &passes) {
  passes.addPass(select::createSelectLaunches());
  passes.addPass(net::createLowerToKernel());
}

void netc::addGraphPasses(OpPassManager &passes, cuda::Planner *planner) {
  passes.addPass(cuda::createPlanGraphs(planner));
}

void netc::addPlanPasses(OpPassManager &passes) {
  passes.addPass(kernel::createPlanMemory());
}

void netc::registerPasses() {
  net::registerNetPasses();
  select::registerSelectPasses();
  cuda::registerPasses();
  kernel::registerKernelPasses();
  registerCanonicalizerPass();
  registerCSEPass();
  PassPipelineRegistration<> net(
      "netc-net", "text's network to programs on values",
      [](OpPassManager &passes) { addNetPasses(passes); });
  PassPipelineRegistration<> kernel(
      "netc-kernel", "programs on values to launches", addKernelPasses);
  PassPipelineRegistration<> cudaNet(
      "netc-cuda-net", "text's network to programs for a GPU",
      [](OpPassManager &passes) { addCudaNetPasses(passes); });
  PassPipelineRegistration<> cuda("netc-cuda-kernel",
                                  "programs on values to launches on a GPU",
                                  [](OpPassManager &passes) {
                                    addCudaFusionPasses(passes);
                                    addCudaKernelPasses(passes);
                                    addGraphPasses(passes);
                                  });
  PassPipelineRegistration<> plan("netc-plan", "launches to planned memory",
                                  addPlanPasses);
}
