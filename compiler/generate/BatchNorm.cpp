// The kernels of a batch's statistics and of the update of the running ones.
// The first makes one pass over the batch that sums, in double precision, each
// channel's distances from its first value and their squares; the distances are
// there so that little cancels (Chan, Golub, LeVeque, "Algorithms for computing
// the sample variance", 1983). The parts share the channels, so the sums do not
// depend on how many parts there are.
#include "compiler/generate/Models.h"
#include "compiler/net/NetDialect.h"
#include "compiler/select/Layouts.h"
#include "runtime/Layout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::generate;
using namespace netc::net;

namespace {
/// A tensor's memory as [outer][units][inner][block], units * block its
/// channels with their padding.
struct ChannelOrder {
  int64_t outer = 1, units = 1, inner = 1, block = 1;
};
} // namespace

/// Returns nothing where channels lie otherwise or something else is padded.
static std::optional<ChannelOrder> channelOrder(RankedTensorType type) {
  runtime::TensorType tensor = select::toRuntime(type);
  runtime::Layout layout =
      runtime::Layout::parse(tensor.layout, tensor.shape.size());
  for (const runtime::Layout::Block &block : layout.blocks)
    if (block.dimension != 1)
      return std::nullopt;
  ChannelOrder order;
  bool isInside = false, isInBlock = false;
  for (const runtime::Level &level : runtime::memoryLevels(tensor)) {
    if (level.dimension == 1) {
      (isInside ? order.block : order.units) *= level.size;
      isInBlock = isInside;
      isInside = true;
    } else {
      if (isInBlock)
        return std::nullopt;
      (isInside ? order.inner : order.outer) *= level.size;
    }
  }
  return order;
}

namespace {
/// What some lanes, f64 or vectors of it, have summed.
struct Sums {
  Value distances, squares;
};

class StatisticsEmitter {
public:
  StatisticsEmitter(KernelBuilder &kernel, BatchStatisticsOp op)
      : kernel(kernel),
        order(*channelOrder(cast<RankedTensorType>(op.getInput().getType()))),
        channels(KernelBuilder::sizeOf(kernel.buffers[1], 0)),
        input(kernel.flatten(kernel.buffers[0])) {}
  void emit();

private:
  Value times(Value x, int64_t factor) {
    return kernel.multiply(x, kernel.index(factor));
  }
  Value constant(double value, int64_t lanes) {
    return kernel.constant(kernel.builder.getF64Type(), value, lanes);
  }
  /// Loads single precision as double.
  Value load(Value place, int64_t lanes) {
    return kernel.create<arith::ExtFOp>(
        widen(kernel.builder.getF64Type(), lanes),
        kernel.load(input, place, lanes));
  }

  /// The distances from `first` of the values at outer*stride + offset +
  /// [begin, end) by steps, for all of `order.outer`, and their squares.
  Sums sum(int64_t lanes, int64_t stride, Value offset, int64_t begin,
           int64_t end, int64_t step, Value first);
  void store(int64_t lanes, Value first, Sums sums, Value channel);
  void storeResult(Value value, Value buffer, Value channel);
  void sumBlock(Value unit);
  void sumRow(Value channel);
  void sumChannels(Value channel, int64_t lanes);

  KernelBuilder &kernel;
  ChannelOrder order;
  int64_t channels;
  Value input;
};
} // namespace

Sums StatisticsEmitter::sum(int64_t lanes, int64_t stride, Value offset,
                            int64_t begin, int64_t end, int64_t step,
                            Value first) {
  auto addValue = [&](Value place, ValueRange carried) -> SmallVector<Value> {
    Value distance = kernel.subtract(load(place, lanes), first);
    Value distances = kernel.add(carried[0], distance);
    return {distances,
            kernel.create<math::FmaOp>(distance, distance, carried[1])};
  };
  Value zero = constant(0, lanes);
  SmallVector<Value> sums = kernel.loop(
      0, order.outer, 1, ValueRange{zero, zero},
      [&](Value outer, ValueRange carried) {
        Value start = kernel.add(times(outer, stride), offset);
        return kernel.loop(begin, end, step, carried,
                           [&](Value i, ValueRange values) {
                             return addValue(kernel.add(start, i), values);
                           });
      });
  return {sums[0], sums[1]};
}

/// mean = first + distances/n; variance = squares/n - (distances/n)^2.
void StatisticsEmitter::store(int64_t lanes, Value first, Sums sums,
                              Value channel) {
  Value count = constant(static_cast<double>(order.outer * order.inner), lanes);
  Value distance = kernel.divide(sums.distances, count);
  Value square = kernel.divide(sums.squares, count);
  Value mean = kernel.add(first, distance);
  Value variance = kernel.subtract(square, kernel.multiply(distance, distance));
  variance = kernel.create<arith::MaximumFOp>(variance, constant(0, lanes));
  storeResult(mean, kernel.buffers[1], channel);
  storeResult(variance, kernel.buffers[2], channel);
}

