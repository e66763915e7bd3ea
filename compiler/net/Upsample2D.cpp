// net.upsample2d and net.upsample2d_gradient. Places and weights are scalars,
// the same in every lane; only the elements are vectors.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

template <typename Adaptor>
static FailureOr<shape::Upsample2D> specOf(std::optional<Location> location,
                                           Adaptor adaptor) {
  if (adaptor.getScale().size() != 2)
    return emitOptionalError(location, "expected two sizes in scale");
  return shape::Upsample2D{{adaptor.getScale()[0], adaptor.getScale()[1]}};
}

LogicalResult Upsample2DOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  auto spec = specOf(location, adaptor);
  if (failed(spec))
    return failure();
  return inferLayer(location, adaptor.getInput().getType(), *spec, types);
}

SmallVector<Value> Upsample2DOp::buildGradient(OpBuilder &builder,
                                               ValueRange gradients,
                                               ArrayRef<bool> wanted) {
  return {builder.create<Upsample2DGradientOp>(getLoc(), gradients[0],
                                               getScaleAttr(), getModeAttr())};
}

LogicalResult Upsample2DGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto spec = specOf(location, adaptor);
  if (failed(spec))
    return failure();
  auto gradient =
      dyn_cast<RankedTensorType>(adaptor.getOutputGradient().getType());
  if (!gradient) {
    types.push_back(UnrankedTensorType::get(Float32Type::get(context)));
    return success();
  }
  if (gradient.getRank() != 4 || spec->scale[0] < 1 || spec->scale[1] < 1 ||
      gradient.getDimSize(2) % spec->scale[0] != 0 ||
      gradient.getDimSize(3) % spec->scale[1] != 0)
    return emitOptionalError(location, gradient,
                             " is no upsampling's output of this scale");
  types.push_back(
      batched(context, gradient.getDimSize(0),
              {gradient.getDimSize(1), gradient.getDimSize(2) / spec->scale[0],
               gradient.getDimSize(3) / spec->scale[1]}));
  return success();
}

namespace {
/// Arithmetic of places along one dimension: `size` input rows become
/// size*scale. Places are counted in the 2*scale-th part of an input row, so
/// that they are whole numbers and weights as exact as a float can be.
class Dimension {
public:
  Dimension(ElementEmitter &emitter, int64_t size, int64_t scale)
      : b(emitter.builder), loc(emitter.location), size(size), scale(scale),
        unit(2 * scale) {}

  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }

  /// The input row that output row `at` repeats.
  Value nearest(Value at) {
    return b.create<arith::DivUIOp>(loc, at, index(scale));
  }

  /// The two input rows around output row `at`, and the second one's weight.
  struct Neighbours {
    Value first, second, weight;
  };
  Neighbours around(Value at) {
    Value where = position(at);
    Value first = b.create<arith::DivUIOp>(loc, where, index(unit));
    Value rest = b.create<arith::RemUIOp>(loc, where, index(unit));
    Value next = b.create<arith::AddIOp>(loc, first, index(1));
    Value second = b.create<arith::MinUIOp>(loc, next, index(size - 1));
    return {first, second, share(rest)};
  }

  /// How many output rows may take from one input row when it is blended with
  /// its neighbours: from scale/2 above its own ones on.
  int64_t reach() const { return 2 * scale; }
  /// The output row `step` of those for input row `at`, moved inside, and the
  /// weight of the input row in it: zero where it was outside.
  std::pair<Value, Value> taker(Value at, Value step) {
    Value row = b.create<arith::MulIOp>(loc, at, index(scale));
    row = b.create<arith::AddIOp>(loc, row, step);
    row = b.create<arith::SubIOp>(loc, row, index(scale / 2));
    Value isInside =
        b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, row,
                                index(size * scale)); // below zero is beyond
    row = b.create<arith::SelectOp>(loc, isInside, row, index(0));
    Value there = position(row);
    Value here = b.create<arith::MulIOp>(loc, at, index(unit));
    Value above = b.create<arith::MaxSIOp>(loc, there, here);
    Value distance = b.create<arith::SubIOp>(
        loc, above, b.create<arith::MinSIOp>(loc, there, here));
    Value rest = b.create<arith::SubIOp>(loc, index(unit), distance);
    rest = b.create<arith::MaxSIOp>(loc, rest, index(0));
    rest = b.create<arith::SelectOp>(loc, isInside, rest, index(0));
    return {row, share(rest)};
  }

