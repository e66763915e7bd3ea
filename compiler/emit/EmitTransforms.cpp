// One op a transform.
#include "compiler/emit/EmitTransforms.h"

#include "compiler/net/NetDialect.h"
#include "runtime/Contract.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::dsl;

namespace {
class TransformEmitter {
public:
  TransformEmitter(OpBuilder &builder, Value samples, Value state)
      : builder(builder), samples(samples), state(state) {}

  Value emit(const Transform &transform, Value input);

private:
  // One overload for each kind of transform.
  Value emit(const shape::Resize &, Location, Value input);
  Value emit(const shape::ToTensor &, Location, Value input);
  Value emit(const shape::Normalize &, Location, Value input);
  Value emit(const shape::CenterCrop &, Location, Value input);
  Value emit(const shape::RandomCrop &, Location, Value input);
  Value emit(const shape::RandomResizedCrop &, Location, Value input);
  Value emit(const shape::RandomHorizontalFlip &, Location, Value input);
  Value emit(const shape::RandomErasing &, Location, Value input);

  static shape::Pair pictureOf(Value input) {
    auto type = cast<RankedTensorType>(input.getType());
    return {type.getDimSize(2), type.getDimSize(3)};
  }
  DenseI64ArrayAttr pair(const shape::Pair &sizes) {
    return builder.getDenseI64ArrayAttr(sizes);
  }
  DenseF64ArrayAttr numbers(const std::vector<double> &values) {
    return builder.getDenseF64ArrayAttr(values);
  }
  /// The stream of a transform: no layer's name begins with a reserved word.
  StringAttr pathOf(const shape::TransformSpec &spec) {
    return builder.getStringAttr("data." + std::string(shape::kindName(spec)));
  }

  OpBuilder &builder;
  Value samples, state;
};
} // namespace

Location dsl::locate(Builder &builder, const std::string &name,
                     const SourceRange &range) {
  if (!range.file)
    return NameLoc::get(builder.getStringAttr(name));
  LineColumn at = lineColumn(range);
  return NameLoc::get(builder.getStringAttr(name),
                      FileLineColLoc::get(builder.getContext(),
                                          range.file->name, at.line,
                                          at.column));
}

Value TransformEmitter::emit(const Transform &transform, Value input) {
  Location location = locate(
      builder, std::string(shape::kindName(transform.spec)), transform.range);
  return std::visit(
      [&](const auto &spec) { return emit(spec, location, input); },
      transform.spec);
}

Value TransformEmitter::emit(const shape::Resize &spec, Location location,
                             Value input) {
  shape::Pair picture = pictureOf(input);
  shape::Pair size = shape::resizedSize(spec, picture);
  return size == picture
             ? input
             : builder.create<net::ResizeOp>(location, input, pair(size));
}

Value TransformEmitter::emit(const shape::ToTensor &, Location location,
                             Value input) {
  return builder.create<net::ToTensorOp>(location, input);
}

Value TransformEmitter::emit(const shape::Normalize &spec, Location location,
                             Value input) {
  return builder.create<net::NormalizeOp>(location, input, numbers(spec.mean),
                                          numbers(spec.deviation));
}

Value TransformEmitter::emit(const shape::CenterCrop &spec, Location location,
                             Value input) {
  return spec.size == pictureOf(input) ? input
                                       : builder.create<net::CenterCropOp>(
                                             location, input, pair(spec.size));
}

Value TransformEmitter::emit(const shape::RandomCrop &spec, Location location,
                             Value input) {
  return builder.create<net::RandomCropOp>(location, input, samples, state,
                                           pair(spec.size), pair(spec.padding),
                                           pathOf(spec));
}

Value TransformEmitter::emit(const shape::RandomResizedCrop &spec,
                             Location location, Value input) {
  return builder.create<net::RandomResizedCropOp>(
      location, input, samples, state, pair(spec.size), numbers(spec.scale),
      numbers(spec.ratio), pathOf(spec));
}

Value TransformEmitter::emit(const shape::RandomHorizontalFlip &spec,
                             Location location, Value input) {
  return builder.create<net::RandomHorizontalFlipOp>(
      location, input, samples, state, builder.getF64FloatAttr(spec.rate),
      pathOf(spec));
}

Value TransformEmitter::emit(const shape::RandomErasing &spec,
                             Location location, Value input) {
  return builder.create<net::RandomErasingOp>(
      location, input, samples, state, builder.getF64FloatAttr(spec.rate),
      numbers(spec.scale), numbers(spec.ratio), numbers(spec.value),
      pathOf(spec));
}

static void emitPhase(OpBuilder &builder, const Network &network,
                      const EmitOptions &options, Phase phase, StringRef name) {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<int64_t> pixelSizes{options.batch};
  llvm::append_range(pixelSizes, options.pixels);
  Type i32 = builder.getI32Type();
  Type types[] = {RankedTensorType::get(pixelSizes, builder.getIntegerType(
                                                        8, /*isSigned=*/false)),
                  RankedTensorType::get({options.batch}, i32),
                  RankedTensorType::get({runtime::stateWords}, i32)};
  Location location = locate(builder, network.name, network.range);
  auto func = builder.create<func::FuncOp>(
      location, name,
      builder.getFunctionType(
          types,
          {net::batched(builder.getContext(), options.batch, network.input)}));
  unsigned index = 0;
  for (StringRef argument :
       {runtime::argument::pixels, runtime::argument::samples,
        runtime::argument::state})
    func.setArgAttr(index++, "net.name", builder.getStringAttr(argument));
  Block *body = func.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  TransformEmitter emitter(builder, body->getArgument(1), body->getArgument(2));
  Value value = body->getArgument(0);
  for (const Transform &transform : network.transforms)
    if (transform.runsIn(phase))
      value = emitter.emit(transform, value);
  builder.create<func::ReturnOp>(location, value);
}

void dsl::emitTransforms(OpBuilder &builder, const Network &network,
                         const EmitOptions &options) {
  emitPhase(builder, network, options, Phase::Train, trainTransforms);
  emitPhase(builder, network, options, Phase::Test, testTransforms);
}
