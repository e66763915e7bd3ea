// net.adjust_picture and net.random_grayscale: a pixel from its picture, as the
// example's adjustment says.
#include "compiler/net/Colors.h"
#include "compiler/net/ExampleDraws.h"
#include "compiler/net/NetDialect.h"
#include "compiler/net/Warp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using shape::Adjustment;

static bool holds(ArrayRef<int64_t> kinds, Adjustment kind) {
  return llvm::is_contained(kinds, static_cast<int64_t>(kind));
}

static bool moves(int64_t kind) {
  return kind >= static_cast<int64_t>(Adjustment::ShearX) &&
         kind <= static_cast<int64_t>(Adjustment::Rotate);
}

/// An error unless kinds and slot are such, and the draws have the slot.
static LogicalResult checkKinds(std::optional<Location> location,
                                ArrayRef<int64_t> kinds, int64_t slot,
                                Type draws) {
  for (int64_t kind : kinds)
    if (kind < 0 || kind > static_cast<int64_t>(Adjustment::Hue))
      return emitOptionalError(location, "there is no adjustment ", kind);
  auto ranked = dyn_cast<RankedTensorType>(draws);
  if (slot < 0 ||
      (ranked && (ranked.getRank() != 3 || ranked.getDimSize(2) != 3 ||
                  slot >= ranked.getDimSize(1))))
    return emitOptionalError(location,
                             "expected draws [N, slots, 3] with slot ", slot);
  return success();
}

LogicalResult PictureStatisticsOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  Type word = IntegerType::get(context, 32);
  ArrayRef<int64_t> kinds = adaptor.getKinds();
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (failed(checkKinds(location, kinds, adaptor.getSlot(),
                        adaptor.getDraws().getType())))
    return failure();
  if (!input) {
    types.push_back(UnrankedTensorType::get(word));
    return success();
  }
  if (input.getRank() != 4)
    return emitOptionalError(location, "expected pictures [N, C, H, W]");
  int64_t words = 1, channels = input.getDimSize(1);
  if (holds(kinds, Adjustment::AutoContrast))
    words = 2 * channels;
  if (holds(kinds, Adjustment::Equalize))
    words = (shape::highestLevel + 1) * channels;
  types.push_back(RankedTensorType::get({input.getDimSize(0), words}, word));
  return success();
}

LogicalResult AdjustPictureOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  if (failed(checkKinds(location, adaptor.getKinds(), adaptor.getSlot(),
                        adaptor.getDraws().getType())))
    return failure();
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (!input)
    types.push_back(UnrankedTensorType::get(Float32Type::get(context)));
  else if (input.getElementType().isInteger(32)) // labels
    types.push_back(input);
  else if (shape::InferResult result =
               shape::infer(shape::ColorJitter{}, exampleShape(input));
           auto *error = std::get_if<shape::ShapeError>(&result))
    return emitOptionalError(location, error->message);
  else
    types.push_back(
        RankedTensorType::get(input.getShape(), Float32Type::get(context)));
  return success();
}

namespace {
/// One pixel of one adjustment.
class Adjuster {
public:
  Adjuster(ElementEmitter &emitter, AdjustPictureOp op)
      : emitter(emitter), b(emitter.builder), loc(op.getLoc()), op(op),
        levels(op.getLevels()), math(emitter, levels),
        isLabels(cast<RankedTensorType>(op.getInput().getType())
                     .getElementType()
                     .isInteger(32)) {}

  Value emit();

private:
  /// What all pixels of an example share: the kind, strength, rest, and where
  /// pixels may move the grid.
  SmallVector<Value> emitDrawn(Value example);
  SmallVector<Value> emitMap(Value kind, Value strength);
  Value isKind(Adjustment wanted) {
    return b.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::eq, kind,
        emitter.constantInt(static_cast<int64_t>(wanted)));
  }
  Value isMoving();
  bool canMove() { return llvm::any_of(op.getKinds(), moves); }

  /// The adjustments of `kinds`, the first that is the example's.
  Value emitAnyOf(ArrayRef<Adjustment> kinds);
  Value emitOne(Adjustment adjustment);
  Value choose(Value condition, llvm::function_ref<Value()> then,
               llvm::function_ref<Value()> otherwise);

