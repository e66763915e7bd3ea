// The kernels of softmax cross-entropy and of counting hits: an example at a
// time, its maximum subtracted before the exponentials. The lanes of a vector
// are pixels: of an example with one label there are none.
#include "compiler/generate/Generators.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace netc::net;

namespace {
/// logits [N, K] or [N, K, P] with labels [N] or [N, P]: maps are flat.
struct Maps {
  Value logits, labels;
  int64_t classes, pixels;
  bool isMap;

  static Value flat(KernelBody &body, Value map) {
    int64_t rank = cast<MemRefType>(map.getType()).getRank();
    SmallVector<ReassociationIndices> kept;
    for (int64_t d = 0; d < rank - 2; ++d)
      kept.push_back({d});
    kept.push_back({rank - 2, rank - 1});
    return body.builder.create<memref::CollapseShapeOp>(body.location, map,
                                                        kept);
  }
  Maps(KernelBody &body, Value logits, Value labels)
      : logits(logits), labels(labels), pixels(1) {
    auto type = cast<MemRefType>(logits.getType());
    classes = type.getDimSize(1);
    isMap = type.getRank() == 4;
    if (isMap) {
      pixels = type.getDimSize(2) * type.getDimSize(3);
      this->logits = flat(body, logits);
      this->labels = flat(body, labels);
    }
  }
};

/// One label, or as many as there are lanes: logits[row, :, pixel...].
class PlaceEmitter {
public:
  PlaceEmitter(KernelBody &body, const Maps &maps, Value row, Value pixel,
               int64_t width)
      : b(body.builder), loc(body.location), maps(maps), row(row), pixel(pixel),
        width(width) {
    label = loadFrom(maps.labels, at(), b.getI32Type());
    findMaximum();
  }
  /// 1 where the first maximum, or one logit's sign, is the label's; as i32.
  Value correct();
  Value loss(double smoothing);
  /// (softmax - smoothed one_hot) * scale into the gradient.
  void storeGradient(Value gradient, Value scale, double smoothing);

private:
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Type widen(Type type) const {
    return width == 1 ? type : VectorType::get({width}, type);
  }
  Value splat(Value scalar) {
    return width == 1 ? scalar
                      : b.create<vector::SplatOp>(loc, scalar,
                                                  widen(scalar.getType()));
  }
  Value number(double value) {
    return splat(b.create<arith::ConstantOp>(
        loc, b.getF32FloatAttr(static_cast<float>(value))));
  }
  Value word(Value column) {
    return splat(b.create<arith::IndexCastOp>(loc, b.getI32Type(), column));
  }
  SmallVector<Value> at() const {
    return maps.isMap ? SmallVector<Value>{row, pixel}
                      : SmallVector<Value>{row};
  }
  SmallVector<Value> at(Value column) const {
    return maps.isMap ? SmallVector<Value>{row, column, pixel}
                      : SmallVector<Value>{row, column};
  }
  Value loadFrom(Value buffer, ValueRange where, Type type) {
    if (width == 1)
      return b.create<memref::LoadOp>(loc, buffer, where);
    return b.create<vector::LoadOp>(loc, cast<VectorType>(widen(type)), buffer,
                                    where);
  }
  Value load(Value column) {
    return loadFrom(maps.logits, at(column), b.getF32Type());
  }
  Value subtract(Value x, Value y) {
    return b.create<arith::SubFOp>(loc, x, y);
  }
  Value exponential(Value column) {
    return b.create<math::ExpOp>(loc, subtract(load(column), maximum));
  }
  /// The maximum and its first column. A NaN among the logits is the maximum.
  void findMaximum();
  /// The sum of the exponentials, and of what was taken by it on the way.
  void sum();

  OpBuilder &b;
  Location loc;
  const Maps &maps;
  Value row, pixel;
  int64_t width;
  Value label, maximum, best;
  Value total, own, all; // exponentials; the label's and all logits - maximum
};
} // namespace

void PlaceEmitter::findMaximum() {
  Value first = b.create<arith::ConstantOp>(loc, b.getI32IntegerAttr(0));
  auto loop = b.create<scf::ForOp>(
      loc, index(1), index(maps.classes), index(1),
      ValueRange{load(index(0)), splat(first)},
      [&](OpBuilder &, Location, Value column, ValueRange carried) {
        Value value = load(column);
        Value greater = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGT,
                                                value, carried[0]);
        Value nextBest =
            b.create<arith::SelectOp>(loc, greater, word(column), carried[1]);
        Value next = b.create<arith::MaximumFOp>(loc, carried[0], value);
        b.create<scf::YieldOp>(loc, ValueRange{next, nextBest});
      });
  maximum = loop.getResult(0);
  best = loop.getResult(1);
}

