// net.max_pool2d, net.avg_pool2d and their gradients.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

template <typename Spec, typename Adaptor>
static LogicalResult inferPool(std::optional<Location> location,
                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (adaptor.getWindow().size() != 2 || adaptor.getStride().size() != 2 ||
      adaptor.getPadding().size() != 2)
    return emitOptionalError(
        location, "expected two sizes in window, stride and padding");
  Spec spec;
  for (int i : {0, 1}) {
    spec.window[i] = adaptor.getWindow()[i];
    spec.stride[i] = adaptor.getStride()[i];
    spec.padding[i] = adaptor.getPadding()[i];
  }
  return inferLayer(location, adaptor.getInput().getType(), spec, types);
}

template <typename Adaptor>
static LogicalResult inferGradient(Adaptor adaptor,
                                   SmallVectorImpl<Type> &types) {
  Type gradient = adaptor.getOutputGradient().getType();
  auto ranked = dyn_cast<RankedTensorType>(gradient);
  if (!ranked)
    types.push_back(
        UnrankedTensorType::get(Float32Type::get(gradient.getContext())));
  else
    types.push_back(batched(gradient.getContext(), ranked.getDimSize(0),
                            shape::Shape(adaptor.getInputShape().begin(),
                                         adaptor.getInputShape().end())));
  return success();
}

static DenseI64ArrayAttr inputShape(Builder &builder, Value input) {
  return builder.getDenseI64ArrayAttr(
      exampleShape(cast<RankedTensorType>(input.getType())));
}

LogicalResult MaxPool2DOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  if (failed(inferPool<shape::MaxPool2D>(location, adaptor, types)))
    return failure();
  auto byte = IntegerType::get(context, 8, IntegerType::Unsigned);
  auto output = dyn_cast<RankedTensorType>(types[0]);
  types.push_back(output ? Type(RankedTensorType::get(output.getShape(), byte))
                         : Type(UnrankedTensorType::get(byte)));
  return success();
}

SmallVector<Value> MaxPool2DOp::buildGradient(OpBuilder &builder,
                                              ValueRange gradients,
                                              ArrayRef<bool> wanted) {
  return {builder.create<MaxPool2DGradientOp>(
      getLoc(), gradients[0], getIndices(), inputShape(builder, getInput()),
      getWindowAttr(), getStrideAttr(), getPaddingAttr())};
}

LogicalResult
MaxPool2DGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferGradient(adaptor, types);
}

LogicalResult AvgPool2DOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  return inferPool<shape::AvgPool2D>(location, adaptor, types);
}

SmallVector<Value> AvgPool2DOp::buildGradient(OpBuilder &builder,
                                              ValueRange gradients,
                                              ArrayRef<bool> wanted) {
  return {builder.create<AvgPool2DGradientOp>(
      getLoc(), gradients[0], inputShape(builder, getInput()), getWindowAttr(),
      getStrideAttr(), getPaddingAttr())};
}

LogicalResult
AvgPool2DGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferGradient(adaptor, types);
}
