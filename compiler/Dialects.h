// The dialects that the stages of a compilation use: the compiler and net-opt
// load the same.
#pragma once

namespace mlir {
class DialectRegistry;
}

namespace netc {

/// Adds netc's dialects and those of MLIR's that kernels are made of.
void registerDialects(mlir::DialectRegistry &registry);

} // namespace netc
