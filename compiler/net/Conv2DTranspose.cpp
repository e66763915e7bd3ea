// net.conv2d_transpose and its gradients.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

static shape::Pair pair(ArrayRef<int64_t> values) {
  return {values[0], values[1]};
}

/// [C, O, kh, kw] or [G, C/G, O/G, kh, kw].
static int64_t outputChannels(ArrayRef<int64_t> filter) {
  return filter.size() == 4 ? filter[1] : filter[0] * filter[2];
}
static int64_t inputChannels(ArrayRef<int64_t> filter) {
  return filter.size() == 4 ? filter[0] : filter[0] * filter[1];
}

template <typename Adaptor>
static LogicalResult checkGeometry(std::optional<Location> location,
                                   Adaptor adaptor, ArrayRef<int64_t> filter) {
  if (adaptor.getStride().size() != 2 || adaptor.getPadding().size() != 2 ||
      adaptor.getDilation().size() != 2)
    return emitOptionalError(
        location, "expected two sizes in stride, padding and dilation");
  size_t rank = adaptor.getGroups() == 1 ? 4 : 5;
  if (filter.size() != rank)
    return emitOptionalError(location, "expected a filter of rank ", rank,
                             " with groups = ", adaptor.getGroups(),
                             ", got rank ", filter.size());
  return success();
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
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (input && input.getRank() == 4 &&
      input.getDimSize(1) != inputChannels(filter))
    return emitOptionalError(location, "the filter takes ",
                             inputChannels(filter), " channels, its input has ",
                             input.getDimSize(1));
  shape::Conv2DTranspose spec;
  spec.channels = outputChannels(filter);
  spec.kernel = pair(filter.take_back(2));
  spec.stride = pair(adaptor.getStride());
  spec.padding = pair(adaptor.getPadding());
  spec.outputPadding = pair(adaptor.getOutputPadding());
  spec.dilation = pair(adaptor.getDilation());
  spec.groups = adaptor.getGroups();
  return inferLayer(location, adaptor.getInput().getType(), spec, types);
}

SmallVector<Value> Conv2DTransposeOp::buildGradient(OpBuilder &builder,
                                                    ValueRange gradients,
                                                    ArrayRef<bool> wanted) {
  SmallVector<Value> result(getNumOperands());
  if (wanted[0])
    result[0] = builder.create<Conv2DTransposeInputGradientOp>(
        getLoc(), gradients[0], getFilter(),
        builder.getDenseI64ArrayAttr(
            exampleShape(cast<RankedTensorType>(getInput().getType()))),
        getStrideAttr(), getPaddingAttr(), getDilationAttr(), getGroupsAttr(),
        StringAttr());
  bool bias = getBias() && wanted[2];
  if (wanted[1] || bias) {
    auto op = builder.create<Conv2DTransposeFilterGradientOp>(
        getLoc(), getInput(), gradients[0],
        builder.getDenseI64ArrayAttr(
            cast<RankedTensorType>(getFilter().getType()).getShape()),
        builder.getBoolAttr(bias), getStrideAttr(), getPaddingAttr(),
        getDilationAttr(), getGroupsAttr(), StringAttr());
    result[1] = op.getFilterGradient();
    if (bias)
      result[2] = op.getBiasGradient();
  }
  return result;
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
    MLIRContext *context, std::optional<Location>, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto gradient =
      dyn_cast<RankedTensorType>(adaptor.getOutputGradient().getType());
  if (!gradient)
    types.push_back(UnrankedTensorType::get(Float32Type::get(context)));
  else
    types.push_back(batched(context, gradient.getDimSize(0),
                            shape::Shape(adaptor.getInputShape().begin(),
                                         adaptor.getInputShape().end())));
  return success();
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
