// The `cuda` dialect and its ops.
#include "compiler/targets/cuda/CudaOps.h"
#include "compiler/net/ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using namespace netc::cuda;

#include "compiler/targets/cuda/CudaDialect.cpp.inc"

#define GET_OP_CLASSES
#include "compiler/targets/cuda/CudaOps.cpp.inc"

void CudaDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "compiler/targets/cuda/CudaOps.cpp.inc"
      >();
}

/// Values of one channel, or of one example.
static int64_t countOf(RankedTensorType input, bool perExample) {
  return input.getNumElements() / input.getDimSize(perExample ? 0 : 1);
}

/// Whether each of the statistics is one number a channel, or an example.
static LogicalResult checkStatistics(std::optional<Location> location,
                                     Type type, bool perExample,
                                     ValueRange statistics) {
  auto input = dyn_cast<RankedTensorType>(type);
  for (Value value : statistics) {
    auto own = dyn_cast<RankedTensorType>(value.getType());
    if (!input || input.getRank() < 2 || !own)
      continue; // an error of the input's
    int64_t size = input.getDimSize(perExample ? 0 : 1);
    if (own.getShape() != ArrayRef(size))
      return emitOptionalError(location, "expected [", size, "], a number ",
                               perExample ? "an example" : "a channel",
                               ", got ", own);
  }
  return success();
}

/// [C] or [parts, C], with `perExample` [N] or [N, parts].
static LogicalResult inferSums(std::optional<Location> location, Type type,
                               int64_t parts, bool perExample,
                               SmallVectorImpl<Type> &types) {
  auto input = dyn_cast<RankedTensorType>(type);
  if (!input || (input.getRank() != 2 && input.getRank() != 4))
    return emitOptionalError(location, "expected [N, C] or [N, C, H, W], got ",
                             type);
  int64_t count = countOf(input, perExample);
  if (parts < 1 || parts > count)
    return emitOptionalError(location, "expected 1 to ", count, " parts, got ",
                             parts);
  SmallVector<int64_t> shape{input.getDimSize(perExample ? 0 : 1)};
  if (parts > 1)
    shape.insert(perExample ? shape.end() : shape.begin(), parts);
  types.push_back(
      RankedTensorType::get(shape, Float32Type::get(type.getContext())));
  return success();
}

LogicalResult ChannelSumsOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  if (failed(inferSums(location, input, adaptor.getParts(),
                       adaptor.getPerExample(), types)))
    return failure();
  if (adaptor.getFactor() &&
      !areCompatibleTypes(input, adaptor.getFactor().getType()))
    return emitOptionalError(location, "expected a factor like ", input,
                             ", got ", adaptor.getFactor().getType());
  return success();
}

LogicalResult ChannelSquaresOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  bool perExample = adaptor.getPerExample();
  if (failed(inferSums(location, input, adaptor.getParts(), perExample, types)))
    return failure();
  return checkStatistics(location, input, perExample, adaptor.getMean());
}

bool ChannelSumsOp::isPointwise(unsigned) { return false; }

bool ChannelSquaresOp::isPointwise(unsigned) { return false; }

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

/// The channel or example that a sum is of.
template <typename Op> static Value groupOf(Op op, ElementEmitter &emitter) {
  ArrayRef<Value> at = emitter.coordinates();
  return op.getPerExample() ? at.front() : at.back();
}

/// The sum of `term` at each place, in the input's memory, of this part.
template <typename Op>
static Value emitSum(Op op, ElementEmitter &emitter,
                     function_ref<Value(Value)> term) {
  OpBuilder &b = emitter.builder;
  Location loc = op.getLoc();
  auto input = cast<RankedTensorType>(op.getInput().getType());
  bool perExample = op.getPerExample();
  int64_t count = countOf(input, perExample), parts = op.getParts();
  auto constant = [&](int64_t value) -> Value {
    return b.create<arith::ConstantIndexOp>(loc, value);
  };
  ArrayRef<Value> at = emitter.coordinates();
  Value group = groupOf(op, emitter);
  Value begin = constant(0), end = constant(count), step = constant(1);
  if (perExample && parts > 1) {
    begin = at[1];
    step = constant(parts);
  } else if (parts > 1) {
    auto bound = [&](Value part) -> Value {
      Value scaled = b.create<arith::MulIOp>(loc, part, constant(count));
      return b.create<arith::DivUIOp>(loc, scaled, constant(parts));
    };
    Value next = b.create<arith::AddIOp>(loc, at[0], constant(1));
    begin = bound(at[0]);
    end = bound(next);
  }
  auto loop = b.create<scf::ForOp>(
      loc, begin, end, step, ValueRange{emitter.constant(0)},
      [&](OpBuilder &, Location, Value index, ValueRange carried) {
        Value place;
        if (perExample) { // whatever the layout, examples are the outermost
          place = b.create<arith::MulIOp>(loc, group, constant(count));
          place = b.create<arith::AddIOp>(loc, place, index);
        } else {
          place = placeOf(emitter, input, index, group);
        }
        Value sum = b.create<arith::AddFOp>(loc, carried[0], term(place));
        b.create<scf::YieldOp>(loc, sum);
      });
  Value sum = loop.getResult(0);
  if (double scale = op.getScale().convertToDouble(); scale != 1)
    sum = b.create<arith::MulFOp>(loc, sum, emitter.constant(scale));
  return sum;
}

