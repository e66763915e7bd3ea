// Inverse affine maps in double precision, and grids of f32, in the order of
// torchvision's own operations: what it rounds is rounded here.
#include "compiler/net/Warp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <numbers>

using namespace mlir;
using namespace netc;
using namespace netc::net;

namespace {
/// Arithmetic of floats of one type.
class Floats {
public:
  explicit Floats(LaneEmitter &emitter)
      : b(emitter.builder), loc(emitter.location) {}

  Value add(Value x, Value y) { return b.create<arith::AddFOp>(loc, x, y); }
  Value subtract(Value x, Value y) {
    return b.create<arith::SubFOp>(loc, x, y);
  }
  Value multiply(Value x, Value y) {
    return b.create<arith::MulFOp>(loc, x, y);
  }
  Value divide(Value x, Value y) { return b.create<arith::DivFOp>(loc, x, y); }
  Value negate(Value x) { return b.create<arith::NegFOp>(loc, x); }
  /// x*x' + y*y'.
  Value dot(ValuePair x, ValuePair y) {
    Value first = multiply(x[0], y[0]);
    return add(first, multiply(x[1], y[1]));
  }

private:
  OpBuilder &b;
  Location loc;
};

struct SineAndCosine {
  Value sine, cosine; // f64
};
} // namespace

/// The series of a sine or a cosine of |x| <= pi/4 by powers of x*x, up to what
/// a double can tell: sum of (-1)^i x^2i/(2i + first)!, times x for a sine.
static Value emitSeries(LaneEmitter &emitter, Value square, int first) {
  Floats math(emitter);
  constexpr int terms = 9;
  double coefficients[terms], factor = 1;
  for (int i = 0; i < terms; ++i) {
    coefficients[i] = factor;
    factor /= -static_cast<double>((2 * i + first + 1) * (2 * i + first + 2));
  }
  Value sum = constantDouble(emitter, coefficients[terms - 1]);
  for (int i = terms - 2; i >= 0; --i)
    sum = math.add(math.multiply(sum, square),
                   constantDouble(emitter, coefficients[i]));
  return sum;
}

/// Of an angle in degrees, below 2^31 right angles.
static SineAndCosine emitSineAndCosine(LaneEmitter &emitter, Value degrees) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Floats math(emitter);
  Value quarters = b.create<math::RoundEvenOp>(
      loc, math.divide(degrees, constantDouble(emitter, 90)));
  Value rest = math.subtract(
      degrees, math.multiply(quarters, constantDouble(emitter, 90)));
  rest = math.multiply(rest, constantDouble(emitter, std::numbers::pi / 180));
  Value square = math.multiply(rest, rest);
  Value sine = math.multiply(emitSeries(emitter, square, 1), rest);
  Value cosine = emitSeries(emitter, square, 0);
  Value quadrant = b.create<arith::FPToSIOp>(loc, b.getI32Type(), quarters);
  auto isOdd = [&](Value word, int64_t bit) -> Value {
    Value masked = b.create<arith::AndIOp>(loc, word, emitter.constantInt(bit));
    return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, masked,
                                   emitter.constantInt(0));
  };
  auto choose = [&](Value condition, Value x, Value y) -> Value {
    return b.create<arith::SelectOp>(loc, condition, x, y);
  };
  Value swapped = isOdd(quadrant, 1);
  Value next = b.create<arith::AddIOp>(loc, quadrant, emitter.constantInt(1));
  Value s = choose(swapped, cosine, sine), c = choose(swapped, sine, cosine);
  return {choose(isOdd(quadrant, 2), math.negate(s), s),
          choose(isOdd(next, 2), math.negate(c), c)};
}

InverseMap net::emitInverse(LaneEmitter &emitter, const PictureMap &map) {
  Floats math(emitter);
  SineAndCosine turn = emitSineAndCosine(emitter, map.degrees);
  // Of a rotation after both shears: [a, b], [c, d].
  Value a = turn.cosine, c = turn.sine, b = math.negate(turn.sine),
        d = turn.cosine;
  if (map.shear[1]) {
    SineAndCosine y = emitSineAndCosine(emitter, map.shear[1]);
    SineAndCosine both =
        emitSineAndCosine(emitter, math.subtract(map.degrees, map.shear[1]));
    a = math.divide(both.cosine, y.cosine);
    c = math.divide(both.sine, y.cosine);
  }
  if (map.shear[0]) {
    SineAndCosine x = emitSineAndCosine(emitter, map.shear[0]);
    Value tangent = math.divide(x.sine, x.cosine);
    b = math.subtract(math.negate(math.multiply(a, tangent)), turn.sine);
    d = math.subtract(turn.cosine, math.multiply(c, tangent));
  }
  auto scaled = [&](Value x) {
    return map.scale ? math.divide(x, map.scale) : x;
  };
  ValuePair x{scaled(d), scaled(math.negate(b))};
  ValuePair y{scaled(math.negate(c)), scaled(a)};
  Value centre[] = {constantDouble(emitter, map.centre[0]),
                    constantDouble(emitter, map.centre[1])};
  ValuePair back;
  for (unsigned i : {0, 1}) {
    back[i] = math.negate(centre[i]);
    if (map.shift[i])
      back[i] = math.subtract(back[i], map.shift[i]);
  }
  return {x[0], x[1], math.add(math.dot(x, back), centre[0]),
          y[0], y[1], math.add(math.dot(y, back), centre[1])};
}

