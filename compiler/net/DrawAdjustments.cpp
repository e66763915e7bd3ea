// net.draw_color_jitter and net.draw_rand_augment: a few numbers for each
// example, each computed with all that the others need.
#include "compiler/net/ExampleDraws.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using shape::Adjustment;

static void inferDraws(Type samples, int64_t slots,
                       SmallVectorImpl<Type> &types) {
  Type element = Float32Type::get(samples.getContext());
  if (auto ranked = dyn_cast<RankedTensorType>(samples))
    types.push_back(
        RankedTensorType::get({ranked.getDimSize(0), slots, 3}, element));
  else
    types.push_back(UnrankedTensorType::get(element));
}

namespace {
/// One adjustment of an example, all f32.
struct Drawn {
  Value kind, strength, rest;
};
} // namespace

/// The kind as the draws hold it.
static Value kindOf(ElementEmitter &emitter, Adjustment kind) {
  return emitter.constant(static_cast<double>(kind));
}

static Value choose(ElementEmitter &emitter, Value condition, Value x,
                    Value y) {
  return emitter.builder.create<arith::SelectOp>(emitter.location, condition, x,
                                                 y);
}

/// The number at the current place [example, slot, column].
static Value emitAtPlace(ElementEmitter &emitter, ArrayRef<Drawn> drawn) {
  OpBuilder &b = emitter.builder;
  SmallVector<Value> at(emitter.coordinates());
  auto isAt = [&](unsigned dimension, size_t wanted) -> Value {
    return b.create<arith::CmpIOp>(
        emitter.location, arith::CmpIPredicate::eq, at[dimension],
        b.create<arith::ConstantIndexOp>(emitter.location, wanted));
  };
  Value result;
  for (auto [slot, one] : llvm::enumerate(drawn)) {
    Value number = choose(emitter, isAt(2, 1), one.strength, one.rest);
    number = choose(emitter, isAt(2, 0), one.kind, number);
    result = result ? choose(emitter, isAt(1, slot), number, result) : number;
  }
  return result;
}

// Colours.

static std::array<ArrayRef<double>, 4> rangesOf(DrawColorJitterOp op) {
  return {op.getBrightness(), op.getContrast(), op.getSaturation(),
          op.getHue()};
}

LogicalResult DrawColorJitterOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  int64_t slots = 0;
  for (ArrayRef<double> range : {adaptor.getBrightness(), adaptor.getContrast(),
                                 adaptor.getSaturation(), adaptor.getHue()}) {
    if (!range.empty() && range.size() != 2)
      return emitOptionalError(location, "expected ranges of two numbers");
    slots += !range.empty();
  }
  if (slots == 0)
    return emitOptionalError(location, "expected one range at least");
  inferDraws(adaptor.getSamples().getType(), slots, types);
  return success();
}

/// Puts one of those from `first` on there, by the word; the one that was there
/// takes its place.
static void emitSwap(ElementEmitter &emitter, ExampleDraws &draws,
                     SmallVector<Drawn> &drawn, size_t first, Value word) {
  OpBuilder &b = emitter.builder;
  auto left = static_cast<int64_t>(drawn.size() - first);
  Value chosen = draws.below(word, emitter.constantInt(left));
  Drawn before = drawn[first];
  for (size_t i = first + 1; i < drawn.size(); ++i) {
    Value isChosen = b.create<arith::CmpIOp>(
        emitter.location, arith::CmpIPredicate::eq, chosen,
        emitter.constantInt(static_cast<int64_t>(i - first)));
    for (Value Drawn::*part : {&Drawn::kind, &Drawn::strength, &Drawn::rest}) {
      Value other = drawn[i].*part;
      drawn[first].*part = choose(emitter, isChosen, other, drawn[first].*part);
      drawn[i].*part = choose(emitter, isChosen, before.*part, other);
    }
  }
}

Value DrawColorJitterOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  constexpr Adjustment kinds[] = {Adjustment::Brightness, Adjustment::Contrast,
                                  Adjustment::Color, Adjustment::Hue};
  ExampleDraws draws(emitter, *this, emitter.coordinates()[0]);
  auto words = draws.block(emitter.constantInt(0));
  SmallVector<Drawn> drawn;
  for (auto [i, range] : llvm::enumerate(rangesOf(*this))) {
    if (range.empty())
      continue;
    Value strength = draws.between(words[i], range[0], range[1]);
    Value rest =
        b.create<arith::SubFOp>(getLoc(), emitter.constant(1), strength);
    drawn.push_back({kindOf(emitter, kinds[i]), strength, rest});
  }
  auto order = draws.block(emitter.constantInt(1));
  for (size_t first = 0; first + 1 < drawn.size(); ++first)
    emitSwap(emitter, draws, drawn, first, order[first]);
  return emitAtPlace(emitter, drawn);
}

// RandAugment.

LogicalResult DrawRandAugmentOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  if (adaptor.getStrengths().size() != shape::randAugmentKinds ||
      adaptor.getSlots() < 1)
    return emitOptionalError(location, "expected a slot and ",
                             shape::randAugmentKinds, " strengths");
  inferDraws(adaptor.getSamples().getType(),
             static_cast<int64_t>(adaptor.getSlots()), types);
  return success();
}

/// What the words of a block draw. The strength of a colour is 1 and more or
/// less; what is not its own is exactly the rest.
static Drawn emitAdjustment(ElementEmitter &emitter, ExampleDraws &draws,
                            DrawRandAugmentOp op, Value block) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  auto words = draws.block(block);
  Value kind =
      draws.below(words[0], emitter.constantInt(shape::randAugmentKinds));
  Value isNegative = b.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::ne,
      draws.below(words[1], emitter.constantInt(2)), emitter.constantInt(0));
  auto isBetween = [&](Adjustment first, Adjustment last) -> Value {
    Value offset = b.create<arith::SubIOp>(
        loc, kind, emitter.constantInt(static_cast<int64_t>(first)));
    return b.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::ule, offset,
        emitter.constantInt(static_cast<int64_t>(last) -
                            static_cast<int64_t>(first)));
  };
  Value amount = emitter.constant(0);
  for (auto [i, strength] : llvm::enumerate(op.getStrengths())) {
    Value isHere =
        b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, kind,
                                emitter.constantInt(static_cast<int64_t>(i)));
    amount = choose(emitter, isHere, emitter.constant(strength), amount);
  }
  Value isSigned = b.create<arith::AndIOp>(
      loc, isNegative, isBetween(Adjustment::ShearX, Adjustment::Sharpness));
  Value opposite = b.create<arith::NegFOp>(loc, amount);
  amount = choose(emitter, isSigned, opposite, amount);
  Value isColor = isBetween(Adjustment::Brightness, Adjustment::Sharpness);
  Value more = b.create<arith::AddFOp>(loc, emitter.constant(1), amount);
  return {b.create<arith::SIToFPOp>(loc, b.getF32Type(), kind),
          choose(emitter, isColor, more, amount),
          b.create<arith::NegFOp>(loc, amount)};
}

Value DrawRandAugmentOp::emitElement(ElementEmitter &emitter) {
  ArrayRef<Value> at = emitter.coordinates();
  ExampleDraws draws(emitter, *this, at[0]);
  Value block = emitter.builder.create<arith::IndexCastOp>(
      getLoc(), emitter.builder.getI32Type(), at[1]);
  Drawn drawn = emitAdjustment(emitter, draws, *this, block);
  return emitAtPlace(emitter, drawn);
}
