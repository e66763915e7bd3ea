// net.gather_examples, net.resize, net.center_crop, net.to_tensor,
// net.normalize and net.standardize.
#include "compiler/net/NetDialect.h"
#include "compiler/net/Pixels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

LogicalResult net::inferTransform(std::optional<Location> location, Type input,
                                  const shape::TransformSpec &spec,
                                  SmallVectorImpl<Type> &types) {
  auto ranked = dyn_cast<RankedTensorType>(input);
  if (!ranked) {
    types.push_back(
        UnrankedTensorType::get(Float32Type::get(input.getContext())));
    return success();
  }
  shape::Shape example = exampleShape(ranked);
  bool isLabels = ranked.getElementType().isInteger(32); // [N, H, W]
  if (isLabels)
    example.insert(example.begin(), 1);
  shape::InferResult result = shape::infer(spec, example);
  if (auto *error = std::get_if<shape::ShapeError>(&result))
    return emitOptionalError(location, error->message);
  RankedTensorType type = batched(input.getContext(), ranked.getDimSize(0),
                                  std::get<shape::Inferred>(result).shape);
  if (isLabels)
    type = RankedTensorType::get(
        {type.getDimSize(0), type.getDimSize(2), type.getDimSize(3)},
        ranked.getElementType());
  types.push_back(type);
  return success();
}

LogicalResult GatherExamplesOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto dataset = dyn_cast<RankedTensorType>(adaptor.getDataset().getType());
  auto samples = dyn_cast<RankedTensorType>(adaptor.getSamples().getType());
  if (!dataset || dataset.getRank() < 2 || !samples || samples.getRank() != 1)
    return emitOptionalError(location,
                             "expected examples [N, ...] and samples [n]");
  SmallVector<int64_t> shape(dataset.getShape());
  shape[0] = samples.getDimSize(0);
  types.push_back(RankedTensorType::get(shape, dataset.getElementType()));
  return success();
}

Value GatherExamplesOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Value example = emitter.perExample(*this, [&](Value row) {
    Value sample = emitter.elementAt(getSamples(), {row});
    return SmallVector<Value>{
        b.create<arith::IndexCastOp>(getLoc(), b.getIndexType(), sample)};
  })[0];
  SmallVector<Value> at(emitter.coordinates());
  at[0] = example;
  return emitter.elementAt(getDataset(), at);
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getSize().size() != 2)
    return emitOptionalError(location, "expected two sizes");
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::Resize{shape::Pair{adaptor.getSize()[0], adaptor.getSize()[1]},
                    {}},
      types);
}

Value ResizeOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  shape::Pair picture = pictureOf(getInput().getType());
  Value zero = b.create<arith::ConstantIndexOp>(getLoc(), 0);
  return emitResizedPixel(
      emitter, getInput(), {zero, zero},
      {emitter.constantInt(picture[0]), emitter.constantInt(picture[1])},
      {getSize()[0], getSize()[1]});
}

LogicalResult CenterCropOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  if (adaptor.getSize().size() != 2)
    return emitOptionalError(location, "expected two sizes");
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::CenterCrop{{adaptor.getSize()[0], adaptor.getSize()[1]}}, types);
}

Value CenterCropOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  shape::Pair picture = pictureOf(getInput().getType());
  ValuePair place = placeOf(emitter);
  bool isInside = true;
  for (unsigned d : {0, 1}) {
    int64_t origin = shape::centerCropOrigin(picture[d], getSize()[d]);
    isInside &= origin >= 0;
    place[d] = b.create<arith::AddIOp>(
        getLoc(), place[d], b.create<arith::ConstantIndexOp>(getLoc(), origin));
  }
  return isInside ? emitPixelAt(emitter, getInput(), place)
                  : emitPaddedPixel(emitter, getInput(), place);
}

LogicalResult ToTensorOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  return inferTransform(location, adaptor.getInput().getType(),
                        shape::ToTensor{}, types);
}

Value ToTensorOp::emitElement(ElementEmitter &emitter) {
  Value pixel = emitPixel(emitter, getInput());
  double range = getRange() ? getRange()->convertToDouble() : 255;
  return emitter.builder.create<arith::DivFOp>(getLoc(), pixel,
                                               emitter.constant(range));
}

bool ToTensorOp::keepsZero() { return true; }

LogicalResult NormalizeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::Normalize{
          {adaptor.getMean().begin(), adaptor.getMean().end()},
          {adaptor.getDeviation().begin(), adaptor.getDeviation().end()}},
      types);
}

Value NormalizeOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Value centred = b.create<arith::SubFOp>(getLoc(), emitter.element(getInput()),
                                          emitPerChannel(emitter, getMean()));
  return b.create<arith::DivFOp>(getLoc(), centred,
                                 emitPerChannel(emitter, getDeviation()));
}

LogicalResult StandardizeOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  auto isColumns = [&](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getRank() == 1 &&
           type.getDimSize(0) == input.getDimSize(1);
  };
  if (!input || input.getRank() != 2 || !isColumns(adaptor.getMean()) ||
      !isColumns(adaptor.getDeviation()))
    return emitOptionalError(location, "expected [N, D], and [D] for mean and "
                                       "deviation");
  types.push_back(withLayout(input, ""));
  return success();
}

bool StandardizeOp::isPointwise(unsigned operand) { return operand == 0; }

Value StandardizeOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Value column = emitter.coordinates()[1];
  Value centred =
      b.create<arith::SubFOp>(getLoc(), emitter.element(getInput()),
                              emitter.elementAt(getMean(), {column}));
  return b.create<arith::DivFOp>(getLoc(), centred,
                                 emitter.elementAt(getDeviation(), {column}));
}
