// What adjustments must know of whole pictures: a picture at a time, in one
// order, so that sums do not depend on the parts.
#include "compiler/generate/Families.h"
#include "compiler/generate/Models.h"
#include "compiler/net/Colors.h"
#include "compiler/net/NetDialect.h"
#include "compiler/net/Pixels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace netc;
using namespace netc::generate;
using namespace netc::net;
using shape::Adjustment;

namespace {
/// The statistics of one example, by its adjustment.
class StatisticsEmitter {
public:
  StatisticsEmitter(KernelBuilder &kernel, PictureStatisticsOp op, Value row)
      : kernel(kernel), op(op),
        lane(kernel.builder, kernel.location, /*width=*/1),
        levels(static_cast<int64_t>(op.getLevels())), row(row),
        pixels(kernel.collapse(kernel.buffers[0], 2, 3)),
        channels(KernelBuilder::sizeOf(pixels, 1)),
        places(KernelBuilder::sizeOf(pixels, 2)) {}

  void emit();

private:
  Value pixel(Value channel, Value place) {
    Value loaded = kernel.load(pixels, {row, channel, place});
    return emitLevel(lane, pixelToFloat(lane, loaded), levels);
  }
  Value word(int64_t value) { return kernel.constant(kernel.i32(), value); }
  Value toWord(Value level) {
    return kernel.create<arith::FPToSIOp>(kernel.i32(), level);
  }
  void store(Value value, Value number) {
    kernel.store(value, kernel.buffers.back(), {row, number});
  }
  void emitMean();
  void emitEnds();
  void emitLevels();
  void emitLevelsOf(Value first, Value step);

  KernelBuilder &kernel;
  PictureStatisticsOp op;
  LaneEmitter lane;
  int64_t levels;
  Value row, pixels; // [N, C, P]
  int64_t channels, places;
};
} // namespace

void StatisticsEmitter::emit() {
  Value slot = kernel.index(static_cast<int64_t>(op.getSlot()));
  Value drawn = kernel.load(kernel.buffers[1], {row, slot, kernel.index(0)});
  auto in = [&](Adjustment kind, void (StatisticsEmitter::*measure)()) {
    if (!llvm::is_contained(op.getKinds(), static_cast<int64_t>(kind)))
      return;
    Value isHere =
        kernel.create<arith::CmpFOp>(arith::CmpFPredicate::OEQ, drawn,
                                     kernel.number(static_cast<double>(kind)));
    auto branch = kernel.create<scf::IfOp>(isHere);
    OpBuilder::InsertionGuard guard(kernel.builder);
    kernel.builder.setInsertionPointToStart(branch.thenBlock());
    (this->*measure)();
  };
  in(Adjustment::Contrast, &StatisticsEmitter::emitMean);
  in(Adjustment::AutoContrast, &StatisticsEmitter::emitEnds);
  in(Adjustment::Equalize, &StatisticsEmitter::emitLevels);
}

/// The bits of the mean of the grey picture; whole numbers are summed exactly.
void StatisticsEmitter::emitMean() {
  Type f64 = kernel.builder.getF64Type();
  ColorMath math(lane, levels);
  auto sum =
      kernel.loop(0, places, 1, {constantDouble(lane, 0)},
                  [&](Value place, ValueRange carried) -> SmallVector<Value> {
                    Value grey = pixel(kernel.index(0), place);
                    if (channels == 3)
                      grey = math.grey({grey, pixel(kernel.index(1), place),
                                        pixel(kernel.index(2), place)});
                    Value wide = kernel.create<arith::ExtFOp>(f64, grey);
                    return {kernel.add(carried[0], wide)};
                  });
  Value mean =
      kernel.divide(sum[0], constantDouble(lane, static_cast<double>(places)));
  mean = kernel.create<arith::TruncFOp>(kernel.f32(), mean);
  store(kernel.create<arith::BitcastOp>(kernel.i32(), mean), kernel.index(0));
}

