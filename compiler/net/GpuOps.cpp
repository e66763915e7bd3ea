// Sums and normalisations of channels as GPUs have them, and net.relayout.
#include "compiler/net/GpuOps.h"
#include "compiler/net/ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

#define GET_OP_CLASSES
#include "compiler/net/GpuOps.cpp.inc"

LogicalResult ChannelSumsOp::inferReturnTypes(MLIRContext *context,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (!input || (input.getRank() != 2 && input.getRank() != 4))
    return emitOptionalError(location, "expected [N, C] or [N, C, H, W], got ",
                             adaptor.getInput().getType());
  if (adaptor.getFactor() &&
      !areCompatibleTypes(input, adaptor.getFactor().getType()))
    return emitOptionalError(location, "expected a factor like ", input,
                             ", got ", adaptor.getFactor().getType());
  int64_t channels = input.getDimSize(1);
  int64_t rows = input.getNumElements() / channels;
  int64_t parts = adaptor.getParts();
  if (parts < 1 || parts > rows)
    return emitOptionalError(location, "expected 1 to ", rows, " parts, got ",
                             parts);
  SmallVector<int64_t> shape{channels};
  if (parts > 1)
    shape.insert(shape.begin(), parts);
  types.push_back(RankedTensorType::get(shape, Float32Type::get(context)));
  return success();
}

bool ChannelSumsOp::isPointwise(unsigned) { return false; }

/// The place of `channel` in `row` in the input's memory, which is row-major or
/// has the channels last.
static Value placeOf(ElementEmitter &emitter, RankedTensorType input, Value row,
                     Value channel) {
  OpBuilder &b = emitter.builder;
  Location loc = emitter.location;
  auto constant = [&](int64_t value) -> Value {
    return b.create<arith::ConstantIndexOp>(loc, value);
  };
  int64_t channels = input.getDimSize(1);
  int64_t plane =
      input.getRank() == 4 ? input.getDimSize(2) * input.getDimSize(3) : 1;
  if (plane == 1 || !layoutOf(input).empty()) { // [rows, C]
    Value start = b.create<arith::MulIOp>(loc, row, constant(channels));
    return b.create<arith::AddIOp>(loc, start, channel);
  }
  Value example = b.create<arith::DivUIOp>(loc, row, constant(plane));
  Value place = b.create<arith::RemUIOp>(loc, row, constant(plane));
  Value outer = b.create<arith::MulIOp>(loc, example, constant(channels));
  outer = b.create<arith::AddIOp>(loc, outer, channel);
  outer = b.create<arith::MulIOp>(loc, outer, constant(plane));
  return b.create<arith::AddIOp>(loc, outer, place);
}

Value ChannelSumsOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Location loc = getLoc();
  auto input = cast<RankedTensorType>(getInput().getType());
  int64_t rows = input.getNumElements() / input.getDimSize(1);
  auto flat = [&](Value tensor) -> Value {
    Value buffer = emitter.buffer(tensor);
    int64_t rank = cast<MemRefType>(buffer.getType()).getRank();
    ReassociationIndices all = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    return b.create<memref::CollapseShapeOp>(
        loc, buffer, ArrayRef<ReassociationIndices>{all});
  };
  Value buffer = flat(getInput());
  Value factors = getFactor() ? flat(getFactor()) : Value();

  auto constant = [&](int64_t value) -> Value {
    return b.create<arith::ConstantIndexOp>(loc, value);
  };
  ArrayRef<Value> at = emitter.coordinates();
  Value channel = at.back(), begin = constant(0), end = constant(rows);
  if (getParts() > 1) {
    auto bound = [&](Value part) -> Value {
      Value scaled = b.create<arith::MulIOp>(loc, part, constant(rows));
      return b.create<arith::DivUIOp>(loc, scaled, constant(getParts()));
    };
    Value next = b.create<arith::AddIOp>(loc, at[0], constant(1));
    begin = bound(at[0]);
    end = bound(next);
  }
  auto loop = b.create<scf::ForOp>(
      loc, begin, end, constant(1), ValueRange{emitter.constant(0)},
      [&](OpBuilder &, Location, Value row, ValueRange carried) {
        Value place = placeOf(emitter, input, row, channel);
        auto load = [&](Value from) -> Value {
          Value value = b.create<memref::LoadOp>(loc, from, place);
          if (value.getType().isBF16())
            value = b.create<arith::ExtFOp>(loc, b.getF32Type(), value);
          return value;
        };
        Value value = load(buffer);
        if (factors)
          value = b.create<arith::MulFOp>(loc, value, load(factors));
        Value sum = b.create<arith::AddFOp>(loc, carried[0], value);
        b.create<scf::YieldOp>(loc, sum);
      });
  Value sum = loop.getResult(0);
  if (double scale = getScale().convertToDouble(); scale != 1)
    sum = b.create<arith::MulFOp>(loc, sum, emitter.constant(scale));
  return sum;
}

/// The type of what is computed for each element of an input [N, C, ...],
/// row-major; an error for an input that is something else.
static LogicalResult inferLike(std::optional<Location> location, Type type,
                               SmallVectorImpl<Type> &types) {
  auto input = dyn_cast<RankedTensorType>(type);
  if (!input || input.getRank() < 2)
    return emitOptionalError(location, "expected [N, C, ...], got ", type);
  types.push_back(withLayout(input, ""));
  return success();
}

