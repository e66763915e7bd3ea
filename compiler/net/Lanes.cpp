// Scalars and vectors, made alike.
#include "compiler/net/Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace netc;

Type net::widen(Type element, int64_t lanes) {
  return lanes == 1 ? element : VectorType::get({lanes}, element);
}

int64_t net::lanesOf(Value value) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? vector.getNumElements() : 1;
}

Value net::splat(OpBuilder &builder, Location location, Value scalar,
                 int64_t lanes) {
  if (lanes == 1)
    return scalar;
  return builder.create<vector::SplatOp>(location, scalar,
                                         widen(scalar.getType(), lanes));
}

Value net::constant(OpBuilder &builder, Location location, TypedAttr number,
                    int64_t lanes) {
  if (lanes == 1)
    return builder.create<arith::ConstantOp>(location, number);
  auto type = VectorType::get({lanes}, number.getType());
  return builder.create<arith::ConstantOp>(
      location, DenseElementsAttr::get(type, Attribute(number)));
}
