// net.conv2d_transpose and its gradients.
#include "compiler/net/Convolution.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// [C, O, kh, kw] or [G, C/G, O/G, kh, kw].
static int64_t outputChannels(ArrayRef<int64_t> filter) {
  return filter.size() == 4 ? filter[1] : filter[0] * filter[2];
}
static int64_t inputChannels(ArrayRef<int64_t> filter) {
  return filter.size() == 4 ? filter[0] : filter[0] * filter[1];
}

LogicalResult Conv2DTransposeOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto filterType = dyn_cast<RankedTensorType>(adaptor.getFilter().getType());
  if (!filterType)
    return emitOptionalError(location, "expected a ranked filter");
  ArrayRef<int64_t> filter = filterType.getShape();
  if (failed(checkGeometry(location, adaptor, filter)))
    return failure();
  if (adaptor.getOutputPadding().size() != 2)
    return emitOptionalError(location, "expected two sizes in output_padding");
  if (failed(checkInputChannels(location, adaptor.getInput(),
                                inputChannels(filter))))
    return failure();
  shape::Conv2DTranspose spec;
  spec.channels = outputChannels(filter);
  spec.kernel = toPair(filter.take_back(2));
  spec.stride = toPair(adaptor.getStride());
  spec.padding = toPair(adaptor.getPadding());
  spec.outputPadding = toPair(adaptor.getOutputPadding());
  spec.dilation = toPair(adaptor.getDilation());
  spec.groups = adaptor.getGroups();
  return inferLayer(location, adaptor.getInput().getType(), spec, types);
}

SmallVector<Value> Conv2DTransposeOp::buildGradient(OpBuilder &builder,
                                                    ValueRange gradients,
                                                    ArrayRef<bool> wanted) {
  return buildConvolutionGradient<Conv2DTransposeInputGradientOp,
                                  Conv2DTransposeFilterGradientOp>(
      *this, builder, gradients, wanted);
}

/// Each input element takes one for each weight of its channel.
static int64_t multiplyAdds(Type input, Type filter) {
  auto inputType = cast<RankedTensorType>(input),
       filterType = cast<RankedTensorType>(filter);
  return inputType.getNumElements() *
         (filterType.getNumElements() / inputChannels(filterType.getShape()));
}

int64_t Conv2DTransposeOp::getMultiplyAdds() {
  return multiplyAdds(getInput().getType(), getFilter().getType());
}

LogicalResult Conv2DTransposeInputGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferInputGradient(location, inputGradientType(context, adaptor),
                            adaptor.getActivated(), types);
}

int64_t Conv2DTransposeInputGradientOp::getMultiplyAdds() {
  return multiplyAdds(getInputGradient().getType(), getFilter().getType());
}

LogicalResult Conv2DTransposeFilterGradientOp::inferReturnTypes(
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

int64_t Conv2DTransposeFilterGradientOp::getMultiplyAdds() {
  return multiplyAdds(getInput().getType(), getFilterGradient().getType());
}
