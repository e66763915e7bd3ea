// Text to loaded code.
#include "test/unit/kernel/Loaded.h"

#include "compiler/targets/cpu/CpuTarget.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace netc;

std::unique_ptr<MLIRContext> kernel::makeContext() {
  DialectRegistry registry;
  registry
      .insert<kernel::KernelDialect, arith::ArithDialect,
              cf::ControlFlowDialect, math::MathDialect, memref::MemRefDialect,
              scf::SCFDialect, vector::VectorDialect>();
  return std::make_unique<MLIRContext>(registry);
}

OwningOpRef<ModuleOp> kernel::parse(MLIRContext &context,
                                    const std::string &body,
                                    const std::string &isa) {
  auto module = parseSourceString<ModuleOp>(
      "module attributes {kernel.target = #kernel.cpu<isa = \"" + isa +
          "\", threads = 2>} {\n" + body + "\n}",
      &context);
  EXPECT_TRUE(module) << body;
  return module;
}

runtime::cpu::SharedObject kernel::load(const std::string &body,
                                        const std::string &isa) {
  auto context = makeContext();
  OwningOpRef<ModuleOp> module = parse(*context, body, isa);
  return runtime::cpu::SharedObject(llvm::cantFail(generateCode(*module)));
}

std::string kernel::compileError(const std::string &body) {
  auto context = makeContext();
  OwningOpRef<ModuleOp> module = parse(*context, body);
  auto code = generateCode(*module);
  return code ? "" : llvm::toString(code.takeError());
}
