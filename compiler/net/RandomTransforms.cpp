// net.random_crop, net.random_resized_crop, the flips and net.random_erasing.
// What is drawn for an example is computed once a row.
#include "compiler/net/ExampleDraws.h"
#include "compiler/net/NetDialect.h"
#include "compiler/net/Pixels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <cmath>

using namespace mlir;
using namespace netc;
using namespace netc::net;

namespace {
/// A rectangle in a picture, all i32.
struct Rectangle {
  Value top, left, height, width;
};

/// What rectangles are drawn: torchvision's get_params of RandomResizedCrop and
/// RandomErasing.
struct RectangleRule {
  shape::Pair picture; // height, width
  ArrayRef<double> scale, ratio;
  bool isRatioOfHeight = false; // height/width instead of width/height
  bool mayBeWhole = true;       // as high or as wide as the picture
};
} // namespace

/// The side of a rectangle, the root of `square` rounded to even.
static Value emitSide(ElementEmitter &emitter, Value square) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value side = b.create<math::SqrtOp>(loc, square);
  side = b.create<math::RoundEvenOp>(loc, side);
  return b.create<arith::FPToSIOp>(loc, b.getI32Type(), side);
}

/// One attempt: the rectangle, and whether it fits.
static std::pair<Rectangle, Value> emitAttempt(ElementEmitter &emitter,
                                               ExampleDraws &draws,
                                               const RectangleRule &rule,
                                               Value number) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  auto words = draws.block(number);
  Value area = b.create<arith::MulFOp>(
      loc, draws.between(words[0], rule.scale[0], rule.scale[1]),
      emitter.constant(static_cast<double>(rule.picture[0]) *
                       static_cast<double>(rule.picture[1])));
  Value aspect = b.create<math::ExpOp>(
      loc, draws.between(words[1], std::log(rule.ratio[0]),
                         std::log(rule.ratio[1])));
  Value longSide =
      emitSide(emitter, b.create<arith::MulFOp>(loc, area, aspect));
  Value otherSide =
      emitSide(emitter, b.create<arith::DivFOp>(loc, area, aspect));
  Rectangle rectangle;
  rectangle.height = rule.isRatioOfHeight ? longSide : otherSide;
  rectangle.width = rule.isRatioOfHeight ? otherSide : longSide;
  Value fits = emitter.constantInt(1, 1);
  auto place = [&](Value side, int64_t whole, Value word) -> Value {
    Value most = emitter.constantInt(whole);
    auto less =
        rule.mayBeWhole ? arith::CmpIPredicate::sle : arith::CmpIPredicate::slt;
    Value isSmall = b.create<arith::CmpIOp>(loc, less, side, most);
    fits = b.create<arith::AndIOp>(loc, fits, isSmall);
    if (rule.mayBeWhole) { // what is erased may be nothing
      Value isLarge = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sgt,
                                              side, emitter.constantInt(0));
      fits = b.create<arith::AndIOp>(loc, fits, isLarge);
    }
    Value count =
        b.create<arith::SubIOp>(loc, emitter.constantInt(whole + 1), side);
    return draws.below(word, count);
  };
  rectangle.top = place(rectangle.height, rule.picture[0], words[2]);
  rectangle.left = place(rectangle.width, rule.picture[1], words[3]);
  return {rectangle, fits};
}

