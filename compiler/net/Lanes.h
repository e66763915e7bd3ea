// Values in several lanes: one lane is a scalar, several are a vector.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"

namespace netc::net {

/// `element`, or the vector of `lanes` of it.
mlir::Type widen(mlir::Type element, int64_t lanes);
/// The lanes of a value of either type.
int64_t lanesOf(mlir::Value value);

/// The scalar in every lane.
mlir::Value splat(mlir::OpBuilder &builder, mlir::Location location,
                  mlir::Value scalar, int64_t lanes);
/// The number, a FloatAttr or an IntegerAttr, in every lane.
mlir::Value constant(mlir::OpBuilder &builder, mlir::Location location,
                     mlir::TypedAttr number, int64_t lanes);

} // namespace netc::net
