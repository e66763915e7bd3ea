// The `kernel` dialect: what will run, in order, on buffers: library
// primitives and generated kernels, programs of them, and their memory.
#pragma once

#include "runtime/TensorType.h"
#include "runtime/cpu/Primitive.h"
#include "runtime/cuda/GraphSpec.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace mlir {
class ModuleOp;
}

namespace netc::kernel {

using runtime::cpu::PrimitiveKind;
using runtime::cpu::Propagation;
using runtime::cpu::Role;

/// The keyword of an enumeration's value, as the dialect's text has it.
template <typename Enum> llvm::StringRef keyword(Enum value) {
  return runtime::keyword(value);
}

/// Reads a keyword, else reports that `expected` was.
template <typename Enum>
mlir::FailureOr<Enum> parseKeyword(mlir::AsmParser &parser,
                                   llvm::StringRef expected) {
  llvm::SMLoc location = parser.getCurrentLocation();
  llvm::StringRef word;
  if (parser.parseKeyword(&word))
    return mlir::failure();
  std::optional<Enum> value = runtime::fromKeyword<Enum>(word);
  if (!value) {
    parser.emitError(location, "expected ")
        << expected << ", got `" << word << "`";
    return mlir::failure();
  }
  return *value;
}

// Names of discardable attributes.
inline constexpr llvm::StringLiteral choiceAttrName = "kernel.choice";
inline constexpr llvm::StringLiteral targetAttrName = "kernel.target";
inline constexpr llvm::StringLiteral arenaBytesAttrName = "kernel.arena_bytes";
inline constexpr llvm::StringLiteral argumentNameAttrName = "kernel.name";
inline constexpr llvm::StringLiteral argumentRoleAttrName = "kernel.role";
inline constexpr llvm::StringLiteral argumentTensorAttrName = "kernel.tensor";
inline constexpr llvm::StringLiteral argumentOffsetAttrName = "kernel.offset";
/// Names on a launch the layers of what was fused into its kernel, where there
/// are several.
inline constexpr llvm::StringLiteral fusedLayersAttrName = "fused_layers";

/// A static memref of positive sizes with the identity layout and no memory
/// space.
bool isBuffer(mlir::Type type);
/// A memref<?xT>: what a kernel takes that is for any number of elements.
bool isOpenBuffer(mlir::Type type);
/// Bytes of a buffer; none if they do not fit 63 bits.
std::optional<int64_t> getByteSize(mlir::MemRefType type);

} // namespace netc::kernel

#include "compiler/kernel/KernelDialect.h.inc"
#include "compiler/kernel/KernelInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/kernel/KernelAttributes.h.inc"

#define GET_OP_CLASSES
#include "compiler/kernel/KernelOps.h.inc"

namespace netc::kernel {

/// The module's `kernel.target` where it is a processor; else null.
CpuAttr getTarget(mlir::ModuleOp module);
/// The module's `kernel.target` where it is a GPU; else null.
CudaAttr getCudaTarget(mlir::ModuleOp module);
/// The module's `kernel.arena_bytes`; none before memory planning.
std::optional<int64_t> getArenaBytes(mlir::ModuleOp module);
/// The buffer that `buffer` is a view of: itself, or what it is reshaped from.
mlir::Value getBaseBuffer(mlir::Value buffer);

} // namespace netc::kernel
