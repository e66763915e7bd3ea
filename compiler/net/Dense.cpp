// net.dense and its gradients.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

LogicalResult DenseOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  auto weight = dyn_cast<RankedTensorType>(adaptor.getWeight().getType());
  if (!weight || weight.getRank() != 2)
    return emitOptionalError(location, "expected a weight [out, in]");
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (input && input.getRank() == 2 &&
      input.getDimSize(1) != weight.getDimSize(1))
    return emitOptionalError(location, "the weight takes ",
                             weight.getDimSize(1), " values, its input has ",
                             input.getDimSize(1));
  return inferLayer(location, adaptor.getInput().getType(),
                    shape::Dense{.units = weight.getDimSize(0)}, types);
}

void DenseOp::fuseActivation(Operation *activation) {
  setActivationBehind(*this, activation);
}

SmallVector<Value> DenseOp::buildGradient(OpBuilder &builder,
                                          ValueRange gradients,
                                          ArrayRef<bool> wanted) {
  assert(!getActivation() && "activations are fused after differentiation");
  SmallVector<Value> result(getNumOperands());
  if (wanted[0])
    result[0] = builder.create<DenseInputGradientOp>(
        getLoc(), gradients[0], getWeight(), /*activated=*/Value());
  bool bias = getBias() && wanted[2];
  if (wanted[1] || bias) {
    auto op = builder.create<DenseWeightGradientOp>(
        getLoc(), getInput(), gradients[0], builder.getBoolAttr(bias));
    result[1] = op.getWeightGradient();
    if (bias)
      result[2] = op.getBiasGradient();
  }
  return result;
}

int64_t DenseOp::getMultiplyAdds() {
  auto weight = cast<RankedTensorType>(getWeight().getType());
  return weight.getNumElements() *
         cast<RankedTensorType>(getInput().getType()).getDimSize(0);
}

LogicalResult DenseInputGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto weight = dyn_cast<RankedTensorType>(adaptor.getWeight().getType());
  if (!weight || weight.getRank() != 2)
    return emitOptionalError(location, "expected a weight [out, in]");
  auto gradient =
      dyn_cast<RankedTensorType>(adaptor.getOutputGradient().getType());
  Type type = UnrankedTensorType::get(Float32Type::get(context));
  if (gradient)
    type = batched(context, gradient.getDimSize(0), {weight.getDimSize(1)});
  return inferInputGradient(location, type, adaptor.getActivated(), types);
}

int64_t DenseInputGradientOp::getMultiplyAdds() {
  return cast<RankedTensorType>(getWeight().getType()).getNumElements() *
         cast<RankedTensorType>(getOutputGradient().getType()).getDimSize(0);
}

LogicalResult DenseWeightGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto f32 = Float32Type::get(context);
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  auto gradient =
      dyn_cast<RankedTensorType>(adaptor.getOutputGradient().getType());
  if (!input || !gradient || input.getRank() != 2 || gradient.getRank() != 2)
    return emitOptionalError(location, "expected [N, in] and [N, out]");
  types.push_back(RankedTensorType::get(
      {gradient.getDimSize(1), input.getDimSize(1)}, f32));
  if (adaptor.getWithBias())
    types.push_back(RankedTensorType::get({gradient.getDimSize(1)}, f32));
  return success();
}

int64_t DenseWeightGradientOp::getMultiplyAdds() {
  return cast<RankedTensorType>(getWeightGradient().getType())
             .getNumElements() *
         cast<RankedTensorType>(getInput().getType()).getDimSize(0);
}
