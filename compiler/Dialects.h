// The dialects that the stages of a compilation use: the compiler and net-opt
// load the same.
#pragma once

namespace mlir {
class DialectRegistry;
}

namespace netc {

/// Adds netc's dialects and those of MLIR's that kernels are made of, with the
/// generators and the targets that answer for their ops.
void registerDialects(mlir::DialectRegistry &registry);

} // namespace netc
