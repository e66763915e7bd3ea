// The kernel of net.batch_statistics: one pass over the batch that sums, in
// double precision, each channel's distances from its first value and their
// squares; the distances are there so that little cancels (Chan, Golub,
// LeVeque, "Algorithms for computing the sample variance", 1983). The parts
// share the channels, so the sums do not depend on how many parts there are.
#include "compiler/generate/Generators.h"
#include "compiler/select/Layouts.h"
#include "runtime/Layout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

namespace {
/// A tensor's memory as [outer][units][inner][block], units * block its
/// channels with their padding.
struct ChannelOrder {
  int64_t outer = 1, units = 1, inner = 1, block = 1;
};
} // namespace

/// Nothing where channels lie otherwise or something else is padded.
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

bool netc::net::canSumChannels(RankedTensorType type) {
  return channelOrder(type).has_value();
}

namespace {
/// Of some lanes: f64 or vectors of it.
struct Sums {
  Value distances, squares;
};

class StatisticsEmitter {
public:
  StatisticsEmitter(KernelBody &body, BatchStatisticsOp op)
      : body(body), b(body.builder), loc(body.location),
        order(*channelOrder(cast<RankedTensorType>(op.getInput().getType()))),
        channels(cast<MemRefType>(body.buffers[1].getType()).getDimSize(0)),
        input(flatten(body, body.buffers[0])) {}
  void emit();

private:
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Value times(Value x, int64_t factor) {
    return b.create<arith::MulIOp>(loc, x, index(factor));
  }
  Type laneType(int64_t lanes, Type element) {
    return lanes == 1 ? element : Type(VectorType::get({lanes}, element));
  }
  Value constant(double value, int64_t lanes) {
    Type type = laneType(lanes, b.getF64Type());
    TypedAttr attribute = b.getF64FloatAttr(value);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, value);
    return b.create<arith::ConstantOp>(loc, attribute);
  }
  /// From single precision to double.
  Value load(Value place, int64_t lanes);
  void forEach(Value begin, Value end, int64_t step,
               function_ref<void(Value)> emit);

  /// The distances from `first` of the values at outer*stride + offset +
  /// [begin, end) by steps, for all of `order.outer`, and their squares.
  Sums sum(int64_t lanes, int64_t stride, Value offset, int64_t begin,
           int64_t end, int64_t step, Value first);
  void store(int64_t lanes, Value first, Sums sums, Value channel);
  void sumBlock(Value unit);
  void sumRow(Value channel);
  void sumChannels(Value channel, int64_t lanes);

  KernelBody &body;
  OpBuilder &b;
  Location loc;
  ChannelOrder order;
  int64_t channels;
  Value input;
};
} // namespace

Value StatisticsEmitter::load(Value place, int64_t lanes) {
  Value value;
  if (lanes == 1)
    value = b.create<memref::LoadOp>(loc, input, place);
  else
    value = b.create<vector::LoadOp>(
        loc, VectorType::get({lanes}, b.getF32Type()), input, place);
  return b.create<arith::ExtFOp>(loc, laneType(lanes, b.getF64Type()), value);
}