/// The first of ten attempts that fits, else `otherwise`.
static Rectangle emitRectangle(ElementEmitter &emitter, ExampleDraws &draws,
                               const RectangleRule &rule,
                               const Rectangle &otherwise) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value zero = emitter.constantInt(0);
  SmallVector<Value> start{emitter.constantInt(1),
                           emitter.constantInt(0, 1),
                           zero,
                           zero,
                           zero,
                           zero};
  auto isGoingOn = [&](OpBuilder &, Location, ValueRange carried) {
    constexpr int64_t attempts = 10;
    Value isLeft =
        b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sle, carried[0],
                                emitter.constantInt(attempts));
    Value isMissing =
        b.create<arith::XOrIOp>(loc, carried[1], emitter.constantInt(1, 1));
    Value goesOn = b.create<arith::AndIOp>(loc, isLeft, isMissing);
    b.create<scf::ConditionOp>(loc, goesOn, carried);
  };
  auto attempt = [&](OpBuilder &, Location, ValueRange carried) {
    auto [drawn, fits] = emitAttempt(emitter, draws, rule, carried[0]);
    Value next =
        b.create<arith::AddIOp>(loc, carried[0], emitter.constantInt(1));
    b.create<scf::YieldOp>(loc, ValueRange{next, fits, drawn.top, drawn.left,
                                           drawn.height, drawn.width});
  };
  SmallVector<Type> types;
  for (Value value : start)
    types.push_back(value.getType());
  auto loop = b.create<scf::WhileOp>(loc, types, start, isGoingOn, attempt);
  auto choose = [&](unsigned result, Value fallback) -> Value {
    return b.create<arith::SelectOp>(loc, loop.getResult(1),
                                     loop.getResult(result), fallback);
  };
  return {choose(2, otherwise.top), choose(3, otherwise.left),
          choose(4, otherwise.height), choose(5, otherwise.width)};
}

// Crops.

LogicalResult RandomCropOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> size = adaptor.getSize(), padding = adaptor.getPadding();
  if (size.size() != 2 || padding.size() != 2)
    return emitOptionalError(location, "expected two sizes and paddings");
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::RandomCrop{{size[0], size[1]}, {padding[0], padding[1]}}, types);
}

Value RandomCropOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  shape::Pair picture = pictureOf(getInput().getType());
  auto origin = emitter.perExample(*this, [&](Value example) {
    ExampleDraws draws(emitter, *this, example);
    auto words = draws.block(emitter.constantInt(0));
    SmallVector<Value> result;
    for (unsigned d : {0, 1}) {
      int64_t places = picture[d] + 2 * getPadding()[d] - getSize()[d] + 1;
      Value first = draws.below(words[d], emitter.constantInt(places));
      first = b.create<arith::SubIOp>(getLoc(), first,
                                      emitter.constantInt(getPadding()[d]));
      result.push_back(toIndex(emitter, first));
    }
    return result;
  });
  ValuePair at = placeOf(emitter);
  ValuePair place{b.create<arith::AddIOp>(getLoc(), at[0], origin[0]),
                  b.create<arith::AddIOp>(getLoc(), at[1], origin[1])};
  bool isPadded = getPadding()[0] > 0 || getPadding()[1] > 0;
  return isPadded ? emitPaddedPixel(emitter, getInput(), place)
                  : emitPixelAt(emitter, getInput(), place);
}

LogicalResult RandomResizedCropOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> size = adaptor.getSize();
  if (size.size() != 2)
    return emitOptionalError(location, "expected two sizes");
  shape::RandomResizedCrop crop;
  crop.size = {size[0], size[1]};
  crop.scale.assign(adaptor.getScale().begin(), adaptor.getScale().end());
  crop.ratio.assign(adaptor.getRatio().begin(), adaptor.getRatio().end());
  return inferTransform(location, adaptor.getInput().getType(), crop, types);
}

/// The largest window in the middle whose aspect is in `ratio`.
static Rectangle centralRectangle(ElementEmitter &emitter, shape::Pair picture,
                                  ArrayRef<double> ratio) {
  auto [height, width] = picture;
  double aspect = static_cast<double>(width) / static_cast<double>(height);
  if (aspect < ratio[0])
    height = std::lrint(static_cast<double>(width) / ratio[0]);
  else if (aspect > ratio[1])
    width = std::lrint(static_cast<double>(height) * ratio[1]);
  // A picture of one row and a narrow range: at least a pixel.
  height = std::clamp<int64_t>(height, 1, picture[0]);
  width = std::clamp<int64_t>(width, 1, picture[1]);
  return {emitter.constantInt((picture[0] - height) / 2),
          emitter.constantInt((picture[1] - width) / 2),
          emitter.constantInt(height), emitter.constantInt(width)};
}

