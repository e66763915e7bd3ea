// Activations in bf16 on a GPU; what trains, and what sums, stays f32.
#include "compiler/kernel/KernelDialect.h"
#include "compiler/targets/cuda/CudaOps.h"
#include "compiler/targets/cuda/CudaTarget.h"
#include "compiler/targets/cuda/DeviceOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using namespace netc::cuda;

static bool isTensor(Type type, bool isBf16) {
  auto ranked = dyn_cast<RankedTensorType>(type);
  return ranked && ranked.getRank() > 1 &&
         (isBf16 ? ranked.getElementType().isBF16()
                 : ranked.getElementType().isF32());
}

static Type withElement(Type type, bool isBf16) {
  auto ranked = cast<RankedTensorType>(type);
  Type element = Float32Type::get(type.getContext());
  if (isBf16)
    element = BFloat16Type::get(type.getContext());
  return RankedTensorType::get(ranked.getShape(), element,
                               ranked.getEncoding());
}

/// Whether the op is of a picture's: it reads pixels that others have made, or
/// what was drawn for them.
static bool readsPictures(Operation *op) {
  if (auto fused = dyn_cast<FusedOp>(op))
    return llvm::any_of(fused.getBody().front().without_terminator(),
                        [](Operation &inner) { return readsPictures(&inner); });
  if (isa<PictureStatisticsOp, AdjustPictureOp, GaussianBlurOp,
          RandomGrayscaleOp>(op))
    return true;
  auto element = dyn_cast<ElementOpInterface>(op);
  return element && element.recomputesGathered();
}

/// Whether the op's results of more than one dimension become bf16:
/// activations, gradients, filters' too, for which cuDNN has no deterministic
/// engine that gives f32. Sums, initial values and pictures that become others
/// do not.
static bool givesBf16(Operation *op) {
  if (llvm::any_of(op->getUsers(), readsPictures))
    return false;
  if (auto device = dyn_cast<DeviceOpInterface>(op))
    return device.givesBf16();
  return isa<ElementOpInterface, FusedOp>(op);
}

/// Which type the op wants of its operands of more than one dimension; none
/// where it reads either.
static std::optional<bool> wantsBf16(Operation *op) {
  if (auto device = dyn_cast<DeviceOpInterface>(op))
    return device.wantsBf16();
  if (isa<ElementOpInterface, FusedOp, UpdateOpInterface>(op))
    return std::nullopt;
  return false;
}

namespace {
/// `net.conv2d %x, %w` of f32 becomes one of `cuda.cast %x` and `cuda.cast %w`
/// with a result of bf16, and so do the ops behind it; losses and updates take
/// f32.
class UseBf16 : public PassWrapper<UseBf16, OperationPass<func::FuncOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(UseBf16)

  StringRef getArgument() const override { return "net-use-bf16"; }
  StringRef getDescription() const override {
    return "Keep activations as bf16 where the target's precision says so";
  }
  void runOnOperation() override;

private:
  void castOperands(Operation *op, bool isBf16);

  llvm::DenseMap<Value, Value> casts; // to the other type
};
} // namespace

void UseBf16::castOperands(Operation *op, bool isBf16) {
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    if (!isTensor(value.getType(), !isBf16))
      continue;
    Value &cast = casts[value];
    if (!cast) {
      OpBuilder builder(op);
      cast = builder.create<CastOp>(
          value.getLoc(), withElement(value.getType(), isBf16), value);
    }
    operand.set(cast);
  }
}

void UseBf16::runOnOperation() {
  auto target = getOperation()->getParentOp()->getAttrOfType<kernel::CudaAttr>(
      kernel::targetAttrName);
  if (!target || target.getPrecision() != "bf16")
    return;
  casts.clear();
  for (Operation &op :
       llvm::make_early_inc_range(getOperation().getBody().front())) {
    if (std::optional<bool> isBf16 = wantsBf16(&op))
      castOperands(&op, *isBf16);
    if (auto fused = dyn_cast<FusedOp>(op))
      for (auto [argument, input] :
           llvm::zip(fused.getBody().getArguments(), fused.getInputs()))
        argument.setType(input.getType());
    if (givesBf16(&op))
      for (Value result : op.getResults())
        if (isTensor(result.getType(), /*isBf16=*/false))
          result.setType(withElement(result.getType(), true));
  }
}

std::unique_ptr<Pass> netc::cuda::createUseBf16() {
  return std::make_unique<UseBf16>();
}
