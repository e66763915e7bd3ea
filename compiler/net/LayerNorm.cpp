// net.layer_norm and its gradient.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// The input's own type and [N] for each of the statistics.
static LogicalResult inferRows(std::optional<Location> location, Type input,
                               SmallVectorImpl<Type> &types,
                               unsigned statistics) {
  auto f32 = Float32Type::get(input.getContext());
  auto ranked = dyn_cast<RankedTensorType>(input);
  if (ranked && ranked.getRank() != 2)
    return emitOptionalError(location, "expected [N, D], got ", input);
  if (failed(inferLayer(location, input, shape::LayerNorm{}, types)))
    return failure();
  Type rows = ranked ? Type(RankedTensorType::get({ranked.getDimSize(0)}, f32))
                     : Type(UnrankedTensorType::get(f32));
  types.append(statistics, rows);
  return success();
}

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  return inferRows(location, adaptor.getInput().getType(), types, 2);
}

LogicalResult LayerNormOp::verify() {
  if (!getAffine().empty() && getAffine().size() != 2)
    return emitOpError("expected a weight and a bias, or neither");
  auto input = dyn_cast<RankedTensorType>(getInput().getType());
  for (Value value : getAffine()) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (input && type && type.getShape() != input.getShape().drop_front())
      return emitOpError("expected weight and bias for [")
             << input.getDimSize(1) << "], got " << type;
  }
  return success();
}

SmallVector<Value> LayerNormOp::buildGradient(OpBuilder &builder,
                                              ValueRange gradients,
                                              ArrayRef<bool> wanted) {
  Value weight = getAffine().empty() ? Value() : getAffine().front();
  auto op = builder.create<LayerNormGradientOp>(getLoc(), getInput(), getMean(),
                                                getVariance(), gradients[0],
                                                weight, getEpsilonAttr());
  SmallVector<Value> result{op.getInputGradient()};
  llvm::append_range(result, op.getAffineGradients());
  return result;
}

LogicalResult LayerNormGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  if (failed(inferRows(location, adaptor.getInput().getType(), types, 0)))
    return failure();
  if (adaptor.getWeight())
    types.append(2, adaptor.getWeight().getType());
  return success();
}
