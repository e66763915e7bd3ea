// The pipelines.
#include "compiler/Pipelines.h"

#include "compiler/kernel/KernelPasses.h"
#include "compiler/passes/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void netc::addNetPasses(OpPassManager &passes) {
  // The text's promise is proved before anything is made of the network.
  passes.addNestedPass<func::FuncOp>(net::createInferShapes());
  passes.addNestedPass<func::FuncOp>(net::createVerifySignature());
  passes.addPass(net::createBuildPrograms());
  // Gradients are of the plain ops: fusion comes after.
  passes.addNestedPass<func::FuncOp>(net::createDifferentiate());
  passes.addNestedPass<func::FuncOp>(net::createFuseActivation());
  passes.addNestedPass<func::FuncOp>(net::createFuseLoss());
  // Last: it hides ops from the others.
  passes.addNestedPass<func::FuncOp>(net::createFuseElements());
}

void netc::addKernelPasses(OpPassManager &passes) {
  // Behind the fusion of activations, which knows whole normalisations.
  passes.addNestedPass<func::FuncOp>(net::createSplitStatistics());
  passes.addPass(net::createPropagateLayouts());
  // Implementations depend on layouts.
  passes.addNestedPass<func::FuncOp>(net::createSelectImplementations());
  passes.addPass(net::createLowerToKernel());
}

void netc::addPlanPasses(OpPassManager &passes) {
  passes.addPass(kernel::createPlanMemory());
}

void netc::registerPasses() {
  net::registerNetPasses();
  kernel::registerKernelPasses();
  registerCanonicalizerPass();
  registerCSEPass();
  PassPipelineRegistration<> net(
      "netc-net", "text's network to programs on values", addNetPasses);
  PassPipelineRegistration<> kernel(
      "netc-kernel", "programs on values to launches", addKernelPasses);
  PassPipelineRegistration<> plan("netc-plan", "launches to planned memory",
                                  addPlanPasses);
}
