// Lowers the gpu functions of a module's kernels for this processor:
//
//     netc FILE --target=cuda:h100 --emit=kernel | netc-host-kernels OUT.so
//
// OUT.so has a function for each; OUT.so.txt says what its buffers are.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "compiler/targets/cuda/CudaTarget.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"

#include <fstream>
#include <iostream>
#include <iterator>

using namespace mlir;
using namespace netc;

static void writeTable(ModuleOp module, std::ostream &out) {
  for (kernel::FuncOp func : module.getOps<kernel::FuncOp>()) {
    out << func.getSymName().str();
    for (auto [index, buffer] : llvm::enumerate(func.getBuffers()))
      out << ' ' << *kernel::getByteSize(cast<MemRefType>(buffer.getType()))
          << (!func.writesBuffer(index) ? 'r'
              : func.readsBuffer(index) ? 'b'
                                        : 'w');
    out << '\n';
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    std::cerr << "usage: netc-host-kernels OUT.so < module" << std::endl;
    return 2;
  }
  MLIRContext context;
  context.loadDialect<net::NetDialect, kernel::KernelDialect,
                      arith::ArithDialect, cf::ControlFlowDialect,
                      math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                      vector::VectorDialect>();
  std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return 1;
  OwningOpRef<ModuleOp> gpu = cuda::makeGpuModule(*module);
  OwningOpRef<ModuleOp> host =
      cuda::makeHostKernels(*gpu, kernel::CpuAttr::get(&context, "avx2", 1));
  auto code = kernel::generateCode(*host);
  if (!code) {
    std::cerr << llvm::toString(code.takeError()) << std::endl;
    return 1;
  }
  std::string path = argv[1];
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(code->data()),
             static_cast<std::streamsize>(code->size()));
  std::ofstream table(path + ".txt");
  writeTable(*module, table);
  return table ? 0 : 1;
}