SmallVector<Value> net::emitGrid(LaneEmitter &emitter, const InverseMap &map,
                                 shape::Pair picture) {
  OpBuilder &b = emitter.builder;
  SmallVector<Value> grid;
  for (auto [i, value] : llvm::enumerate(map)) {
    double half = static_cast<double>(picture[i < 3 ? 1 : 0]) / 2;
    Value narrow =
        b.create<arith::TruncFOp>(emitter.location, b.getF32Type(), value);
    grid.push_back(b.create<arith::DivFOp>(emitter.location, narrow,
                                           emitter.constant(half)));
  }
  return grid;
}

/// Where the current pixel comes from, along x and y, in pixels from the first.
static ValuePair emitSource(ElementEmitter &emitter, ArrayRef<Value> grid,
                            shape::Pair picture) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Floats math(emitter);
  ValuePair place = placeOf(emitter), from;
  for (unsigned d : {0, 1}) { // from the centre: x, then y
    Value at = b.create<arith::IndexCastOp>(loc, b.getI32Type(), place[1 - d]);
    at = b.create<arith::SIToFPOp>(loc, b.getF32Type(), at);
    double middle = (static_cast<double>(picture[1 - d]) - 1) / 2;
    from[d] = math.subtract(at, emitter.constant(middle));
  }
  ValuePair source;
  for (unsigned d : {0, 1}) {
    ArrayRef<Value> row = grid.slice(3 * d, 3);
    Value at = math.add(math.dot(from, {row[0], row[1]}), row[2]);
    double half = static_cast<double>(picture[1 - d]) / 2;
    at = math.multiply(math.add(at, emitter.constant(1)),
                       emitter.constant(half));
    source[d] = math.subtract(at, emitter.constant(0.5));
  }
  return source;
}

namespace {
struct Sample {
  Value pixel;    // that of the picture, anything where there is none
  Value isInside; // i1
};
} // namespace

/// The pixel at whole numbers x and y (f32), which may lie outside.
static Sample emitSample(ElementEmitter &emitter, Value input, ValuePair xy) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  shape::Pair picture = pictureOf(input.getType());
  Value isInside;
  auto require = [&](arith::CmpFPredicate predicate, Value x, double bound) {
    Value fits = // false of what is not a number
        b.create<arith::CmpFOp>(loc, predicate, x, emitter.constant(bound));
    isInside = isInside ? b.create<arith::AndIOp>(loc, isInside, fits) : fits;
  };
  for (unsigned d : {0, 1}) {
    require(arith::CmpFPredicate::OGE, xy[d], 0);
    require(arith::CmpFPredicate::OLE, xy[d],
            static_cast<double>(picture[1 - d] - 1));
  }
  ValuePair place;
  for (unsigned d : {0, 1}) {
    Value safe = b.create<arith::SelectOp>(loc, isInside, xy[1 - d],
                                           emitter.constant(0));
    place[d] = b.create<arith::IndexCastOp>(
        loc, b.getIndexType(),
        b.create<arith::FPToSIOp>(loc, b.getI32Type(), safe));
  }
  return {emitPixelAt(emitter, input, place), isInside};
}

/// The four pixels around a place by their weights; what lies outside has none,
/// and the fill takes the weight that is left.
static Value emitBilinear(ElementEmitter &emitter, Value input,
                          ValuePair source, const Sampling &sampling) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Floats math(emitter);
  Value zero = emitter.constant(0), one = emitter.constant(1);
  ValuePair low, high, upper, lower;
  for (unsigned d : {0, 1}) {
    low[d] = b.create<math::FloorOp>(loc, source[d]);
    high[d] = math.add(low[d], one);
    upper[d] = math.subtract(source[d], low[d]);
    lower[d] = math.subtract(one, upper[d]);
  }
  Value sum, mask;
  for (unsigned corner = 0; corner < 4; ++corner) {
    bool isRight = corner % 2 == 1, isBelow = corner >= 2;
    Value weight = math.multiply(isRight ? upper[0] : lower[0],
                                 isBelow ? upper[1] : lower[1]);
    Sample sample =
        emitSample(emitter, input,
                   {isRight ? high[0] : low[0], isBelow ? high[1] : low[1]});
    weight = b.create<arith::SelectOp>(loc, sample.isInside, weight, zero);
    Value part = math.multiply(
        emitLevel(emitter, sample.pixel, sampling.levels), weight);
    sum = sum ? math.add(sum, part) : part;
    mask = mask ? math.add(mask, weight) : weight;
  }
  if (sampling.fill.empty())
    return emitLevel(emitter, sum, sampling.levels);
  Value filled = math.multiply(math.subtract(one, mask),
                               emitPerChannel(emitter, sampling.fill));
  return emitLevel(emitter, math.add(math.multiply(sum, mask), filled),
                   sampling.levels);
}

Value net::emitWarpedPixel(ElementEmitter &emitter, Value input,
                           ArrayRef<Value> grid, const Sampling &sampling) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  ValuePair source = emitSource(emitter, grid, pictureOf(input.getType()));
  bool isLabels =
      cast<RankedTensorType>(input.getType()).getElementType().isInteger(32);
  if (sampling.isBilinear && !isLabels)
    return emitBilinear(emitter, input, source, sampling);
  for (Value &at : source)
    at = b.create<math::RoundEvenOp>(loc, at);
  Sample sample = emitSample(emitter, input, source);
  Value fill;
  if (isLabels)
    fill = emitter.constantInt(static_cast<int64_t>(sampling.fill[0]));
  else if (sampling.fill.empty())
    fill = emitter.constant(0);
  else
    fill = emitLevel(emitter, emitPerChannel(emitter, sampling.fill),
                     sampling.levels);
  return b.create<arith::SelectOp>(loc, sample.isInside, sample.pixel, fill);
}