/// The same, then twice [C].
static LogicalResult inferNorm(std::optional<Location> location, Type type,
                               SmallVectorImpl<Type> &types) {
  if (failed(inferLike(location, type, types)))
    return failure();
  auto input = cast<RankedTensorType>(type);
  types.append(
      2, RankedTensorType::get({input.getDimSize(1)}, input.getElementType()));
  return success();
}

LogicalResult GpuBatchNormOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  return inferNorm(location, adaptor.getInput().getType(), types);
}

LogicalResult GpuBatchNormGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferNorm(location, adaptor.getInput().getType(), types);
}

LogicalResult VarianceOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location>,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInverse().getType());
  return success();
}

Value VarianceOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Value inverse = emitter.element(getInverse());
  Value square = b.create<arith::MulFOp>(getLoc(), inverse, inverse);
  Value sum = b.create<arith::DivFOp>(getLoc(), emitter.constant(1), square);
  Value variance = b.create<arith::SubFOp>(
      getLoc(), sum, emitter.constant(getEpsilon().convertToDouble()));
  return b.create<arith::MaximumFOp>(getLoc(), variance, emitter.constant(0));
}

LogicalResult ChannelAffineOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  if (adaptor.getAffine().size() > 2)
    return emitOptionalError(location, "expected at most a weight and a bias");
  return inferLike(location, adaptor.getInput().getType(), types);
}

bool ChannelAffineOp::isPointwise(unsigned operand) { return operand == 0; }

Value ChannelAffineOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Location loc = getLoc();
  Value channel = emitter.coordinates()[1];
  auto ofChannel = [&](Value tensor) {
    return emitter.elementAt(tensor, channel);
  };
  Value sum =
      b.create<arith::AddFOp>(loc, ofChannel(getVariance()),
                              emitter.constant(getEpsilon().convertToDouble()));
  Value deviation = b.create<math::SqrtOp>(loc, sum);
  Value value = b.create<arith::SubFOp>(loc, emitter.element(getInput()),
                                        ofChannel(getMean()));
  value = b.create<arith::DivFOp>(loc, value, deviation);
  if (!getAffine().empty())
    value = b.create<arith::MulFOp>(loc, value, ofChannel(getAffine()[0]));
  if (getAffine().size() == 2)
    value = b.create<arith::AddFOp>(loc, value, ofChannel(getAffine()[1]));
  return value;
}

LogicalResult NormInputGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferLike(location, adaptor.getNormalised().getType(), types);
}

bool NormInputGradientOp::isPointwise(unsigned operand) { return operand < 2; }

Value NormInputGradientOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Location loc = getLoc();
  auto type = cast<RankedTensorType>(getNormalised().getType());
  int64_t rows = type.getNumElements() / type.getDimSize(1);
  Value channel = emitter.coordinates()[1];
  auto ofChannel = [&](Value tensor) {
    return emitter.elementAt(tensor, channel);
  };
  Value shared = b.create<arith::MulFOp>(loc, emitter.element(getNormalised()),
                                         ofChannel(getDw()));
  shared = b.create<arith::AddFOp>(loc, shared, ofChannel(getDb()));
  shared = b.create<arith::DivFOp>(loc, shared,
                                   emitter.constant(static_cast<double>(rows)));
  Value value = b.create<arith::SubFOp>(
      loc, emitter.element(getOutputGradient()), shared);
  Value sum =
      b.create<arith::AddFOp>(loc, ofChannel(getVariance()),
                              emitter.constant(getEpsilon().convertToDouble()));
  value = b.create<arith::DivFOp>(loc, value, b.create<math::SqrtOp>(loc, sum));
  return b.create<arith::MulFOp>(loc, value, ofChannel(getWeight()));
}

LogicalResult ChannelAddOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferLike(location, adaptor.getInput().getType(), types);
}

bool ChannelAddOp::isPointwise(unsigned operand) { return operand == 0; }

Value ChannelAddOp::emitElement(ElementEmitter &emitter) {
  Value bias = emitter.elementAt(getBias(), emitter.coordinates()[1]);
  return emitter.builder.create<arith::AddFOp>(
      getLoc(), emitter.element(getInput()), bias);
}

LogicalResult CastOp::verify() {
  if (!areCompatibleTypes(getInput().getType(), getOutput().getType()))
    return emitOpError("expected the same shape on both sides");
  return success();
}

Value CastOp::emitElement(ElementEmitter &emitter) {
  return emitter.element(getInput()); // rounded where it is stored
}

LogicalResult RelayoutOp::verify() {
  if (!areCompatibleTypes(getInput().getType(), getOutput().getType()))
    return emitOpError("expected the same shape on both sides");
  for (Type type : {getInput().getType(), getOutput().getType()})
    if (llvm::any_of(layoutOf(type), [](char c) { return c < 'a' || c > 'z'; }))
      return emitOpError("expected layouts without blocks, got ") << type;
  return success();
}

bool RelayoutOp::isPointwise(unsigned) { return false; }

Value RelayoutOp::emitElement(ElementEmitter &emitter) {
  ArrayRef<Value> at = emitter.coordinates();
  SmallVector<Value> place(at);
  for (auto [index, letter] : llvm::enumerate(layoutOf(getInput().getType())))
    place[index] = at[letter - 'a'];
  return emitter.builder.create<memref::LoadOp>(
      getLoc(), emitter.buffer(getInput()), place);
}
