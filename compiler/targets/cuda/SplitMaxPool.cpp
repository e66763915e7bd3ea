// Large windows as smaller ones, one behind another: cuDNN says in a byte which
// place of a window won.
#include "compiler/targets/cuda/CudaTarget.h"

#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <algorithm>

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// The places that a byte with a sign counts.
static constexpr int64_t mostPlaces = 128;
/// A side of the windows that larger ones are made of.
static constexpr int64_t side = 11;

/// The maxima of all windows of `side`, of which `op` then takes the maximum:
/// one of k places is the maximum of k - side + 1 of them.
static LogicalResult split(MaxPool2DOp op) {
  while (op.getWindow()[0] * op.getWindow()[1] > mostPlaces) {
    OpBuilder builder(op);
    SmallVector<int64_t> first, rest;
    for (auto [size, padding] : llvm::zip(op.getWindow(), op.getPadding())) {
      first.push_back(std::min(size, side));
      rest.push_back(size - first.back() + 1);
      if (padding > first.back() / 2)
        return op.emitError("cuDNN's max pooling has no windows of more than ")
               << mostPlaces << " places with a padding of " << padding
               << "; a smaller window, or two pools, would do";
    }
    auto inner = builder.create<MaxPool2DOp>(
        op.getLoc(), op.getInput(), builder.getDenseI64ArrayAttr(first),
        builder.getDenseI64ArrayAttr({1, 1}), op.getPaddingAttr(),
        StringAttr());
    op.getInputMutable().assign(inner.getOutput());
    op.setWindow(rest);
    op.setPadding({0, 0});
  }
  return success();
}

namespace {
/// `net.max_pool2d %x {window = 28x28}` becomes three: two of windows of 11x11
/// with a stride of 1, then one of windows of 8x8.
class SplitMaxPool
    : public PassWrapper<SplitMaxPool, OperationPass<func::FuncOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SplitMaxPool)

  StringRef getArgument() const override { return "net-split-max-pool"; }
  StringRef getDescription() const override {
    return "Make large windows of max pooling from smaller ones, for cuDNN";
  }
  void runOnOperation() override {
    WalkResult result = getOperation().walk([](MaxPool2DOp op) {
      return failed(split(op)) ? WalkResult::interrupt()
                               : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace

std::unique_ptr<Pass> netc::cuda::createSplitMaxPool() {
  return std::make_unique<SplitMaxPool>();
}
