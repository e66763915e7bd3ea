// The `net` dialect: layers, transforms, losses and optimisers as values on
// tensors of logical shape, with a static batch in front.
#pragma once

#include "compiler/net/Training.h"
#include "compiler/net/UpdateEmitter.h"
#include "compiler/shape/Shape.h"
#include "compiler/shape/Transforms.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace netc::net {

class ElementMath; // compiler/net/ElementMath.h

/// Equal shapes and element types; what is written may be unranked or carry a
/// layout.
bool areCompatibleTypes(mlir::TypeRange inferred, mlir::TypeRange actual);

/// [N] + shape of f32.
mlir::RankedTensorType batched(mlir::MLIRContext *context, int64_t batch,
                               const shape::Shape &shape);

/// The tag of the type's layout; empty for row-major.
llvm::StringRef layoutOf(mlir::Type type);
/// The type with the layout `tag`, or row-major where it is empty.
mlir::RankedTensorType withLayout(mlir::RankedTensorType type,
                                  llvm::StringRef tag);

/// An error unless the parameter is there and has the shape of `type`; layouts
/// may differ until they are chosen.
mlir::LogicalResult verifyParameterUse(mlir::Operation *op,
                                       mlir::SymbolTableCollection &table,
                                       mlir::FlatSymbolRefAttr name,
                                       mlir::Type type);

/// The shape of one example: the sizes behind the batch.
shape::Shape exampleShape(mlir::RankedTensorType type);

/// Infers a layer's single result [N] + shape from its input by the rule of
/// `spec`; an unranked input gives an unranked result. Errors are reported at
/// `location` with the rule's words.
mlir::LogicalResult inferLayer(std::optional<mlir::Location> location,
                               mlir::Type input, const shape::LayerSpec &spec,
                               llvm::SmallVectorImpl<mlir::Type> &results);

/// Infers a transform's single result likewise.
mlir::LogicalResult inferTransform(std::optional<mlir::Location> location,
                                   mlir::Type input,
                                   const shape::TransformSpec &spec,
                                   llvm::SmallVectorImpl<mlir::Type> &results);

/// Makes the attribute `activation` of an op what the `net.activation` behind
/// it computes, and drops that, unless the op has one or something else reads
/// its result too.
void setActivationBehind(mlir::Operation *op, mlir::Operation *activation);

/// A data gradient's result of `type`, which may be unranked; an error where
/// `activated`, if it is there, has another shape.
mlir::LogicalResult
inferInputGradient(std::optional<mlir::Location> location, mlir::Type type,
                   mlir::Value activated,
                   llvm::SmallVectorImpl<mlir::Type> &results);

} // namespace netc::net

#include "compiler/net/NetDialect.h.inc"
#include "compiler/net/NetEnums.h.inc"
#include "compiler/net/NetInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/net/NetAttributes.h.inc"

#define GET_OP_CLASSES
#include "compiler/net/NetOps.h.inc"

namespace netc::net {

/// The loss `net.<loss>`, and the update `net.<optimizer>_update`, for their
/// static methods; null where no op is called so.
LossOpInterface::Concept *findLoss(mlir::MLIRContext *context,
                                   llvm::StringRef loss);
UpdateOpInterface::Concept *findUpdate(mlir::MLIRContext *context,
                                       llvm::StringRef optimizer);

/// An update's parameters are there: its own, and what is kept of it.
mlir::LogicalResult verifyUpdate(UpdateOpInterface update,
                                 mlir::SymbolTableCollection &table);

/// The symbol of a state: `dense_1.weight.velocity`.
std::string stateSymbol(llvm::StringRef parameter, llvm::StringRef state);

/// What is kept of each parameter of a module.
class ParameterStates {
public:
  explicit ParameterStates(mlir::ModuleOp module);
  /// In the order of their declarations.
  llvm::ArrayRef<ParameterOp> of(mlir::StringAttr parameter) const;

private:
  llvm::DenseMap<mlir::StringAttr, llvm::SmallVector<ParameterOp, 2>> states;
};

} // namespace netc::net
