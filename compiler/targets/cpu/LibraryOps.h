// Which oneDNN primitive each `net` op is, and which value plays which role.
// The one place that names them all; an op that is not here is generated.
#pragma once

#include "compiler/net/NetDialect.h"
#include "runtime/cpu/Primitive.h"

namespace netc::net {

/// One tensor of a primitive. Workspaces have no type of their own.
struct RoleValue {
  runtime::cpu::Role role;
  mlir::Value value;
  bool isResult;
};

/// The layout that the library chose, as the tag of our value: its filter of a
/// transposed convolution has output channels first, ours has input channels
/// first. The memory is the same.
std::string layoutOfChoice(const runtime::cpu::PrimitiveSpec &spec,
                           runtime::cpu::Role role,
                           const runtime::TensorType &chosen);

struct LibraryOp {
  runtime::cpu::PrimitiveSpec spec; // with the tensors' current layouts
  llvm::SmallVector<RoleValue>
      values; // in the order of spec.tensors; workspaces behind
  /// Whether the library may choose the layouts of what the op reads and
  /// writes; pooling follows its input instead.
  bool choosesLayouts = false;
};

/// Null for an op that is no library primitive.
std::optional<LibraryOp> toLibrary(mlir::Operation *op);

/// Settles the library for the module's `kernel.target`; errors are reported.
mlir::LogicalResult configureLibrary(mlir::Operation *module);

} // namespace netc::net
