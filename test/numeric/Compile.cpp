// From `net` text to an executable, by the pipelines that netc runs.
#include "compiler/Pipelines.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/net/NetDialect.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "test/numeric/Harness.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

namespace netc::numeric {

runtime::Executable compileText(std::string_view mlir) {
  ::mlir::MLIRContext context(::mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<net::NetDialect, kernel::KernelDialect,
                      ::mlir::func::FuncDialect>();
  std::string messages;
  ::mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](::mlir::Diagnostic &diagnostic) {
                                            messages += diagnostic.str() + "\n";
                                            return ::mlir::success();
                                          });
  auto module = ::mlir::parseSourceString<::mlir::ModuleOp>(
      ::llvm::StringRef(mlir.data(), mlir.size()), &context);
  auto fail = [&](const std::string &message) -> Error {
    return Error(messages + message + "in\n" + std::string(mlir));
  };
  if (!module)
    throw fail("");
  ::mlir::PassManager passes(&context);
  addNetPasses(passes);
  addKernelPasses(passes);
  addPlanPasses(passes);
  if (failed(passes.run(*module)))
    throw fail("");
  kernel::ExecutableInfo info;
  info.network = "test";
  info.source = "test.mlir";
  auto executable = kernel::buildExecutable(*module, info);
  if (!executable)
    throw fail(toString(executable.takeError()) + "\n");
  return std::move(*executable);
}

} // namespace netc::numeric