  Value pixelAt(ValuePair at) {
    return emitLevel(emitter, emitPixelAt(emitter, op.getInput(), at), levels);
  }
  Value statistic(Value number) {
    return emitter.elementAt(op.getStatistics(), {row, number});
  }
  Value emitWarped();
  Value emitMean();
  Value emitSharpened();
  Value emitBlurred(Value isInside);
  Value emitPosterized();
  Value emitSolarized();
  Value emitStretched();
  Value emitEqualized();
  Color colorHere();

  ElementEmitter &emitter;
  OpBuilder &b;
  Location loc;
  AdjustPictureOp op;
  int64_t levels;
  ColorMath math;
  bool isLabels;
  Value row, channel, own; // of the pixel: channel i32, own f32 or the label
  ValuePair place;
  Value kind, strength, rest;
  ArrayRef<Value> grid;
};
} // namespace

SmallVector<Value> Adjuster::emitMap(Value kind, Value strength) {
  shape::Pair picture = pictureOf(op.getInput().getType());
  this->kind = kind;
  Value amount = toDouble(emitter, strength), zero = constantDouble(emitter, 0);
  auto where = [&](Adjustment wanted, Value value, Value otherwise) -> Value {
    return b.create<arith::SelectOp>(loc, isKind(wanted), value, otherwise);
  };
  Value negative = b.create<arith::NegFOp>(loc, amount);
  PictureMap turn; // anticlockwise
  turn.degrees = where(Adjustment::Rotate, negative, zero);
  InverseMap map = emitInverse(emitter, turn);
  // A shear is about the first pixel's corner: its tangent times half a side.
  auto sheared = [&](int64_t side) -> Value {
    return b.create<arith::MulFOp>(
        loc, amount, constantDouble(emitter, static_cast<double>(side) / 2));
  };
  Value whole =
      b.create<math::FloorOp>(loc, b.create<math::AbsFOp>(loc, amount));
  Value shift = b.create<math::CopySignOp>(loc, whole, negative);
  map[1] = where(Adjustment::ShearX, amount, map[1]);
  map[3] = where(Adjustment::ShearY, amount, map[3]);
  map[2] = where(Adjustment::ShearX, sheared(picture[0]),
                 where(Adjustment::TranslateX, shift, zero));
  map[5] = where(Adjustment::ShearY, sheared(picture[1]),
                 where(Adjustment::TranslateY, shift, zero));
  return emitGrid(emitter, map, picture);
}

SmallVector<Value> Adjuster::emitDrawn(Value example) {
  Value slot = b.create<arith::ConstantIndexOp>(loc, op.getSlot());
  SmallVector<Value> drawn;
  for (int64_t i : {0, 1, 2}) {
    Value column = b.create<arith::ConstantIndexOp>(loc, i);
    drawn.push_back(emitter.elementAt(op.getDraws(), {example, slot, column}));
  }
  drawn[0] = b.create<arith::FPToSIOp>(loc, b.getI32Type(), drawn[0]);
  if (canMove())
    drawn.append(emitMap(drawn[0], drawn[1]));
  return drawn;
}

Value Adjuster::isMoving() {
  Value first = b.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::sge, kind,
      emitter.constantInt(static_cast<int64_t>(Adjustment::ShearX)));
  Value last = b.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::sle, kind,
      emitter.constantInt(static_cast<int64_t>(Adjustment::Rotate)));
  return b.create<arith::AndIOp>(loc, first, last);
}

Value Adjuster::choose(Value condition, function_ref<Value()> then,
                       function_ref<Value()> otherwise) {
  auto yield = [&](function_ref<Value()> value) {
    return [this, value](OpBuilder &, Location) {
      b.create<scf::YieldOp>(loc, value());
    };
  };
  return b.create<scf::IfOp>(loc, condition, yield(then), yield(otherwise))
      .getResult(0);
}

Value Adjuster::emitWarped() {
  Sampling sampling{op.getInterpolation() == Interpolation::Bilinear,
                    op.getFill(), levels};
  Value pixel = emitWarpedPixel(emitter, op.getInput(), grid, sampling);
  return isLabels ? pixel : emitLevel(emitter, pixel, levels);
}