void StatisticsEmitter::forEach(Value begin, Value end, int64_t step,
                                function_ref<void(Value)> emit) {
  auto loop = b.create<scf::ForOp>(loc, begin, end, index(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  emit(loop.getInductionVar());
}

Sums StatisticsEmitter::sum(int64_t lanes, int64_t stride, Value offset,
                            int64_t begin, int64_t end, int64_t step,
                            Value first) {
  auto add = [&](Value place, ValueRange carried) {
    Value distance = b.create<arith::SubFOp>(loc, load(place, lanes), first);
    Value distances = b.create<arith::AddFOp>(loc, carried[0], distance);
    Value squares = b.create<math::FmaOp>(loc, distance, distance, carried[1]);
    return SmallVector<Value>{distances, squares};
  };
  auto inner = [&](Value start, ValueRange carried) {
    auto loop = b.create<scf::ForOp>(
        loc, index(begin), index(end), index(step), carried,
        [&](OpBuilder &, Location, Value i, ValueRange values) {
          Value place = b.create<arith::AddIOp>(loc, start, i);
          b.create<scf::YieldOp>(loc, add(place, values));
        });
    return SmallVector<Value>(loop.getResults());
  };
  Value zero = constant(0, lanes);
  auto loop = b.create<scf::ForOp>(
      loc, index(0), index(order.outer), index(1), ValueRange{zero, zero},
      [&](OpBuilder &, Location, Value o, ValueRange carried) {
        Value start = b.create<arith::AddIOp>(loc, times(o, stride), offset);
        b.create<scf::YieldOp>(loc, inner(start, carried));
      });
  return {loop.getResult(0), loop.getResult(1)};
}

/// mean = first + distances/n; variance = squares/n - (distances/n)^2.
void StatisticsEmitter::store(int64_t lanes, Value first, Sums sums,
                              Value channel) {
  Value count = constant(static_cast<double>(order.outer * order.inner), lanes);
  Value distance = b.create<arith::DivFOp>(loc, sums.distances, count);
  Value square = b.create<arith::DivFOp>(loc, sums.squares, count);
  Value mean = b.create<arith::AddFOp>(loc, first, distance);
  Value variance = b.create<arith::SubFOp>(
      loc, square, b.create<arith::MulFOp>(loc, distance, distance));
  variance = b.create<arith::MaximumFOp>(loc, variance, constant(0, lanes));
  const Value results[] = {mean, variance};
  for (auto [value, buffer] : llvm::zip(results, body.buffers.drop_front())) {
    Value narrow =
        b.create<arith::TruncFOp>(loc, laneType(lanes, b.getF32Type()), value);
    if (lanes == 1) {
      b.create<memref::StoreOp>(loc, narrow, buffer, channel);
    } else if (channels % lanes == 0) {
      b.create<vector::StoreOp>(loc, narrow, buffer, channel);
    } else { // the last block's padding has no place
      Value last = b.create<arith::SubIOp>(loc, index(channels), channel);
      Value end = b.create<arith::MinUIOp>(loc, last, index(lanes));
      forEach(index(0), end, 1, [&](Value lane) {
        Value scalar = b.create<vector::ExtractElementOp>(loc, narrow, lane);
        Value place = b.create<arith::AddIOp>(loc, channel, lane);
        b.create<memref::StoreOp>(loc, scalar, buffer, place);
      });
    }
  }
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
  int64_t width = body.width, whole = order.inner - order.inner % width;
  int64_t stride = order.units * order.inner;
  Value offset = times(channel, order.inner);
  Value first = load(offset, 1);
  Sums sums = sum(1, stride, offset, whole, order.inner, 1, first);
  if (whole > 0) {
    Value splat = b.create<vector::SplatOp>(
        loc, first, VectorType::get({width}, b.getF64Type()));
    Sums lanes = sum(width, stride, offset, 0, whole, width, splat);
    auto join = [&](Value lanes, Value rest) -> Value {
      return b.create<vector::ReductionOp>(loc, vector::CombiningKind::ADD,
                                           lanes, rest);
    };
    sums = {join(lanes.distances, sums.distances),
            join(lanes.squares, sums.squares)};
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
  if (order.block > 1) {
    auto [begin, end] = partition(body, order.units);
    forEach(begin, end, 1, [&](Value unit) { sumBlock(unit); });
  } else if (order.inner > 1) {
    auto [begin, end] = partition(body, order.units);
    forEach(begin, end, 1, [&](Value channel) { sumRow(channel); });
  } else {
    emitFlatLoop(body, order.units, [&](Value channel, int64_t lanes) {
      sumChannels(channel, lanes);
    });
  }
}

void netc::net::emitBatchStatisticsKernel(KernelBody &body,
                                          BatchStatisticsOp op) {
  StatisticsEmitter(body, op).emit();
}
