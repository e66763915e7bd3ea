// The kernels of the losses that are a mean over an example's elements, and of
// their gradients: an example at a time, vectors first, then the rest. What is
// summed their ops say.
#include "compiler/generate/Families.h"
#include "compiler/generate/Models.h"
#include "compiler/net/ElementMath.h"
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::generate;
using namespace netc::net;

namespace {
class ElementLoss {
public:
  ElementLoss(KernelBuilder &kernel, ElementLossOpInterface op)
      : kernel(kernel), op(op), math(kernel.builder, kernel.location) {
    input = rows(kernel.buffers[0]);
    target = rows(kernel.buffers[1]);
    elements = KernelBuilder::sizeOf(input, 1);
  }

  void storeLoss(Value row, Value loss);
  void storeGradient(Value row, Value lossGradient, Value gradient);

private:
  /// [N, ...] as [N, M].
  Value rows(Value buffer) {
    int64_t rank = cast<MemRefType>(buffer.getType()).getRank();
    return kernel.collapse(buffer, 1, rank - 1);
  }
  Value term(Value row, Value column, int64_t lanes) {
    Value x = kernel.load(input, {row, column}, lanes);
    Value t = kernel.load(target, {row, column}, lanes);
    return op.emitTerm(math, x, t);
  }

  KernelBuilder &kernel;
  ElementLossOpInterface op;
  ElementMath math;
  Value input, target;
  int64_t elements;
};
} // namespace

void ElementLoss::storeLoss(Value row, Value loss) {
  Value sum = kernel.number(0);
  kernel.splitVectors(elements, [&](int64_t begin, int64_t end, int64_t lanes) {
    Value zero = kernel.number(0, lanes);
    SmallVector<Value> part = kernel.loop(
        begin, end, lanes, zero,
        [&](Value column, ValueRange carried) -> SmallVector<Value> {
          return {kernel.add(carried[0], term(row, column, lanes))};
        });
    sum = kernel.add(sum, lanes == 1 ? part[0] : kernel.sumLanes(part[0]));
  });
  Value count = kernel.number(static_cast<double>(elements));
  kernel.store(kernel.divide(sum, count), loss, row);
}

void ElementLoss::storeGradient(Value row, Value lossGradient, Value result) {
  Value gradient = rows(result);
  Value count = kernel.number(static_cast<double>(elements));
  Value scale = kernel.divide(kernel.load(lossGradient, row), count);
  kernel.splitVectors(elements, [&](int64_t begin, int64_t end, int64_t lanes) {
    Value factor = kernel.splat(scale, lanes);
    kernel.loop(begin, end, lanes, [&](Value column) {
      Value value = kernel.multiply(term(row, column, lanes), factor);
      kernel.store(value, gradient, {row, column});
    });
  });
}

/// The buffers are the operands', then the result's.
static void emitElementLoss(KernelBuilder &kernel, ElementLossOpInterface op) {
  ElementLoss loss(kernel, op);
  int64_t examples = KernelBuilder::sizeOf(kernel.buffers[0], 0);
  kernel.shareUnits(examples, [&](Value row) {
    if (op.isGradient())
      loss.storeGradient(row, kernel.buffers[2], kernel.buffers[3]);
    else
      loss.storeLoss(row, kernel.buffers[2]);
  });
}

void netc::generate::attachElementLoss(MLIRContext &context) {
  attachKernels<ElementLossOpInterface, emitElementLoss>(context);
}
