// net.conv2d and its gradients.
#include "compiler/net/Convolution.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// The filter is [O, C, kh, kw] or [G, O/G, C/G, kh, kw].
static int64_t outputChannels(ArrayRef<int64_t> filter) {
  return filter.size() == 4 ? filter[0] : filter[0] * filter[1];
}
static int64_t inputChannels(ArrayRef<int64_t> filter) {
  return filter.size() == 4 ? filter[1] : filter[0] * filter[2];
}

LogicalResult Conv2DOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto filterType = dyn_cast<RankedTensorType>(adaptor.getFilter().getType());
  if (!filterType)
    return emitOptionalError(location, "expected a ranked filter");
  ArrayRef<int64_t> filter = filterType.getShape();
  if (failed(checkGeometry(location, adaptor, filter)) ||
      failed(checkInputChannels(location, adaptor.getInput(),
                                inputChannels(filter))))
    return failure();
  shape::Conv2D spec;
  spec.channels = outputChannels(filter);
  spec.kernel = toPair(filter.take_back(2));
  spec.stride = toPair(adaptor.getStride());
  spec.padding = toPair(adaptor.getPadding());
  spec.dilation = toPair(adaptor.getDilation());
  spec.groups = adaptor.getGroups();
  return inferLayer(location, adaptor.getInput().getType(), spec, types);
}

void Conv2DOp::fuseActivation(Operation *activation) {
  setActivationBehind(*this, activation);
}

SmallVector<Value> Conv2DOp::buildGradient(OpBuilder &builder,
                                           ValueRange gradients,
                                           ArrayRef<bool> wanted) {
  assert(!getActivation() && "activations are fused after differentiation");
  return buildConvolutionGradient<Conv2DInputGradientOp,
                                  Conv2DFilterGradientOp>(*this, builder,
                                                          gradients, wanted);
}

/// Multiply-adds: each output element takes one for each element of a filter.
static int64_t multiplyAdds(Type output, Type filter) {
  auto outputType = cast<RankedTensorType>(output),
       filterType = cast<RankedTensorType>(filter);
  int64_t filters = outputChannels(filterType.getShape());
  return outputType.getNumElements() * (filterType.getNumElements() / filters);
}

int64_t Conv2DOp::getMultiplyAdds() {
  return multiplyAdds(getOutput().getType(), getFilter().getType());
}

LogicalResult Conv2DInputGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferInputGradient(location, inputGradientType(context, adaptor),
                            adaptor.getActivated(), types);
}

int64_t Conv2DInputGradientOp::getMultiplyAdds() {
  return multiplyAdds(getOutputGradient().getType(), getFilter().getType());
}

LogicalResult Conv2DFilterGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto f32 = Float32Type::get(context);
  ArrayRef<int64_t> filter = adaptor.getFilterShape();
  if (failed(checkGeometry(location, adaptor, filter)))
    return failure();
  types.push_back(RankedTensorType::get(filter, f32));
  if (adaptor.getWithBias())
    types.push_back(RankedTensorType::get({outputChannels(filter)}, f32));
  return success();
}

int64_t Conv2DFilterGradientOp::getMultiplyAdds() {
  return multiplyAdds(getOutputGradient().getType(),
                      getFilterGradient().getType());
}
