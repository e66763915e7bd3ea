// net-opt: runs passes over text, for tests and for people who write passes.
#include "compiler/Pipelines.h"
#include "compiler/generate/Generators.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"
#include "compiler/targets/cuda/CudaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<netc::net::NetDialect, netc::kernel::KernelDialect, netc::cuda::CudaDialect,
                  mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect,
                  mlir::func::FuncDialect, mlir::math::MathDialect,
                  mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                  mlir::vector::VectorDialect>();
  netc::generate::attachModels(registry);
  netc::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "netc's passes over `net` and `kernel`\n", registry));
}