Color Adjuster::colorHere() {
  Color color;
  for (int64_t c : {0, 1, 2}) {
    Value channel = b.create<arith::ConstantIndexOp>(loc, c);
    Value pixel =
        emitter.elementAt(op.getInput(), {row, channel, place[0], place[1]});
    color[c] = emitLevel(emitter, pixelToFloat(emitter, pixel), levels);
  }
  return color;
}

Value Adjuster::emitMean() {
  Value bits = statistic(b.create<arith::ConstantIndexOp>(loc, 0));
  return b.create<arith::BitcastOp>(loc, b.getF32Type(), bits);
}

/// The mean of nine neighbours of which the middle counts five times; the
/// picture's rim stays.
Value Adjuster::emitBlurred(Value isInside) {
  auto blur = [&] {
    Value sum;
    for (int64_t dy : {-1, 0, 1})
      for (int64_t dx : {-1, 0, 1}) {
        ValuePair at;
        int64_t offsets[] = {dy, dx};
        for (unsigned d : {0, 1})
          at[d] = b.create<arith::AddIOp>(
              loc, place[d], b.create<arith::ConstantIndexOp>(loc, offsets[d]));
        double weight = (dx == 0 && dy == 0 ? 5.0 : 1.0) / 13;
        Value part =
            b.create<arith::MulFOp>(loc, pixelAt(at), emitter.constant(weight));
        sum = sum ? Value(b.create<arith::AddFOp>(loc, sum, part)) : part;
      }
    return emitLevel(emitter, sum, levels);
  };
  return choose(isInside, blur, [&] { return own; });
}

Value Adjuster::emitSharpened() {
  shape::Pair picture = pictureOf(op.getInput().getType());
  if (picture[0] <= 2 || picture[1] <= 2)
    return own;
  Value isInside;
  for (unsigned d : {0, 1}) { // 0 < place < size - 1, without signs
    Value before = b.create<arith::SubIOp>(
        loc, place[d], b.create<arith::ConstantIndexOp>(loc, 1));
    Value fits = b.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::ult, before,
        b.create<arith::ConstantIndexOp>(loc, picture[d] - 2));
    isInside = isInside ? b.create<arith::AndIOp>(loc, isInside, fits) : fits;
  }
  return math.blend(own, emitBlurred(isInside), strength, rest);
}

/// The strength is how many bits stay.
Value Adjuster::emitPosterized() {
  Value bits = b.create<arith::FPToSIOp>(loc, b.getI32Type(), strength);
  Value gone = b.create<arith::SubIOp>(loc, emitter.constantInt(8), bits);
  Value level = b.create<arith::FPToSIOp>(loc, b.getI32Type(), own);
  level = b.create<arith::ShRUIOp>(loc, level, gone);
  level = b.create<arith::ShLIOp>(loc, level, gone);
  return b.create<arith::SIToFPOp>(loc, b.getF32Type(), level);
}

Value Adjuster::emitSolarized() {
  Value isBright =
      b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGE, own, strength);
  Value inverted =
      b.create<arith::SubFOp>(loc, emitter.constant(math.bound()), own);
  return b.create<arith::SelectOp>(loc, isBright, inverted, own);
}

/// From the lowest to the highest of the channel.
Value Adjuster::emitStretched() {
  Value first = b.create<arith::MulIOp>(loc, channel, emitter.constantInt(2));
  auto end = [&](int64_t which) -> Value {
    Value number =
        b.create<arith::AddIOp>(loc, first, emitter.constantInt(which));
    return b.create<arith::SIToFPOp>(loc, b.getF32Type(),
                                     statistic(toIndex(emitter, number)));
  };
  Value low = end(0), high = end(1);
  Value scale =
      b.create<arith::DivFOp>(loc, emitter.constant(math.bound()),
                              b.create<arith::SubFOp>(loc, high, low));
  Value scaled = math.cut(b.create<arith::MulFOp>(
      loc, b.create<arith::SubFOp>(loc, own, low), scale));
  Value isFlat =
      b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OEQ, low, high);
  return b.create<arith::SelectOp>(loc, isFlat, own, scaled);
}

Value Adjuster::emitEqualized() {
  Value level = b.create<arith::FPToSIOp>(loc, b.getI32Type(), own);
  Value first = b.create<arith::MulIOp>(
      loc, channel, emitter.constantInt(shape::highestLevel + 1));
  Value number = b.create<arith::AddIOp>(loc, first, level);
  return b.create<arith::SIToFPOp>(loc, b.getF32Type(),
                                   statistic(toIndex(emitter, number)));
}

