// What oneDNN is asked for an op: the primitive, and which of the op's values
// play which roles in it. Its families describe themselves with it.
#pragma once

#include "compiler/select/Candidate.h"
#include "runtime/cpu/Primitive.h"

namespace netc::cpu {

using runtime::cpu::PrimitiveKind;
using runtime::cpu::Propagation;
using runtime::cpu::Role;

/// One tensor of a primitive. Workspaces have no type of their own.
struct RoleValue {
  Role role;
  mlir::Value value;
};

class PrimitiveRequest {
public:
  /// Values lie as `situation` says.
  PrimitiveRequest(PrimitiveKind kind, Propagation propagation,
                   const select::Situation &situation)
      : situation(&situation) {
    spec.kind = kind;
    spec.propagation = propagation;
  }

  /// Adds a tensor; a null value adds nothing.
  PrimitiveRequest &add(Role role, mlir::Value value);
  /// Adds the filter of a transposed convolution, whose channels the library
  /// counts the other way round.
  PrimitiveRequest &addTransposedFilter(mlir::Value value);
  /// Adds a workspace: no tensor of the descriptor.
  PrimitiveRequest &addWorkspace(mlir::Value value);

  /// The type of the tensor with this role. \pre there is one
  runtime::TensorType &tensor(Role role);
  mlir::Value valueOf(Role role) const;
  /// Lets the library choose the layouts of all tensors but those of `closed`.
  void open(llvm::ArrayRef<Role> closed);

  /// The layout that the library chose, as a tag of the value's own dimensions.
  std::string tagOf(Role role, const runtime::TensorType &chosen) const;

  runtime::cpu::PrimitiveSpec spec;
  /// In the order of spec.tensors; workspaces behind.
  llvm::SmallVector<RoleValue> values;

private:
  const select::Situation *situation;
};

/// Whether the library has only its reference loops, which are far slower.
bool isNaive(const runtime::cpu::PrimitiveChoice &choice);

} // namespace netc::cpu
