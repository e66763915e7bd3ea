// net.conv2d and its gradients.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

static shape::Pair pair(ArrayRef<int64_t> values) {
  return {values[0], values[1]};
}

/// The filter is [O, C, kh, kw] or [G, O/G, C/G, kh, kw].
template <typename Adaptor>
static FailureOr<shape::Conv2D> specOf(std::optional<Location> location,
                                       Adaptor adaptor,
                                       ArrayRef<int64_t> filter) {
  int64_t groups = adaptor.getGroups();
  if (adaptor.getStride().size() != 2 || adaptor.getPadding().size() != 2 ||
      adaptor.getDilation().size() != 2)
    return emitOptionalError(
        location, "expected two sizes in stride, padding and dilation");
  if (filter.size() != (groups == 1 ? 4u : 5u))
    return emitOptionalError(location, "expected a filter of rank ",
                             groups == 1 ? 4 : 5, " with groups = ", groups,
                             ", got rank ", filter.size());
  shape::Conv2D spec;
  spec.channels = groups == 1 ? filter[0] : filter[0] * filter[1];
  spec.kernel = {filter[filter.size() - 2], filter[filter.size() - 1]};
  spec.stride = pair(adaptor.getStride());
  spec.padding = pair(adaptor.getPadding());
  spec.dilation = pair(adaptor.getDilation());
  spec.groups = groups;
  return spec;
}

static int64_t filterChannels(ArrayRef<int64_t> filter) {
  return filter.size() == 4 ? filter[1] : filter[0] * filter[2];
}

LogicalResult Conv2DOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto filter = dyn_cast<RankedTensorType>(adaptor.getFilter().getType());
  if (!filter)
    return emitOptionalError(location, "expected a ranked filter");
  auto spec = specOf(location, adaptor, filter.getShape());
  if (failed(spec))
    return failure();
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (input && input.getRank() == 4 &&
      input.getDimSize(1) != filterChannels(filter.getShape()))
    return emitOptionalError(location, "the filter takes ",
                             filterChannels(filter.getShape()),
                             " channels, its input has ", input.getDimSize(1));
  return inferLayer(location, adaptor.getInput().getType(), *spec, types);
}

SmallVector<Value> Conv2DOp::buildGradient(OpBuilder &builder,
                                           ValueRange gradients,
                                           ArrayRef<bool> wanted) {
  assert(!getActivation() && "activations are fused after differentiation");
  SmallVector<Value> result(getNumOperands());
  if (wanted[0])
    result[0] = builder.create<Conv2DInputGradientOp>(
        getLoc(), gradients[0], getFilter(),
        builder.getDenseI64ArrayAttr(
            exampleShape(cast<RankedTensorType>(getInput().getType()))),
        getStrideAttr(), getPaddingAttr(), getDilationAttr(), getGroupsAttr(),
        StringAttr());
  bool bias = getBias() && wanted[2];
  if (wanted[1] || bias) {
    auto op = builder.create<Conv2DFilterGradientOp>(
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

/// Multiply-adds: each output element takes one for each element of a filter.
static int64_t multiplyAdds(Type output, Type filter) {
  auto outputType = cast<RankedTensorType>(output),
       filterType = cast<RankedTensorType>(filter);
  int64_t filters = filterType.getRank() == 4
                        ? filterType.getDimSize(0)
                        : filterType.getDimSize(0) * filterType.getDimSize(1);
  return outputType.getNumElements() * (filterType.getNumElements() / filters);
}

int64_t Conv2DOp::getMultiplyAdds() {
  return multiplyAdds(getOutput().getType(), getFilter().getType());
}

LogicalResult Conv2DInputGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto gradient =
      dyn_cast<RankedTensorType>(adaptor.getOutputGradient().getType());
  if (!gradient) {
    types.push_back(UnrankedTensorType::get(Float32Type::get(context)));
    return success();
  }
  types.push_back(batched(context, gradient.getDimSize(0),
                          shape::Shape(adaptor.getInputShape().begin(),
                                       adaptor.getInputShape().end())));
  return success();
}

int64_t Conv2DInputGradientOp::getMultiplyAdds() {
  return multiplyAdds(getOutputGradient().getType(), getFilter().getType());
}

LogicalResult Conv2DFilterGradientOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto f32 = Float32Type::get(context);
  ArrayRef<int64_t> filter = adaptor.getFilterShape();
  auto spec = specOf(location, adaptor, filter);
  if (failed(spec))
    return failure();
  types.push_back(RankedTensorType::get(filter, f32));
  if (adaptor.getWithBias())
    types.push_back(RankedTensorType::get({spec->channels}, f32));
  return success();
}

int64_t Conv2DFilterGradientOp::getMultiplyAdds() {
  return multiplyAdds(getOutputGradient().getType(),
                      getFilterGradient().getType());
}