void StatisticsEmitter::storeResult(Value value, Value buffer, Value channel) {
  int64_t lanes = lanesOf(value);
  Value narrow =
      kernel.create<arith::TruncFOp>(widen(kernel.f32(), lanes), value);
  if (channels % lanes == 0)
    return kernel.store(narrow, buffer, channel);
  // The last block's padding has no place.
  Value last = kernel.subtract(kernel.index(channels), channel);
  Value end = kernel.create<arith::MinUIOp>(last, kernel.index(lanes));
  kernel.loop(kernel.index(0), end, 1, [&](Value lane) {
    Value scalar = kernel.create<vector::ExtractElementOp>(narrow, lane);
    kernel.store(scalar, buffer, kernel.add(channel, lane));
  });
}

/// The lanes are the channels of a block.
void StatisticsEmitter::sumBlock(Value unit) {
  int64_t rows = order.inner * order.block;
  Value offset = times(unit, rows);
  Value first = load(offset, order.block);
  Sums sums =
      sum(order.block, order.units * rows, offset, 0, rows, order.block, first);
  store(order.block, first, sums, times(unit, order.block));
}

/// A channel's values lie side by side: the lanes share them.
void StatisticsEmitter::sumRow(Value channel) {
  int64_t width = kernel.width, whole = order.inner - order.inner % width;
  int64_t stride = order.units * order.inner;
  Value offset = times(channel, order.inner);
  Value first = load(offset, 1);
  Sums sums = sum(1, stride, offset, whole, order.inner, 1, first);
  if (whole > 0) {
    Sums lanes =
        sum(width, stride, offset, 0, whole, width, kernel.splat(first, width));
    sums = {kernel.sumLanes(lanes.distances, sums.distances),
            kernel.sumLanes(lanes.squares, sums.squares)};
  }
  store(1, first, sums, channel);
}

/// An example's channels lie side by side: so do the lanes.
void StatisticsEmitter::sumChannels(Value channel, int64_t lanes) {
  Value first = load(channel, lanes);
  store(lanes, first, sum(lanes, order.units, channel, 0, 1, 1, first),
        channel);
}

void StatisticsEmitter::emit() {
  if (order.block > 1)
    kernel.shareUnits(order.units, [&](Value unit) { sumBlock(unit); });
  else if (order.inner > 1)
    kernel.shareUnits(order.units, [&](Value channel) { sumRow(channel); });
  else
    kernel.shareElements(order.units, [&](Value channel, int64_t lanes) {
      sumChannels(channel, lanes);
    });
}

/// Buffers: input [N, C, ...], mean [C], variance [C].
static void emitStatistics(KernelBuilder &kernel, BatchStatisticsOp op) {
  StatisticsEmitter(kernel, op).emit();
}

/// Buffers: the running statistic, the batch's, [C] each.
static void emitStatisticUpdate(KernelBuilder &kernel, UpdateStatisticOp op) {
  Value running = kernel.flatten(kernel.buffers[0]),
        batch = kernel.flatten(kernel.buffers[1]);
  double momentum = op.getMomentum().convertToDouble();
  Value kept = kernel.number(1 - momentum),
        taken = kernel.number(momentum * op.getScale().convertToDouble());
  int64_t count = KernelBuilder::elementsOf(running);
  kernel.shareElements(count, [&](Value index, int64_t lanes) {
    auto scaled = [&](Value from, Value factor) {
      Value value = kernel.load(from, index, lanes);
      return kernel.multiply(value, kernel.splat(factor, lanes));
    };
    Value change = scaled(batch, taken);
    kernel.store(kernel.add(scaled(running, kept), change), running, index);
  });
}

/// Any layout in which channels lie together, or row-major.
static void chooseStatisticsLayouts(BatchStatisticsOp op,
                                    const select::Situation &situation,
                                    select::Candidate &candidate) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  StringRef tag = situation.layoutOf(op.getInput());
  if (channelOrder(withLayout(type, tag)))
    candidate.operands[0] = tag;
  candidate.reason = "sums in double precision, which the library has not";
}

void generate::attachBatchNormKernels(MLIRContext &context) {
  attachKernel<BatchStatisticsOp, emitStatistics>(context);
  attachLayouts<BatchStatisticsOp, chooseStatisticsLayouts>(context);
  attachKernel<UpdateStatisticOp, emitStatisticUpdate>(context);
}
