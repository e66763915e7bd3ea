// Only the exponential of numbers below zero is taken: it cannot overflow.
#include "compiler/net/ElementMath.h"

#include "compiler/net/Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace netc;
using namespace netc::net;

Value ElementMath::constant(Value like, double value) {
  return net::constant(b, loc, b.getF32FloatAttr(static_cast<float>(value)),
                       lanesOf(like));
}

Value ElementMath::magnitude(Value x) { return b.create<math::AbsFOp>(loc, x); }

Value ElementMath::add(Value x, Value y) {
  return b.create<arith::AddFOp>(loc, x, y);
}

Value ElementMath::subtract(Value x, Value y) {
  return b.create<arith::SubFOp>(loc, x, y);
}

Value ElementMath::multiply(Value x, Value y) {
  return b.create<arith::MulFOp>(loc, x, y);
}

Value ElementMath::positivePart(Value x) {
  return b.create<arith::MaximumFOp>(loc, x, constant(x, 0));
}

// With e = exp(-|x|): 1/(1 + e) on the right, e/(1 + e) on the left.
Value ElementMath::logistic(Value x) {
  Value one = constant(x, 1);
  Value e =
      b.create<math::ExpOp>(loc, b.create<arith::NegFOp>(loc, magnitude(x)));
  Value right = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGE, x,
                                        constant(x, 0));
  Value numerator = b.create<arith::SelectOp>(loc, right, one, e);
  return b.create<arith::DivFOp>(loc, numerator,
                                 b.create<arith::AddFOp>(loc, one, e));
}

Value ElementMath::softplusTail(Value x) {
  Value e =
      b.create<math::ExpOp>(loc, b.create<arith::NegFOp>(loc, magnitude(x)));
  return b.create<math::Log1pOp>(loc, e);
}

Value ElementMath::softplus(Value x) {
  Value positive = positivePart(x);
  return add(positive, softplusTail(x));
}

// The upper tail Q(a) of a = |x| is exp(-a*a/2) times a function that falls
// slowly: (1 + 2a)*exp(a*a/2)*Q(a) as a polynomial in (a - 4)/(a + 4) (the form
// is that of Shepherd, Laframboise: Chebyshev Approximation of
// (1 + 2x)exp(x^2)erfc x, Mathematics of Computation 36, 1981). The
// coefficients interpolate it at the Chebyshev nodes of 0 <= a <= 14.5 to
// 6e-9; beyond that the tail is below every float.
ElementMath::Normal ElementMath::normal(Value x) {
  constexpr double coefficients[] = {
      -1.54960531229e-4, -7.51411739683e-5, 1.55642640349e-3,
      -1.24992487342e-3, -1.05098573482e-2, 4.43740349722e-2,
      -9.52604635098e-2, 1.28907166705e-1,  -9.63799898005e-2,
      -2.30092058667e-2, 8.49695771593e-1};
  Value one = constant(x, 1);
  Value a = b.create<arith::MinimumFOp>(loc, magnitude(x), constant(x, 14.5));
  Value below = b.create<arith::SubFOp>(loc, a, constant(x, 4));
  Value above = b.create<arith::AddFOp>(loc, a, constant(x, 4));
  Value q = b.create<arith::DivFOp>(loc, below, above);
  Value polynomial = constant(x, coefficients[0]);
  for (double coefficient : llvm::drop_begin(coefficients))
    polynomial =
        b.create<math::FmaOp>(loc, polynomial, q, constant(x, coefficient));

  // exp(-a*a/2): what rounding took from the square is put back, as a factor.
  Value square = b.create<arith::MulFOp>(loc, a, a);
  Value rest =
      b.create<math::FmaOp>(loc, a, a, b.create<arith::NegFOp>(loc, square));
  Value e = b.create<math::ExpOp>(
      loc, b.create<arith::MulFOp>(loc, square, constant(x, -0.5)));
  Value lost = b.create<arith::MulFOp>(loc, rest, constant(x, -0.5));
  e = b.create<math::FmaOp>(loc, lost, e, e);

  Value divisor = b.create<math::FmaOp>(loc, a, constant(x, 2), one);
  Value tail = b.create<arith::DivFOp>(
      loc, b.create<arith::MulFOp>(loc, e, polynomial), divisor);
  Value isLeft = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OLT, x,
                                         constant(x, 0));
  Value distribution = b.create<arith::SelectOp>(
      loc, isLeft, tail, b.create<arith::SubFOp>(loc, one, tail));
  const double scale = 1 / std::sqrt(2 * std::numbers::pi);
  return {distribution, b.create<arith::MulFOp>(loc, e, constant(x, scale))};
}
