// The kernels of the losses that are a mean over an example's elements, and of
// their gradients: an example at a time, vectors first, then the rest.
#include "compiler/generate/Models.h"
#include "compiler/net/ElementMath.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace netc::generate;
using namespace netc::net;

namespace {
class ElementLoss {
public:
  ElementLoss(KernelBuilder &body, Operation *op)
      : b(body.builder), loc(body.location), width(body.width),
        math(b, body.location),
        isSquare(isa<MeanSquaredErrorOp, MeanSquaredErrorGradientOp>(op)) {
    input = rows(body.buffers[0]);
    target = rows(body.buffers[1]);
    elements = cast<MemRefType>(input.getType()).getDimSize(1);
  }

  void storeLoss(Value row, Value loss);
  void storeGradient(Value row, Value lossGradient, Value gradient);

private:
  /// [N, ...] as [N, M].
  Value rows(Value buffer) {
    int64_t rank = cast<MemRefType>(buffer.getType()).getRank();
    if (rank == 2)
      return buffer;
    ReassociationIndices rest = llvm::to_vector(llvm::seq<int64_t>(1, rank));
    return b.create<memref::CollapseShapeOp>(
        loc, buffer, ArrayRef<ReassociationIndices>{{0}, rest});
  }
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Type widen(int64_t lanes) {
    return lanes == 1 ? Type(b.getF32Type())
                      : VectorType::get({lanes}, b.getF32Type());
  }
  Value load(Value from, Value row, Value column, int64_t lanes) {
    if (lanes == 1)
      return b.create<memref::LoadOp>(loc, from, ValueRange{row, column});
    return b.create<vector::LoadOp>(loc, cast<VectorType>(widen(lanes)), from,
                                    ValueRange{row, column});
  }
  Value subtract(Value x, Value y) {
    return b.create<arith::SubFOp>(loc, x, y);
  }
  Value multiply(Value x, Value y) {
    return b.create<arith::MulFOp>(loc, x, y);
  }
  /// Calls `emit(lanes, first column, end column)` for the vectors and for the
  /// rest, where there are any.
  void split(function_ref<void(int64_t, int64_t, int64_t)> emit) {
    int64_t whole = elements - elements % width;
    if (whole > 0)
      emit(width, 0, whole);
    if (whole < elements)
      emit(1, whole, elements);
  }
  Value lossOf(Value x, Value t) {
    if (!isSquare) { // max(x, 0) - x*t is exact where it cancels
      Value positive = b.create<arith::MaximumFOp>(loc, x, math.constant(x, 0));
      Value linear = subtract(positive, multiply(x, t));
      return b.create<arith::AddFOp>(loc, linear, math.softplusTail(x));
    }
    Value difference = subtract(x, t);
    return multiply(difference, difference);
  }
  Value slopeOf(Value x, Value t) {
    if (!isSquare)
      return subtract(math.logistic(x), t);
    return multiply(math.constant(x, 2), subtract(x, t));
  }

  OpBuilder &b;
  Location loc;
  int64_t width;
  ElementMath math;
  bool isSquare;
  Value input, target, gradient;
  int64_t elements;
};
} // namespace

void ElementLoss::storeLoss(Value row, Value loss) {
  Value sum = b.create<arith::ConstantOp>(loc, b.getF32FloatAttr(0));
  split([&](int64_t lanes, int64_t begin, int64_t end) {
    Value zero = b.create<arith::ConstantOp>(loc, b.getZeroAttr(widen(lanes)));
    auto loop = b.create<scf::ForOp>(
        loc, index(begin), index(end), index(lanes), ValueRange{zero},
        [&](OpBuilder &, Location, Value column, ValueRange carried) {
          Value x = load(input, row, column, lanes);
          Value term = lossOf(x, load(target, row, column, lanes));
          b.create<scf::YieldOp>(
              loc, b.create<arith::AddFOp>(loc, carried[0], term).getResult());
        });
    Value part = loop.getResult(0);
    if (lanes > 1)
      part =
          b.create<vector::ReductionOp>(loc, vector::CombiningKind::ADD, part);
    sum = b.create<arith::AddFOp>(loc, sum, part);
  });
  Value count = b.create<arith::ConstantOp>(
      loc, b.getF32FloatAttr(static_cast<float>(elements)));
  b.create<memref::StoreOp>(loc, b.create<arith::DivFOp>(loc, sum, count), loss,
                            row);
}

void ElementLoss::storeGradient(Value row, Value lossGradient, Value result) {
  gradient = rows(result);
  Value count = b.create<arith::ConstantOp>(
      loc, b.getF32FloatAttr(static_cast<float>(elements)));
  Value scale = b.create<memref::LoadOp>(loc, lossGradient, row);
  scale = b.create<arith::DivFOp>(loc, scale, count);
  split([&](int64_t lanes, int64_t begin, int64_t end) {
    Value factor = scale;
    if (lanes > 1)
      factor = b.create<vector::SplatOp>(loc, scale, widen(lanes));
    auto loop =
        b.create<scf::ForOp>(loc, index(begin), index(end), index(lanes));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value column = loop.getInductionVar();
    Value x = load(input, row, column, lanes);
    Value value =
        multiply(slopeOf(x, load(target, row, column, lanes)), factor);
    if (lanes == 1)
      b.create<memref::StoreOp>(loc, value, gradient, ValueRange{row, column});
    else
      b.create<vector::StoreOp>(loc, value, gradient, ValueRange{row, column});
  });
}

static void emitElementLoss(KernelBuilder &body, Operation *op) {
  OpBuilder &b = body.builder;
  int64_t rows = cast<MemRefType>(body.buffers[0].getType()).getDimSize(0);
  ElementLoss loss(body, op);
  auto [begin, end] = body.partition(rows);
  Value one = b.create<arith::ConstantIndexOp>(body.location, 1);
  auto loop = b.create<scf::ForOp>(body.location, begin, end, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  if (isa<SigmoidBinaryCrossEntropyOp, MeanSquaredErrorOp>(op))
    loss.storeLoss(loop.getInductionVar(), body.buffers[2]);
  else
    loss.storeGradient(loop.getInductionVar(), body.buffers[2],
                       body.buffers[3]);
}

template <typename OpTy>
static void emitLossOf(KernelBuilder &kernel, OpTy op) {
  emitElementLoss(kernel, op);
}

void netc::generate::attachElementLossKernels(MLIRContext &context) {
  attachKernel<SigmoidBinaryCrossEntropyOp, emitLossOf>(context);
  attachKernel<SigmoidBinaryCrossEntropyGradientOp, emitLossOf>(context);
  attachKernel<MeanSquaredErrorOp, emitLossOf>(context);
  attachKernel<MeanSquaredErrorGradientOp, emitLossOf>(context);
}
