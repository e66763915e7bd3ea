// The kernels of softmax cross-entropy: an example at a time, its maximum
// subtracted before the exponentials.
#include "compiler/passes/GenerateKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace netc::net;

namespace {
/// One example: logits[row, :] with K classes.
class RowEmitter {
public:
  RowEmitter(KernelBody &body, Value logits, Value labels, Value row)
      : b(body.builder), loc(body.location), logits(logits), row(row) {
    classes = index(cast<MemRefType>(logits.getType()).getDimSize(1));
    Value stored = b.create<memref::LoadOp>(loc, labels, row);
    label = b.create<arith::IndexCastOp>(loc, b.getIndexType(), stored);
    findMaximum();
  }
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Value load(Value column) {
    return b.create<memref::LoadOp>(loc, logits, ValueRange{row, column});
  }
  Value exponential(Value column) {
    return b.create<math::ExpOp>(
        loc, b.create<arith::SubFOp>(loc, load(column), maximum));
  }
  /// The maximum and its first column. A NaN among the logits is the maximum.
  void findMaximum();
  /// The sum of the exponentials.
  Value sum();
  void storeLoss(Value loss, Value correct);
  /// (softmax - one_hot) * scale into gradient[row, :].
  void storeGradient(Value gradient, Value scale);

private:
  OpBuilder &b;
  Location loc;
  Value logits, row, classes, label, maximum, best, total;
};
} // namespace

void RowEmitter::findMaximum() {
  auto loop = b.create<scf::ForOp>(
      loc, index(1), classes, index(1), ValueRange{load(index(0)), index(0)},
      [&](OpBuilder &, Location, Value column, ValueRange carried) {
        Value value = load(column);
        Value greater = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGT,
                                                value, carried[0]);
        Value nextBest =
            b.create<arith::SelectOp>(loc, greater, column, carried[1]);
        Value next = b.create<arith::MaximumFOp>(loc, carried[0], value);
        b.create<scf::YieldOp>(loc, ValueRange{next, nextBest});
      });
  maximum = loop.getResult(0);
  best = loop.getResult(1);
}

Value RowEmitter::sum() {
  if (total)
    return total;
  Value zero = b.create<arith::ConstantOp>(loc, b.getF32FloatAttr(0));
  auto loop = b.create<scf::ForOp>(
      loc, index(0), classes, index(1), ValueRange{zero},
      [&](OpBuilder &, Location, Value column, ValueRange carried) {
        Value next =
            b.create<arith::AddFOp>(loc, carried[0], exponential(column));
        b.create<scf::YieldOp>(loc, next);
      });
  return total = loop.getResult(0);
}

void RowEmitter::storeLoss(Value loss, Value correct) {
  Value logarithm = b.create<math::LogOp>(loc, sum());
  Value shifted = b.create<arith::SubFOp>(loc, load(label), maximum);
  b.create<memref::StoreOp>(
      loc, b.create<arith::SubFOp>(loc, logarithm, shifted), loss, row);
  Value hit =
      b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, best, label);
  b.create<memref::StoreOp>(
      loc, b.create<arith::ExtUIOp>(loc, b.getI32Type(), hit), correct, row);
}

void RowEmitter::storeGradient(Value gradient, Value scale) {
  Value one = b.create<arith::ConstantOp>(loc, b.getF32FloatAttr(1));
  Value zero = b.create<arith::ConstantOp>(loc, b.getF32FloatAttr(0));
  Value inverse = b.create<arith::DivFOp>(loc, one, sum());
  auto loop = b.create<scf::ForOp>(loc, index(0), classes, index(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value column = loop.getInductionVar();
  Value probability =
      b.create<arith::MulFOp>(loc, exponential(column), inverse);
  Value isLabel =
      b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, column, label);
  Value target = b.create<arith::SelectOp>(loc, isLabel, one, zero);
  Value difference = b.create<arith::SubFOp>(loc, probability, target);
  b.create<memref::StoreOp>(loc,
                            b.create<arith::MulFOp>(loc, difference, scale),
                            gradient, ValueRange{row, column});
}

void netc::net::emitLossKernel(KernelBody &body, Operation *op) {
  OpBuilder &b = body.builder;
  Location loc = body.location;
  int64_t rows = cast<MemRefType>(body.buffers[0].getType()).getDimSize(0);
  auto [begin, end] = partition(body, rows);
  Value one = b.create<arith::ConstantIndexOp>(loc, 1);
  auto loop = b.create<scf::ForOp>(loc, begin, end, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value row = loop.getInductionVar();
  RowEmitter emitter(body, body.buffers[0], body.buffers[1], row);
  if (isa<SoftmaxCrossEntropyGradientOp>(op)) {
    Value scale = b.create<memref::LoadOp>(loc, body.buffers[2], row);
    emitter.storeGradient(body.buffers[3], scale);
    return;
  }
  emitter.storeLoss(body.buffers[2], body.buffers[3]);
  if (auto both = dyn_cast<SoftmaxCrossEntropyWithGradientOp>(op)) {
    Value scale = b.create<arith::ConstantOp>(
        loc, b.getF32FloatAttr(
                 static_cast<float>(both.getScale().convertToDouble())));
    emitter.storeGradient(body.buffers[4], scale);
  }
}
