// Functions of elements that `arith` and `math` do not have, once for scalars
// and vectors of f32. Each is accurate to a few units in the last place, in its
// tails too, and takes any x: nothing overflows to what is not a number.
#pragma once

#include "mlir/IR/Builders.h"

namespace netc::net {

class ElementMath {
public:
  ElementMath(mlir::OpBuilder &builder, mlir::Location location)
      : b(builder), loc(location) {}

  /// `value` in every lane of the type of `like`.
  mlir::Value constant(mlir::Value like, double value);
  mlir::Value magnitude(mlir::Value x);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value subtract(mlir::Value x, mlir::Value y);
  mlir::Value multiply(mlir::Value x, mlir::Value y);

  /// max(x, 0).
  mlir::Value positivePart(mlir::Value x);

  /// 1/(1 + exp(-x)).
  mlir::Value logistic(mlir::Value x);
  /// log(1 + exp(-|x|)): what softplus adds to the larger of x and 0.
  mlir::Value softplusTail(mlir::Value x);
  /// log(1 + exp(x)).
  mlir::Value softplus(mlir::Value x);

  /// The normal distribution and its density at x:
  /// (1 + erf(x/sqrt(2)))/2 and exp(-x*x/2)/sqrt(2*pi).
  struct Normal {
    mlir::Value distribution, density;
  };
  Normal normal(mlir::Value x);

private:
  mlir::OpBuilder &b;
  mlir::Location loc;
};

} // namespace netc::net
