// net.resize, net.to_tensor and net.normalize.
#include "compiler/net/ElementEmitter.h"
#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

static LogicalResult inferTransform(std::optional<Location> location,
                                    Type input,
                                    const shape::TransformSpec &spec,
                                    SmallVectorImpl<Type> &types) {
  auto ranked = dyn_cast<RankedTensorType>(input);
  if (!ranked) {
    types.push_back(
        UnrankedTensorType::get(Float32Type::get(input.getContext())));
    return success();
  }
  shape::InferResult result = shape::infer(spec, exampleShape(ranked));
  if (auto *error = std::get_if<shape::ShapeError>(&result))
    return emitOptionalError(location, error->message);
  types.push_back(batched(input.getContext(), ranked.getDimSize(0),
                          std::get<shape::Inferred>(result).shape));
  return success();
}

/// A pixel as f32.
static Value toFloat(ElementEmitter &emitter, Value pixel) {
  Type type = getElementTypeOrSelf(pixel.getType());
  if (type.isF32())
    return pixel;
  OpBuilder &b = emitter.builder;
  // Widened first: an unsigned byte is a positive i32.
  Value wide = b.create<arith::ExtUIOp>(emitter.location,
                                        emitter.widen(b.getI32Type()), pixel);
  return b.create<arith::SIToFPOp>(emitter.location,
                                   emitter.widen(b.getF32Type()), wide);
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getSize().size() != 2)
    return emitOptionalError(location, "expected two sizes");
  return inferTransform(
      location, adaptor.getInput().getType(),
      shape::Resize{{adaptor.getSize()[0], adaptor.getSize()[1]}}, types);
}

bool ResizeOp::isPointwise(unsigned) { return false; }

/// Where output pixel `i` of `outSize` lies among `inSize` input pixels: the
/// two neighbours (as index) and the weight of the second.
static std::tuple<Value, Value, Value>
sourcePixel(ElementEmitter &emitter, Value i, int64_t inSize, int64_t outSize) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  Value position = b.create<arith::IndexCastOp>(loc, b.getI32Type(), i);
  position = b.create<arith::SIToFPOp>(loc, b.getF32Type(), position);
  position = b.create<arith::AddFOp>(loc, position, emitter.constant(0.5));
  position =
      b.create<arith::MulFOp>(loc, position,
                              emitter.constant(static_cast<double>(inSize) /
                                               static_cast<double>(outSize)));
  position = b.create<arith::SubFOp>(loc, position, emitter.constant(0.5));
  position = b.create<arith::MaximumFOp>(loc, position, emitter.constant(0));
  Value last = emitter.constantInt(inSize - 1);
  Value low = b.create<arith::FPToSIOp>(loc, b.getI32Type(), position);
  low = b.create<arith::MinSIOp>(loc, low, last);
  Value weight = b.create<arith::SubFOp>(
      loc, position, b.create<arith::SIToFPOp>(loc, b.getF32Type(), low));
  Value high = b.create<arith::AddIOp>(loc, low, emitter.constantInt(1));
  high = b.create<arith::MinSIOp>(loc, high, last);
  auto index = [&](Value v) {
    return b.create<arith::IndexCastOp>(loc, b.getIndexType(), v);
  };
  return {index(low), index(high), weight};
}

Value ResizeOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  ArrayRef<Value> at = emitter.coordinates();
  auto input = cast<RankedTensorType>(getInput().getType());
  auto [top, bottom, down] =
      sourcePixel(emitter, at[2], input.getDimSize(2), getSize()[0]);
  auto [left, right, across] =
      sourcePixel(emitter, at[3], input.getDimSize(3), getSize()[1]);
  Value buffer = emitter.buffer(getInput());
  auto load = [&](Value y, Value x) {
    return toFloat(emitter,
                   b.create<memref::LoadOp>(getLoc(), buffer,
                                            ValueRange{at[0], at[1], y, x}));
  };
  auto blend = [&](Value first, Value second, Value weight) -> Value {
    Value difference = b.create<arith::SubFOp>(getLoc(), second, first);
    Value step = b.create<arith::MulFOp>(getLoc(), difference, weight);
    return b.create<arith::AddFOp>(getLoc(), first, step);
  };
  Value upper = blend(load(top, left), load(top, right), across);
  Value lower = blend(load(bottom, left), load(bottom, right), across);
  return blend(upper, lower, down);
}

LogicalResult ToTensorOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  return inferTransform(location, adaptor.getInput().getType(),
                        shape::ToTensor{}, types);
}

Value ToTensorOp::emitElement(ElementEmitter &emitter) {
  Value pixel = toFloat(emitter, emitter.element(getInput()));
  return emitter.builder.create<arith::DivFOp>(getLoc(), pixel,
                                               emitter.constant(255));
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
  auto perChannel = [&](ArrayRef<double> values) {
    Value result = emitter.constant(values[0]);
    for (size_t c = 1; c < values.size(); ++c) {
      Value here = b.create<arith::CmpIOp>(
          getLoc(), arith::CmpIPredicate::eq, emitter.channel(),
          emitter.constantInt(static_cast<int64_t>(c)));
      result = b.create<arith::SelectOp>(getLoc(), here,
                                         emitter.constant(values[c]), result);
    }
    return result;
  };
  Value centred = b.create<arith::SubFOp>(getLoc(), emitter.element(getInput()),
                                          perChannel(getMean()));
  return b.create<arith::DivFOp>(getLoc(), centred, perChannel(getDeviation()));
}
