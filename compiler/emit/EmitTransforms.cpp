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
  TransformEmitter(OpBuilder &builder, runtime::ElementType element,
                   Value samples, Value state)
      : builder(builder), element(element), samples(samples), state(state) {}

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
  const runtime::ElementType element; // of the data set's examples
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
  if (element == runtime::ElementType::F32) // numbers stay what they are
    return input;
  return builder.create<net::ToTensorOp>(location, input,
                                         element == runtime::ElementType::U16
                                             ? builder.getF64FloatAttr(65535)
                                             : FloatAttr());
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

static Type elementType(Builder &builder, runtime::ElementType element) {
  if (element == runtime::ElementType::F32)
    return builder.getF32Type();
  return builder.getIntegerType(element == runtime::ElementType::U16 ? 16 : 8,
                                /*isSigned=*/false);
}

/// The columns of a table by its mean and deviation, which files hold.
static Value emitStandardize(OpBuilder &builder, Location location,
                             Value input) {
  auto columns = RankedTensorType::get(
      {cast<RankedTensorType>(input.getType()).getDimSize(1)},
      builder.getF32Type());
  auto read = [&](StringRef name) {
    return builder.create<net::ReadParameterOp>(location, columns, name);
  };
  return builder.create<net::StandardizeOp>(
      location, input, read(runtime::parameter::mean),
      read(runtime::parameter::deviation));
}

static void emitPhase(OpBuilder &builder, const Network &network,
                      const EmitOptions &options, Phase phase, StringRef name) {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<int64_t> pixelSizes{options.batch};
  llvm::append_range(pixelSizes, options.pixels);
  Type i32 = builder.getI32Type();
  Type types[] = {
      RankedTensorType::get(pixelSizes, elementType(builder, options.element)),
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
  TransformEmitter emitter(builder, options.element, body->getArgument(1),
                           body->getArgument(2));
  Value value = body->getArgument(0);
  if (options.standardizes)
    value = emitStandardize(builder, location, value);
  for (const Transform &transform : network.transforms)
    if (transform.runsIn(phase))
      value = emitter.emit(transform, value);
  builder.create<func::ReturnOp>(location, value);
}

/// What a table's columns are standardised by: written when the set is read,
/// or loaded with the weights.
static void declareStatistics(OpBuilder &builder, const Network &network,
                              const EmitOptions &options) {
  auto columns = RankedTensorType::get(options.pixels, builder.getF32Type());
  for (auto [name, init] : {std::pair(runtime::parameter::mean, "zero"),
                            {runtime::parameter::deviation, "one"}})
    builder.create<net::ParameterOp>(
        locate(builder, network.name, network.range), name, columns, init,
        /*fan_in=*/1, /*fan_out=*/1, /*trainable=*/false,
        /*file_shape=*/DenseI64ArrayAttr(), /*statistic=*/true,
        /*state=*/StringAttr(), /*state_of=*/FlatSymbolRefAttr(), APFloat(1.0),
        APFloat(1.0), /*dataset=*/false);
}

void dsl::emitTransforms(OpBuilder &builder, const Network &network,
                         const EmitOptions &options) {
  if (options.standardizes)
    declareStatistics(builder, network, options);
  emitPhase(builder, network, options, Phase::Train, trainTransforms);
  emitPhase(builder, network, options, Phase::Test, testTransforms);
}
