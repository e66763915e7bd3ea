// From `net` text to an executable, by the pipelines that netc runs.
#include "compiler/Compiler.h"
#include "test/numeric/Harness.h"

namespace netc::numeric {

runtime::Executable compileText(std::string_view mlir, int64_t valueBytes) {
  try {
    Compiler compiler(mlir, valueBytes);
    compiler.advance(Stage::Executable);
    return compiler.takeExecutable();
  } catch (const Error &error) {
    throw Error(std::string(error.what()) + "\nin\n" + std::string(mlir));
  }
}

} // namespace netc::numeric