static Value flatBuffer(ElementEmitter &emitter, Value tensor) {
  Value buffer = emitter.buffer(tensor);
  int64_t rank = cast<MemRefType>(buffer.getType()).getRank();
  ReassociationIndices all = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  return emitter.builder.create<memref::CollapseShapeOp>(
      emitter.location, buffer, ArrayRef<ReassociationIndices>{all});
}

/// What is summed is f32, whatever it is kept as.
static Value loadWide(ElementEmitter &emitter, Value buffer, Value place) {
  OpBuilder &b = emitter.builder;
  Value value = b.create<memref::LoadOp>(emitter.location, buffer, place);
  if (value.getType().isBF16())
    value = b.create<arith::ExtFOp>(emitter.location, b.getF32Type(), value);
  return value;
}

Value ChannelSumsOp::emitElement(ElementEmitter &emitter) {
  Value buffer = flatBuffer(emitter, getInput());
  Value factors = getFactor() ? flatBuffer(emitter, getFactor()) : Value();
  return emitSum(*this, emitter, [&](Value place) -> Value {
    Value value = loadWide(emitter, buffer, place);
    if (!factors)
      return value;
    return emitter.builder.create<arith::MulFOp>(
        getLoc(), value, loadWide(emitter, factors, place));
  });
}

Value ChannelSquaresOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Value buffer = flatBuffer(emitter, getInput());
  Value mean = emitter.elementAt(getMean(), groupOf(*this, emitter));
  return emitSum(*this, emitter, [&](Value place) -> Value {
    Value distance = b.create<arith::SubFOp>(
        getLoc(), loadWide(emitter, buffer, place), mean);
    return b.create<arith::MulFOp>(getLoc(), distance, distance);
  });
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

/// Infers the input's type, then twice [C].
static LogicalResult inferNorm(std::optional<Location> location, Type type,
                               SmallVectorImpl<Type> &types) {
  if (failed(inferLike(location, type, types)))
    return failure();
  auto input = cast<RankedTensorType>(type);
  types.append(
      2, RankedTensorType::get({input.getDimSize(1)}, input.getElementType()));
  return success();
}

LogicalResult CudnnBatchNormOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferNorm(location, adaptor.getInput().getType(), types);
}

LogicalResult CudnnBatchNormGradientOp::inferReturnTypes(
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
  Type input = adaptor.getInput().getType();
  if (failed(checkStatistics(location, input, adaptor.getPerExample(),
                             {adaptor.getMean(), adaptor.getVariance()})))
    return failure();
  return inferLike(location, input, types);
}

bool ChannelAffineOp::isPointwise(unsigned operand) { return operand == 0; }

Value ChannelAffineOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Location loc = getLoc();
  Value channel = emitter.coordinates()[1];
  Value group = emitter.coordinates()[getPerExample() ? 0 : 1];
  auto ofChannel = [&](Value tensor) {
    return emitter.elementAt(tensor, channel);
  };
  Value sum =
      b.create<arith::AddFOp>(loc, emitter.elementAt(getVariance(), group),
                              emitter.constant(getEpsilon().convertToDouble()));
  Value deviation = b.create<math::SqrtOp>(loc, sum);
  Value value = b.create<arith::SubFOp>(loc, emitter.element(getInput()),
                                        emitter.elementAt(getMean(), group));
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
  Type input = adaptor.getNormalised().getType();
  bool perExample = adaptor.getPerExample();
  if (perExample && adaptor.getWeight())
    return emitOptionalError(
        location, "expected no weight: that of examples is in the gradient");
  if (failed(checkStatistics(
          location, input, perExample,
          {adaptor.getVariance(), adaptor.getDw(), adaptor.getDb()})))
    return failure();
  return inferLike(location, input, types);
}

bool NormInputGradientOp::isPointwise(unsigned operand) { return operand < 2; }

Value NormInputGradientOp::emitElement(ElementEmitter &emitter) {
  OpBuilder &b = emitter.builder;
  Location loc = getLoc();
  auto type = cast<RankedTensorType>(getNormalised().getType());
  int64_t rows = countOf(type, getPerExample());
  Value group = emitter.coordinates()[getPerExample() ? 0 : 1];
  auto ofGroup = [&](Value tensor) { return emitter.elementAt(tensor, group); };
  Value shared = b.create<arith::MulFOp>(loc, emitter.element(getNormalised()),
                                         ofGroup(getDw()));
  shared = b.create<arith::AddFOp>(loc, shared, ofGroup(getDb()));
  shared = b.create<arith::DivFOp>(loc, shared,
                                   emitter.constant(static_cast<double>(rows)));
  Value value = b.create<arith::SubFOp>(
      loc, emitter.element(getOutputGradient()), shared);
  Value sum =
      b.create<arith::AddFOp>(loc, ofGroup(getVariance()),
                              emitter.constant(getEpsilon().convertToDouble()));
  value = b.create<arith::DivFOp>(loc, value, b.create<math::SqrtOp>(loc, sum));
  if (!getWeight())
    return value;
  return b.create<arith::MulFOp>(loc, value, ofGroup(getWeight()));
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

LogicalResult ChannelScaleOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  return inferLike(location, adaptor.getInput().getType(), types);
}

bool ChannelScaleOp::isPointwise(unsigned operand) { return operand == 0; }

Value ChannelScaleOp::emitElement(ElementEmitter &emitter) {
  Value weight = emitter.elementAt(getWeight(), emitter.coordinates()[1]);
  return emitter.builder.create<arith::MulFOp>(
      getLoc(), emitter.element(getInput()), weight);
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
