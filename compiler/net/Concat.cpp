// net.concat and net.channel_slice.
#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  std::vector<shape::Shape> shapes;
  std::optional<int64_t> batch;
  for (Value input : adaptor.getInputs()) {
    auto type = dyn_cast<RankedTensorType>(input.getType());
    if (!type) {
      types.push_back(UnrankedTensorType::get(Float32Type::get(context)));
      return success();
    }
    if (!type.hasStaticShape() || type.getRank() < 2)
      return emitOptionalError(
          location, "expected a static shape with a batch in front, got ",
          type);
    if (batch.value_or(type.getDimSize(0)) != type.getDimSize(0))
      return emitOptionalError(location, "expected one batch size, got ",
                               *batch, " and ", type.getDimSize(0));
    batch = type.getDimSize(0);
    shapes.push_back(exampleShape(type));
  }
  if (shapes.empty())
    return emitOptionalError(location, "expected at least one input");
  shape::InferResult result = shape::infer(shape::Concat(), shapes);
  if (auto *error = std::get_if<shape::ShapeError>(&result))
    return emitOptionalError(location, error->message);
  types.push_back(
      batched(context, *batch, std::get<shape::Inferred>(result).shape));
  return success();
}

SmallVector<Value> ConcatOp::buildGradient(OpBuilder &builder,
                                           ValueRange gradients,
                                           ArrayRef<bool> wanted) {
  SmallVector<Value> result;
  int64_t offset = 0;
  for (auto [input, isWanted] : llvm::zip(getInputs(), wanted)) {
    int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(1);
    result.push_back(isWanted ? builder.create<ChannelSliceOp>(
                                    getLoc(), gradients[0],
                                    builder.getI64IntegerAttr(offset),
                                    builder.getI64IntegerAttr(channels))
                              : Value());
    offset += channels;
  }
  return result;
}

LogicalResult ChannelSliceOp::inferReturnTypes(MLIRContext *context,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (!input) {
    types.push_back(UnrankedTensorType::get(Float32Type::get(context)));
    return success();
  }
  if (!input.hasStaticShape() || input.getRank() < 2)
    return emitOptionalError(
        location, "expected a static shape with a batch in front, got ", input);
  int64_t offset = adaptor.getOffset(), channels = adaptor.getChannels();
  if (offset < 0 || channels < 1 || offset > input.getDimSize(1) - channels)
    return emitOptionalError(location, "takes channels ", offset, " to ",
                             offset + channels, " of ", input.getDimSize(1));
  shape::Shape shape = exampleShape(input);
  shape[0] = channels;
  types.push_back(batched(context, input.getDimSize(0), shape));
  return success();
}

// The other channels' gradients are zero.
SmallVector<Value> ChannelSliceOp::buildGradient(OpBuilder &builder,
                                                 ValueRange gradients,
                                                 ArrayRef<bool> wanted) {
  auto type = cast<RankedTensorType>(getInput().getType());
  SmallVector<Value> parts;
  auto addZeros = [&](int64_t channels) {
    if (channels == 0)
      return;
    shape::Shape shape = exampleShape(type);
    shape[0] = channels;
    parts.push_back(builder.create<FillOp>(
        getLoc(), batched(getContext(), type.getDimSize(0), shape),
        builder.getF64FloatAttr(0)));
  };
  addZeros(getOffset());
  parts.push_back(gradients[0]);
  addZeros(type.getDimSize(1) - getOffset() - getChannels());
  return {builder.create<ConcatOp>(getLoc(), parts)};
}
