// Products of levels stay between bounds that they have anyway: that keeps a
// product and a sum from being rounded as one, where torchvision rounds both.
#include "compiler/net/Colors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

Value ColorMath::add(Value x, Value y) {
  return emitter.builder.create<arith::AddFOp>(emitter.location, x, y);
}

Value ColorMath::subtract(Value x, Value y) {
  return emitter.builder.create<arith::SubFOp>(emitter.location, x, y);
}

Value ColorMath::multiply(Value x, Value y) {
  return emitter.builder.create<arith::MulFOp>(emitter.location, x, y);
}

Value ColorMath::divide(Value x, Value y) {
  return emitter.builder.create<arith::DivFOp>(emitter.location, x, y);
}

Value ColorMath::select(Value condition, Value x, Value y) {
  return emitter.builder.create<arith::SelectOp>(emitter.location, condition, x,
                                                 y);
}

Value ColorMath::larger(Value x, Value y) {
  return emitter.builder.create<arith::MaximumFOp>(emitter.location, x, y);
}

Value ColorMath::smaller(Value x, Value y) {
  return emitter.builder.create<arith::MinimumFOp>(emitter.location, x, y);
}

Value ColorMath::isEqual(Value x, Value y) {
  return emitter.builder.create<arith::CmpFOp>(emitter.location,
                                               arith::CmpFPredicate::OEQ, x, y);
}

Value ColorMath::cut(Value x) {
  x = smaller(larger(x, emitter.constant(0)), emitter.constant(bound()));
  return levels == 0
             ? x
             : emitter.builder.create<math::FloorOp>(emitter.location, x);
}

Value ColorMath::blend(Value x, Value other, Value strength, Value rest) {
  Value own = multiply(x, strength), others = multiply(other, rest);
  if (levels != 0) {
    own = larger(own, emitter.constant(0));
    others = smaller(others, emitter.constant(bound()));
  }
  return cut(add(own, others));
}

Value ColorMath::grey(const Color &color) {
  constexpr double shares[] = {0.2989, 0.587, 0.114};
  Value sum;
  for (auto [value, share] : llvm::zip(color, shares)) {
    Value part = multiply(value, emitter.constant(share));
    if (levels != 0)
      part = larger(part, emitter.constant(0));
    sum = sum ? add(sum, part) : part;
  }
  return levels == 0
             ? sum
             : emitter.builder.create<math::FloorOp>(emitter.location, sum);
}

Value ColorMath::hueOf(const Color &color, Value highest, Value spread) {
  Value zero = emitter.constant(0), one = emitter.constant(1);
  Value divisor = select(isEqual(spread, zero), one, spread);
  Color below;
  for (unsigned c : {0, 1, 2})
    below[c] = divide(subtract(highest, color[c]), divisor);
  Value ofRed = subtract(below[2], below[1]);
  Value ofGreen = subtract(add(emitter.constant(2), below[0]), below[2]);
  Value ofBlue = subtract(add(emitter.constant(4), below[1]), below[0]);
  Value sixths = select(isEqual(highest, color[0]), ofRed,
                        select(isEqual(highest, color[1]), ofGreen, ofBlue));
  Value hue = add(divide(sixths, emitter.constant(6)), one);
  // It is between 0 and 2.
  Value isWhole = emitter.builder.create<arith::CmpFOp>(
      emitter.location, arith::CmpFPredicate::OGE, hue, one);
  return select(isWhole, subtract(hue, one), hue);
}

Value ColorMath::turnHue(const Color &color, Value turn, Value channel) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value zero = emitter.constant(0), one = emitter.constant(1);
  Color rgb = color;
  if (levels != 0)
    for (Value &value : rgb)
      value = divide(value, emitter.constant(bound()));
  Value highest = larger(larger(rgb[0], rgb[1]), rgb[2]);
  Value lowest = smaller(smaller(rgb[0], rgb[1]), rgb[2]);
  Value spread = subtract(highest, lowest);
  Value saturation =
      divide(spread, select(isEqual(highest, lowest), one, highest));
  Value hue = add(hueOf(rgb, highest, spread), turn);
  hue = subtract(hue, b.create<math::FloorOp>(loc, hue));

  Value sixths = multiply(hue, emitter.constant(6));
  Value sector = b.create<math::FloorOp>(loc, sixths);
  Value within = subtract(sixths, sector);
  auto fallen = [&](Value share) {
    Value x = multiply(highest, subtract(one, multiply(saturation, share)));
    return smaller(larger(x, zero), one);
  };
  Value p = fallen(one), q = fallen(within), t = fallen(subtract(one, within));
  // Red goes through v, q, p, p, t, v; green and blue are two and four sectors
  // behind it.
  Value number = b.create<arith::FPToSIOp>(loc, b.getI32Type(), sector);
  Value offset = b.create<arith::MulIOp>(
      loc, b.create<arith::SubIOp>(loc, emitter.constantInt(6), channel),
      emitter.constantInt(2)); // 12, 10, 8: 0, 4, 2 of six
  number = b.create<arith::RemUIOp>(
      loc, b.create<arith::AddIOp>(loc, number, offset),
      emitter.constantInt(6));
  Value result = highest;
  Value values[] = {highest, q, p, p, t, highest};
  for (int64_t i : {1, 2, 3, 4}) {
    Value isHere = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq,
                                           number, emitter.constantInt(i));
    result = select(isHere, values[i], result);
  }
  if (levels == 0)
    return result;
  // As torchvision makes levels of numbers.
  return cut(multiply(result, emitter.constant(bound() + 1 - 1e-3)));
}