/// The lowest and the highest level of each channel.
void StatisticsEmitter::emitEnds() {
  kernel.loop(0, channels, 1, [&](Value channel) {
    Value first = pixel(channel, kernel.index(0));
    auto ends =
        kernel.loop(0, places, 1, {first, first},
                    [&](Value place, ValueRange carried) -> SmallVector<Value> {
                      Value x = pixel(channel, place);
                      return {kernel.create<arith::MinimumFOp>(carried[0], x),
                              kernel.create<arith::MaximumFOp>(carried[1], x)};
                    });
    Value number = kernel.multiply(channel, kernel.index(2));
    store(toWord(ends[0]), number);
    store(toWord(ends[1]), kernel.add(number, kernel.index(1)));
  });
}

/// What each level of each channel becomes: torchvision's `_scale_channel`.
void StatisticsEmitter::emitLevels() {
  constexpr int64_t count = shape::highestLevel + 1;
  Value buffer = kernel.buffers.back();
  kernel.loop(0, channels, 1, [&](Value channel) {
    Value first = kernel.multiply(channel, kernel.index(count));
    kernel.loop(0, count, 1,
                [&](Value level) { store(word(0), kernel.add(first, level)); });
    kernel.loop(0, places, 1, [&](Value place) {
      Value level = kernel.create<arith::IndexCastOp>(
          kernel.builder.getIndexType(), toWord(pixel(channel, place)));
      Value number = kernel.add(first, level);
      store(kernel.add(kernel.load(buffer, {row, number}), word(1)), number);
    });
    // How many have the highest level that is there.
    auto most = kernel.loop(
        0, count, 1, {word(0)},
        [&](Value level, ValueRange carried) -> SmallVector<Value> {
          Value here = kernel.load(buffer, {row, kernel.add(first, level)});
          Value isThere = kernel.create<arith::CmpIOp>(arith::CmpIPredicate::ne,
                                                       here, word(0));
          return {kernel.create<arith::SelectOp>(isThere, here, carried[0])};
        });
    Value others = kernel.subtract(word(places), most[0]);
    emitLevelsOf(first, kernel.create<arith::DivUIOp>(
                            others, word(shape::highestLevel)));
  });
}

/// Replaces the counts from `first` on by levels: how many pixels are below, in
/// steps. Without a step every level stays.
void StatisticsEmitter::emitLevelsOf(Value first, Value step) {
  Value buffer = kernel.buffers.back();
  Value isFlat =
      kernel.create<arith::CmpIOp>(arith::CmpIPredicate::eq, step, word(0));
  Value divisor = kernel.create<arith::SelectOp>(isFlat, word(1), step);
  Value half = kernel.create<arith::DivUIOp>(step, word(2));
  kernel.loop(
      0, shape::highestLevel + 1, 1, {word(0)},
      [&](Value level, ValueRange below) -> SmallVector<Value> {
        Value number = kernel.add(first, level);
        Value here = kernel.load(buffer, {row, number});
        Value becomes =
            kernel.create<arith::DivUIOp>(kernel.add(below[0], half), divisor);
        becomes =
            kernel.create<arith::MinUIOp>(becomes, word(shape::highestLevel));
        Value same = kernel.create<arith::IndexCastOp>(kernel.i32(), level);
        // What is padded in front of the sums is 0.
        Value isFirst = kernel.create<arith::CmpIOp>(arith::CmpIPredicate::eq,
                                                     same, word(0));
        becomes = kernel.create<arith::SelectOp>(isFirst, word(0), becomes);
        store(kernel.create<arith::SelectOp>(isFlat, same, becomes), number);
        return {kernel.add(below[0], here)};
      });
}

static void emitStatistics(KernelBuilder &kernel, PictureStatisticsOp op) {
  int64_t examples = KernelBuilder::sizeOf(kernel.buffers[0], 0);
  kernel.shareUnits(
      examples, [&](Value row) { StatisticsEmitter(kernel, op, row).emit(); });
}

void generate::attachAdjustPicture(MLIRContext &context) {
  attachKernel<PictureStatisticsOp, emitStatistics>(context);
}
