// Reads of pixels.
#include "compiler/net/Pixels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

shape::Pair net::pictureOf(Type type) {
  ArrayRef<int64_t> sizes = cast<RankedTensorType>(type).getShape();
  return {sizes[sizes.size() - 2], sizes.back()};
}

ValuePair net::placeOf(ElementEmitter &emitter) {
  ArrayRef<Value> at = emitter.coordinates().take_back(2);
  return {at[0], at[1]};
}

static bool isLabel(Type type) {
  return getElementTypeOrSelf(type).isInteger(32);
}

Value net::emitLevel(LaneEmitter &emitter, Value x, int64_t levels) {
  return levels == 0
             ? x
             : emitter.builder.create<math::RoundEvenOp>(emitter.location, x);
}

Value net::pixelToFloat(LaneEmitter &emitter, Value pixel) {
  Type type = getElementTypeOrSelf(pixel.getType());
  if (type.isF32() || isLabel(type))
    return pixel;
  OpBuilder &b = emitter.builder;
  // Widened first: an unsigned byte is a positive i32.
  Value wide = b.create<arith::ExtUIOp>(emitter.location,
                                        emitter.widen(b.getI32Type()), pixel);
  return b.create<arith::SIToFPOp>(emitter.location,
                                   emitter.widen(b.getF32Type()), wide);
}

Value net::emitPixel(ElementEmitter &emitter, Value input) {
  return pixelToFloat(emitter, emitter.element(input));
}

Value net::emitPixelAt(ElementEmitter &emitter, Value input, ValuePair place) {
  SmallVector<Value> at(emitter.coordinates().drop_back(2));
  at.append(place.begin(), place.end());
  return pixelToFloat(emitter, emitter.elementAt(input, at));
}

Value net::emitPerChannel(ElementEmitter &emitter, ArrayRef<double> values) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value result = emitter.constant(values[0]);
  for (size_t c = 1; c < values.size(); ++c) {
    Value here = b.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::eq, emitter.channel(),
        emitter.constantInt(static_cast<int64_t>(c)));
    result = b.create<arith::SelectOp>(loc, here, emitter.constant(values[c]),
                                       result);
  }
  return result;
}

Value net::emitPaddedPixel(ElementEmitter &emitter, Value input,
                           ValuePair place) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  shape::Pair picture = pictureOf(input.getType());
  Value zero = b.create<arith::ConstantIndexOp>(loc, 0);
  Value isInside;
  for (unsigned d : {0, 1}) {
    Value size = b.create<arith::ConstantIndexOp>(loc, picture[d]);
    // Unsigned: what is before the picture is a large number.
    Value fits =
        b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, place[d], size);
    place[d] = b.create<arith::SelectOp>(loc, fits, place[d], zero);
    isInside = isInside ? b.create<arith::AndIOp>(loc, isInside, fits) : fits;
  }
  Value outside = isLabel(input.getType())
                      ? emitter.constantInt(shape::outsideLabel)
                      : emitter.constant(0);
  return b.create<arith::SelectOp>(loc, isInside,
                                   emitPixelAt(emitter, input, place), outside);
}

namespace {
/// Where a resized pixel lies in its window along one dimension.
struct Between {
  Value first, second; // pixels of the picture, index
  Value weight;        // of the second, f32
};
} // namespace

static Between sourcePixel(ElementEmitter &emitter, Value i, Value origin,
                           Value extent, int64_t size) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value position = b.create<arith::IndexCastOp>(loc, b.getI32Type(), i);
  position = b.create<arith::SIToFPOp>(loc, b.getF32Type(), position);
  position = b.create<arith::AddFOp>(loc, position, emitter.constant(0.5));
  Value scale;
  APInt known;
  if (matchPattern(extent, m_ConstantInt(&known))) {
    scale = emitter.constant(static_cast<double>(known.getSExtValue()) /
                             static_cast<double>(size));
  } else {
    scale = b.create<arith::SIToFPOp>(loc, b.getF32Type(), extent);
    scale = b.create<arith::DivFOp>(
        loc, scale, emitter.constant(static_cast<double>(size)));
  }
  position = b.create<arith::MulFOp>(loc, position, scale);
  position = b.create<arith::SubFOp>(loc, position, emitter.constant(0.5));
  position = b.create<arith::MaximumFOp>(loc, position, emitter.constant(0));
  Value last = b.create<arith::SubIOp>(loc, extent, emitter.constantInt(1));
  Value low = b.create<arith::FPToSIOp>(loc, b.getI32Type(), position);
  low = b.create<arith::MinSIOp>(loc, low, last);
  Value weight = b.create<arith::SubFOp>(
      loc, position, b.create<arith::SIToFPOp>(loc, b.getF32Type(), low));
  Value high = b.create<arith::AddIOp>(loc, low, emitter.constantInt(1));
  high = b.create<arith::MinSIOp>(loc, high, last);
  auto index = [&](Value v) -> Value {
    v = b.create<arith::IndexCastOp>(loc, b.getIndexType(), v);
    return b.create<arith::AddIOp>(loc, origin, v);
  };
  return {index(low), index(high), weight};
}

static Value emitResizedLabel(ElementEmitter &emitter, Value input,
                              ValuePair origin, ValuePair extent,
                              shape::Pair size) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  ValuePair place = placeOf(emitter);
  for (unsigned d : {0, 1}) {
    Value pixels =
        b.create<arith::IndexCastOp>(loc, b.getIndexType(), extent[d]);
    Value scaled = b.create<arith::MulIOp>(loc, place[d], pixels);
    scaled = b.create<arith::DivUIOp>(
        loc, scaled, b.create<arith::ConstantIndexOp>(loc, size[d]));
    place[d] = b.create<arith::AddIOp>(loc, origin[d], scaled);
  }
  return emitPixelAt(emitter, input, place);
}

Value net::emitResizedPixel(ElementEmitter &emitter, Value input,
                            ValuePair origin, ValuePair extent,
                            shape::Pair size) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  if (isLabel(input.getType()))
    return emitResizedLabel(emitter, input, origin, extent, size);
  ValuePair at = placeOf(emitter);
  Between rows = sourcePixel(emitter, at[0], origin[0], extent[0], size[0]);
  Between columns = sourcePixel(emitter, at[1], origin[1], extent[1], size[1]);
  auto blend = [&](Value first, Value second, Value weight) -> Value {
    Value difference = b.create<arith::SubFOp>(loc, second, first);
    Value step = b.create<arith::MulFOp>(loc, difference, weight);
    return b.create<arith::AddFOp>(loc, first, step);
  };
  auto alongRow = [&](Value y) {
    Value left = emitPixelAt(emitter, input, {y, columns.first});
    Value right = emitPixelAt(emitter, input, {y, columns.second});
    return blend(left, right, columns.weight);
  };
  Value upper = alongRow(rows.first);
  Value lower = alongRow(rows.second);
  return blend(upper, lower, rows.weight);
}
