// net-opt: runs passes over text, for tests and for people who write passes.
#include "compiler/Dialects.h"
#include "compiler/Pipelines.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  netc::registerDialects(registry);
  netc::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "netc's passes over `net` and `kernel`\n", registry));
}