Value Adjuster::emitOne(Adjustment adjustment) {
  auto blend = [&](Value other) {
    return math.blend(own, other, strength, rest);
  };
  bool isGrey =
      cast<RankedTensorType>(op.getInput().getType()).getDimSize(1) == 1;
  switch (adjustment) {
  case Adjustment::Brightness:
    return blend(emitter.constant(0));
  case Adjustment::Contrast:
    return blend(emitMean());
  case Adjustment::Color: // grey pictures stay as they are
    return isGrey ? own : blend(math.grey(colorHere()));
  case Adjustment::Hue:
    return isGrey ? own : math.turnHue(colorHere(), strength, channel);
  case Adjustment::Sharpness:
    return emitSharpened();
  case Adjustment::Posterize:
    return emitPosterized();
  case Adjustment::Solarize:
    return emitSolarized();
  case Adjustment::AutoContrast:
    return emitStretched();
  case Adjustment::Equalize:
    return emitEqualized();
  default: // those that move are one
    return own;
  }
}

Value Adjuster::emitAnyOf(ArrayRef<Adjustment> kinds) {
  if (kinds.empty())
    return own;
  return choose(
      isKind(kinds[0]), [&] { return emitOne(kinds[0]); },
      [&] { return emitAnyOf(kinds.drop_front()); });
}

Value Adjuster::emit() {
  auto drawn =
      emitter.perExample(op, [&](Value example) { return emitDrawn(example); });
  kind = drawn[0];
  strength = drawn[1];
  rest = drawn[2];
  grid = ArrayRef(drawn).drop_front(3);
  row = emitter.coordinates()[0];
  place = placeOf(emitter);
  if (isLabels) {
    own = emitPixelAt(emitter, op.getInput(), place);
    return canMove()
               ? b.create<arith::SelectOp>(loc, isMoving(), emitWarped(), own)
               : own;
  }
  channel = emitter.channel();
  own = pixelAt(place);
  SmallVector<Adjustment> kinds;
  for (int64_t each : op.getKinds())
    if (!moves(each) && each != static_cast<int64_t>(Adjustment::Identity))
      kinds.push_back(static_cast<Adjustment>(each));
  auto others = [&] { return emitAnyOf(kinds); };
  return canMove() ? choose(
                         isMoving(), [&] { return emitWarped(); }, others)
                   : others();
}

Value AdjustPictureOp::emitElement(ElementEmitter &emitter) {
  return Adjuster(emitter, *this).emit();
}

// Grey pictures.

LogicalResult RandomGrayscaleOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::RandomGrayscale{adaptor.getRate().convertToDouble()}, types);
}

Value RandomGrayscaleOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  auto level = [&](Value pixel) {
    return emitLevel(emitter, pixelToFloat(emitter, pixel),
                     static_cast<int64_t>(getLevels()));
  };
  Value isGrey = emitter.perExample(*this, [&](Value example) {
    ExampleDraws draws(emitter, *this, example);
    Value word = draws.block(emitter.constantInt(0))[0];
    return SmallVector<Value>{draws.isBelow(word, getRate().convertToDouble())};
  })[0];
  SmallVector<Value> at(emitter.coordinates());
  auto pixelOf = [&](Value channel) {
    return level(emitter.elementAt(getInput(), {at[0], channel, at[2], at[3]}));
  };
  if (cast<RankedTensorType>(getInput().getType()).getDimSize(1) == 1)
    return pixelOf(at[1]);
  auto grey = [&](OpBuilder &, Location) {
    Color color;
    for (int64_t c : {0, 1, 2})
      color[c] = pixelOf(b.create<arith::ConstantIndexOp>(getLoc(), c));
    ColorMath math(emitter, static_cast<int64_t>(getLevels()));
    b.create<scf::YieldOp>(getLoc(), math.grey(color));
  };
  auto asItIs = [&](OpBuilder &, Location) {
    b.create<scf::YieldOp>(getLoc(), pixelOf(at[1]));
  };
  return b.create<scf::IfOp>(getLoc(), isGrey, grey, asItIs).getResult(0);
}