private:
  /// `units` of an input row, as f32.
  Value share(Value units) {
    Value word = b.create<arith::IndexCastOp>(loc, b.getI32Type(), units);
    Value number = b.create<arith::SIToFPOp>(loc, b.getF32Type(), word);
    Value whole = b.create<arith::ConstantOp>(
        loc, b.getF32FloatAttr(static_cast<float>(unit)));
    return b.create<arith::DivFOp>(loc, number, whole);
  }
  /// Where output row `at` lies among the input rows, in units: (at +
  /// 1/2)/scale
  /// - 1/2 of a row, at least at the first and at most at the last.
  Value position(Value at) {
    Value twice = b.create<arith::MulIOp>(loc, at, index(2));
    Value where = b.create<arith::AddIOp>(loc, twice, index(1 - scale));
    where = b.create<arith::MaxSIOp>(loc, where, index(0));
    return b.create<arith::MinSIOp>(loc, where, index(unit * (size - 1)));
  }

  OpBuilder &b;
  Location loc;
  int64_t size, scale, unit;
};
} // namespace

bool Upsample2DOp::isPointwise(unsigned) { return false; }
bool Upsample2DOp::isSpatial(unsigned) { return true; }
bool Upsample2DOp::keepsZero() { return true; }

Value Upsample2DOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  auto input = cast<RankedTensorType>(getInput().getType());
  Dimension rows(emitter, input.getDimSize(2), getScale()[0]);
  Dimension columns(emitter, input.getDimSize(3), getScale()[1]);
  auto [row, column] = emitter.place();
  if (getMode() == Interpolation::Nearest)
    return emitter.elementAt(getInput(), rows.nearest(row),
                             columns.nearest(column));
  auto [top, bottom, down] = rows.around(row);
  auto [left, right, across] = columns.around(column);
  auto blend = [&](Value first, Value second, Value weight) -> Value {
    Value difference = b.create<arith::SubFOp>(getLoc(), second, first);
    Value step =
        b.create<arith::MulFOp>(getLoc(), difference, emitter.splat(weight));
    return b.create<arith::AddFOp>(getLoc(), first, step);
  };
  Value upper = blend(emitter.elementAt(getInput(), top, left),
                      emitter.elementAt(getInput(), top, right), across);
  Value lower = blend(emitter.elementAt(getInput(), bottom, left),
                      emitter.elementAt(getInput(), bottom, right), across);
  return blend(upper, lower, down);
}

bool Upsample2DGradientOp::isPointwise(unsigned) { return false; }
bool Upsample2DGradientOp::isSpatial(unsigned) { return true; }
bool Upsample2DGradientOp::keepsZero() { return true; }

/// The sum of `term(i, j)` over 0 <= i < rows, 0 <= j < columns.
static Value emitSum(ElementEmitter &emitter, int64_t rows, int64_t columns,
                     function_ref<Value(Value, Value)> term) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  auto index = [&](int64_t value) -> Value {
    return b.create<arith::ConstantIndexOp>(loc, value);
  };
  auto outer = b.create<scf::ForOp>(
      loc, index(0), index(rows), index(1), ValueRange{emitter.constant(0)},
      [&](OpBuilder &, Location, Value i, ValueRange carried) {
        auto inner = b.create<scf::ForOp>(
            loc, index(0), index(columns), index(1), carried,
            [&](OpBuilder &, Location, Value j, ValueRange sum) {
              Value next = b.create<arith::AddFOp>(loc, sum[0], term(i, j));
              b.create<scf::YieldOp>(loc, next);
            });
        b.create<scf::YieldOp>(loc, inner.getResults());
      });
  return outer.getResult(0);
}

Value Upsample2DGradientOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  int64_t down = getScale()[0], across = getScale()[1];
  auto gradient = cast<RankedTensorType>(getOutputGradient().getType());
  Dimension rows(emitter, gradient.getDimSize(2) / down, down);
  Dimension columns(emitter, gradient.getDimSize(3) / across, across);
  auto [row, column] = emitter.place();
  if (getMode() == Interpolation::Nearest) {
    Value top = b.create<arith::MulIOp>(getLoc(), row, rows.index(down));
    Value left =
        b.create<arith::MulIOp>(getLoc(), column, columns.index(across));
    return emitSum(emitter, down, across, [&](Value i, Value j) {
      return emitter.elementAt(getOutputGradient(),
                               b.create<arith::AddIOp>(getLoc(), top, i),
                               b.create<arith::AddIOp>(getLoc(), left, j));
    });
  }
  return emitSum(
      emitter, rows.reach(), columns.reach(), [&](Value i, Value j) -> Value {
        auto [y, weightY] = rows.taker(row, i);
        auto [x, weightX] = columns.taker(column, j);
        Value weight = b.create<arith::MulFOp>(getLoc(), weightY, weightX);
        return b.create<arith::MulFOp>(
            getLoc(), emitter.splat(weight),
            emitter.elementAt(getOutputGradient(), y, x));
      });
}