void PlaceEmitter::sum() {
  if (total)
    return;
  Value zero = number(0);
  auto loop = b.create<scf::ForOp>(
      loc, index(0), index(maps.classes), index(1),
      ValueRange{zero, zero, zero},
      [&](OpBuilder &, Location, Value column, ValueRange carried) {
        Value shifted = subtract(load(column), maximum);
        Value power = b.create<math::ExpOp>(loc, shifted);
        Value isLabel = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq,
                                                word(column), label);
        Value nextOwn =
            b.create<arith::SelectOp>(loc, isLabel, shifted, carried[1]);
        b.create<scf::YieldOp>(
            loc,
            ValueRange{b.create<arith::AddFOp>(loc, carried[0], power), nextOwn,
                       b.create<arith::AddFOp>(loc, carried[2], shifted)});
      });
  total = loop.getResult(0);
  own = loop.getResult(1);
  all = loop.getResult(2);
}

Value PlaceEmitter::correct() {
  Value predicted = best;
  if (maps.classes == 1) {
    Value positive = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGT,
                                             maximum, number(0));
    predicted = b.create<arith::ExtUIOp>(loc, widen(b.getI32Type()), positive);
  }
  Value hit =
      b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, predicted, label);
  return b.create<arith::ExtUIOp>(loc, widen(b.getI32Type()), hit);
}

Value PlaceEmitter::loss(double smoothing) {
  sum();
  Value logarithm = b.create<math::LogOp>(loc, total);
  if (smoothing == 0)
    return subtract(logarithm, own);
  Value kept = b.create<arith::MulFOp>(loc, own, number(1 - smoothing));
  Value shared = b.create<arith::MulFOp>(
      loc, all, number(smoothing / static_cast<double>(maps.classes)));
  return subtract(logarithm, b.create<arith::AddFOp>(loc, kept, shared));
}