Value RandomResizedCropOp::emitElement(ElementEmitter &emitter) {
  auto window = emitter.perExample(*this, [&](Value example) {
    ExampleDraws draws(emitter, *this, example);
    RectangleRule rule{pictureOf(getInput().getType()), getScale(), getRatio()};
    auto [top, left, height, width] =
        emitRectangle(emitter, draws, rule,
                      centralRectangle(emitter, rule.picture, getRatio()));
    return SmallVector<Value>{toIndex(emitter, top), toIndex(emitter, left),
                              height, width};
  });
  return emitResizedPixel(emitter, getInput(), {window[0], window[1]},
                          {window[2], window[3]}, {getSize()[0], getSize()[1]});
}

// Flips and rectangles.

LogicalResult RandomHorizontalFlipOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::RandomHorizontalFlip{adaptor.getRate().convertToDouble()}, types);
}

/// The pixel of a picture that is mirrored along dimension `d` (0 the rows)
/// where the op's draw is below its rate.
template <typename Op>
static Value emitFlipped(ElementEmitter &emitter, Op op, unsigned d) {
  OpBuilder &b = emitter.builder;
  auto drawn = emitter.perExample(op, [&](Value example) {
    ExampleDraws draws(emitter, op, example);
    Value word = draws.block(emitter.constantInt(0))[0];
    return SmallVector<Value>{
        draws.isBelow(word, op.getRate().convertToDouble())};
  });
  ValuePair place = placeOf(emitter);
  Value last = b.create<arith::ConstantIndexOp>(
      op.getLoc(), pictureOf(op.getInput().getType())[d] - 1);
  Value mirrored = b.create<arith::SubIOp>(op.getLoc(), last, place[d]);
  place[d] =
      b.create<arith::SelectOp>(op.getLoc(), drawn[0], mirrored, place[d]);
  return emitPixelAt(emitter, op.getInput(), place);
}

Value RandomHorizontalFlipOp::emitElement(ElementEmitter &emitter) {
  return emitFlipped(emitter, *this, 1);
}

LogicalResult RandomVerticalFlipOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::RandomVerticalFlip{adaptor.getRate().convertToDouble()}, types);
}

Value RandomVerticalFlipOp::emitElement(ElementEmitter &emitter) {
  return emitFlipped(emitter, *this, 0);
}

LogicalResult RandomErasingOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  shape::RandomErasing erasing;
  erasing.rate = adaptor.getRate().convertToDouble();
  erasing.scale.assign(adaptor.getScale().begin(), adaptor.getScale().end());
  erasing.ratio.assign(adaptor.getRatio().begin(), adaptor.getRatio().end());
  erasing.value.assign(adaptor.getValue().begin(), adaptor.getValue().end());
  return inferTransform(location, adaptor.getInput().getType(), erasing, types);
}

Value RandomErasingOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  auto erased = emitter.perExample(*this, [&](Value example) {
    ExampleDraws draws(emitter, *this, example);
    Value word = draws.block(emitter.constantInt(0))[0];
    Value isErased = draws.isBelow(word, getRate().convertToDouble());
    RectangleRule rule{pictureOf(getInput().getType()), getScale(), getRatio(),
                       /*isRatioOfHeight=*/true, /*mayBeWhole=*/false};
    Value zero = emitter.constantInt(0);
    Rectangle found =
        emitRectangle(emitter, draws, rule, {zero, zero, zero, zero});
    Value height =
        b.create<arith::SelectOp>(getLoc(), isErased, found.height, zero);
    return SmallVector<Value>{
        toIndex(emitter, found.top), toIndex(emitter, found.left),
        toIndex(emitter, height), toIndex(emitter, found.width)};
  });
  ArrayRef<Value> at = emitter.coordinates();
  Value isInside;
  for (unsigned d : {0, 1}) { // unsigned: what is before is far beyond
    Value distance = b.create<arith::SubIOp>(getLoc(), at[2 + d], erased[d]);
    Value isNear = b.create<arith::CmpIOp>(getLoc(), arith::CmpIPredicate::ult,
                                           distance, erased[2 + d]);
    isInside =
        isInside ? b.create<arith::AndIOp>(getLoc(), isInside, isNear) : isNear;
  }
  return b.create<arith::SelectOp>(
      getLoc(), isInside, emitPerChannel(emitter, getValue()),
      emitPixelAt(emitter, getInput(), {at[2], at[3]}));
}