void PlaceEmitter::storeGradient(Value gradient, Value scale,
                                 double smoothing) {
  sum();
  double share = smoothing / static_cast<double>(maps.classes);
  Value hit = number(1 - smoothing + share), miss = number(share);
  Value inverse = b.create<arith::DivFOp>(loc, number(1), total);
  Value factor = splat(scale);
  auto loop =
      b.create<scf::ForOp>(loc, index(0), index(maps.classes), index(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value column = loop.getInductionVar();
  Value probability =
      b.create<arith::MulFOp>(loc, exponential(column), inverse);
  Value isLabel = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq,
                                          word(column), label);
  Value target = b.create<arith::SelectOp>(loc, isLabel, hit, miss);
  Value value =
      b.create<arith::MulFOp>(loc, subtract(probability, target), factor);
  if (width == 1)
    b.create<memref::StoreOp>(loc, value, gradient, at(column));
  else
    b.create<vector::StoreOp>(loc, value, gradient, at(column));
}

namespace {
/// What an op asks of each place.
struct Wanted {
  bool loss = false, correct = false, gradient = false;
  double smoothing = 0;
};

/// The sums of an example's losses and hits; null where they are not wanted.
struct Sums {
  Value loss, correct;
};

class ExampleEmitter {
public:
  ExampleEmitter(KernelBody &body, const Maps &maps, const Wanted &wanted,
                 Value gradient)
      : body(body), b(body.builder), loc(body.location), maps(maps),
        wanted(wanted), gradient(gradient) {}

  /// `scale` of the gradient, already divided by the pixels.
  Sums emit(Value row, Value scale);

private:
  Value zero(Type type) {
    return b.create<arith::ConstantOp>(loc, b.getZeroAttr(type));
  }
  Sums emitPlace(Value row, Value pixel, int64_t width, Value scale);
  /// The pixels [begin, end) in steps of `width`, added to `sums`.
  Sums emitLoop(Value row, int64_t begin, int64_t end, int64_t width,
                Value scale, Sums sums);

  KernelBody &body;
  OpBuilder &b;
  Location loc;
  const Maps &maps;
  const Wanted &wanted;
  Value gradient;
};
} // namespace

Sums ExampleEmitter::emitPlace(Value row, Value pixel, int64_t width,
                               Value scale) {
  PlaceEmitter place(body, maps, row, pixel, width);
  Sums sums;
  if (wanted.loss)
    sums.loss = place.loss(wanted.smoothing);
  if (wanted.correct)
    sums.correct = place.correct();
  if (wanted.gradient)
    place.storeGradient(gradient, scale, wanted.smoothing);
  return sums;
}

Sums ExampleEmitter::emitLoop(Value row, int64_t begin, int64_t end,
                              int64_t width, Value scale, Sums sums) {
  auto index = [&](int64_t value) -> Value {
    return b.create<arith::ConstantIndexOp>(loc, value);
  };
  auto widen = [&](Type type) -> Type {
    return width == 1 ? type : VectorType::get({width}, type);
  };
  SmallVector<Value> carried;
  if (wanted.loss)
    carried.push_back(zero(widen(b.getF32Type())));
  if (wanted.correct)
    carried.push_back(zero(widen(b.getI32Type())));
  auto loop = b.create<scf::ForOp>(
      loc, index(begin), index(end), index(width), carried,
      [&](OpBuilder &, Location, Value pixel, ValueRange sofar) {
        Sums here = emitPlace(row, pixel, width, scale);
        SmallVector<Value> next;
        if (wanted.loss)
          next.push_back(b.create<arith::AddFOp>(loc, sofar[0], here.loss));
        if (wanted.correct)
          next.push_back(
              b.create<arith::AddIOp>(loc, sofar.back(), here.correct));
        b.create<scf::YieldOp>(loc, next);
      });
  auto add = [&](Value &sum, Value more) {
    if (width > 1)
      more =
          b.create<vector::ReductionOp>(loc, vector::CombiningKind::ADD, more);
    if (!sum)
      sum = more;
    else if (isa<FloatType>(sum.getType()))
      sum = b.create<arith::AddFOp>(loc, sum, more);
    else
      sum = b.create<arith::AddIOp>(loc, sum, more);
  };
  if (wanted.loss)
    add(sums.loss, loop.getResult(0));
  if (wanted.correct)
    add(sums.correct, loop.getResults().back());
  return sums;
}

Sums ExampleEmitter::emit(Value row, Value scale) {
  if (!maps.isMap)
    return emitPlace(row, Value(), 1, scale);
  int64_t whole = maps.pixels - maps.pixels % body.width;
  Sums sums;
  if (whole > 0)
    sums = emitLoop(row, 0, whole, body.width, scale, sums);
  if (whole < maps.pixels)
    sums = emitLoop(row, whole, maps.pixels, 1, scale, sums);
  if (sums.loss) { // the mean of the pixels
    Value count = b.create<arith::ConstantOp>(
        loc, b.getF32FloatAttr(static_cast<float>(maps.pixels)));
    sums.loss = b.create<arith::DivFOp>(loc, sums.loss, count);
  }
  return sums;
}

static Wanted wantedOf(Operation *op) {
  Wanted wanted;
  wanted.loss =
      isa<SoftmaxCrossEntropyOp, SoftmaxCrossEntropyWithGradientOp>(op);
  wanted.correct = wanted.loss || isa<CountCorrectOp>(op);
  wanted.gradient =
      isa<SoftmaxCrossEntropyGradientOp, SoftmaxCrossEntropyWithGradientOp>(op);
  if (auto smoothing = op->getAttrOfType<FloatAttr>("label_smoothing"))
    wanted.smoothing = smoothing.getValueAsDouble();
  return wanted;
}

void netc::net::emitLossKernel(KernelBody &body, Operation *op) {
  OpBuilder &b = body.builder;
  Location loc = body.location;
  int64_t rows = cast<MemRefType>(body.buffers[0].getType()).getDimSize(0);
  Wanted wanted = wantedOf(op);
  Maps maps(body, body.buffers[0], body.buffers[1]);
  Value gradient;
  if (wanted.gradient)
    gradient = maps.isMap ? Maps::flat(body, body.buffers.back())
                          : body.buffers.back();
  auto [begin, end] = partition(body, rows);
  Value one = b.create<arith::ConstantIndexOp>(loc, 1);
  auto loop = b.create<scf::ForOp>(loc, begin, end, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value row = loop.getInductionVar();

  auto number = [&](double value) -> Value {
    return b.create<arith::ConstantOp>(
        loc, b.getF32FloatAttr(static_cast<float>(value)));
  };
  Value scale;
  auto pixels = static_cast<double>(maps.pixels);
  if (auto both = dyn_cast<SoftmaxCrossEntropyWithGradientOp>(op)) {
    scale = number(both.getScale().convertToDouble() / pixels);
  } else if (isa<SoftmaxCrossEntropyGradientOp>(op)) {
    scale = b.create<memref::LoadOp>(loc, body.buffers[2], row);
    if (maps.isMap)
      scale = b.create<arith::DivFOp>(loc, scale, number(pixels));
  }
  Sums sums = ExampleEmitter(body, maps, wanted, gradient).emit(row, scale);
  unsigned next = 2;
  if (wanted.loss)
    b.create<memref::StoreOp>(loc, sums.loss, body.buffers[next++], row);
  if (wanted.correct)
    b.create<memref::StoreOp>(loc, sums.correct, body.buffers[next], row);
}
