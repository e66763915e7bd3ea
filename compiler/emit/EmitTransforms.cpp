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
      : builder(builder), element(element), samples(samples), state(state),
        levels(element == runtime::ElementType::U8    ? shape::highestLevel
               : element == runtime::ElementType::U16 ? 65535
                                                      : 0) {}

  /// What the transform makes of pictures, or, after those, of the labels of
  /// their pixels. \pre it moves pixels, where `input` are labels.
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
  Value emit(const shape::RandomVerticalFlip &, Location, Value input);
  Value emit(const shape::RandomRotation &, Location, Value input);
  Value emit(const shape::RandomAffine &, Location, Value input);
  Value emit(const shape::ColorJitter &, Location, Value input);
  Value emit(const shape::RandomGrayscale &, Location, Value input);
  Value emit(const shape::GaussianBlur &, Location, Value input);
  Value emit(const shape::RandAugment &, Location, Value input);

  /// One of the adjustments that `draws` holds for each example.
  Value emitAdjustment(Location location, Value input, int64_t slot,
                       ArrayRef<shape::Adjustment> kinds,
                       shape::Interpolation interpolation,
                       const std::vector<double> &fill);

  static ArrayRef<int64_t> sizesOf(Value input) {
    return cast<RankedTensorType>(input.getType()).getShape();
  }
  static shape::Pair pictureOf(Value input) {
    ArrayRef<int64_t> sizes = sizesOf(input).take_back(2);
    return {sizes[0], sizes[1]};
  }
  static bool areLabels(Value input) { return sizesOf(input).size() == 3; }
  /// What is set where there is no picture: a level before `ToTensor`.
  DenseF64ArrayAttr fillOf(const std::vector<double> &fill, Value input);
  net::InterpolationAttr modeOf(shape::Interpolation interpolation) {
    bool isBilinear = interpolation == shape::Interpolation::Bilinear;
    return net::InterpolationAttr::get(
        builder.getContext(), isBilinear ? net::Interpolation::Bilinear
                                         : net::Interpolation::Nearest);
  }
  DenseI64ArrayAttr pair(const shape::Pair &sizes) {
    return builder.getDenseI64ArrayAttr(sizes);
  }
  DenseF64ArrayAttr numbers(const std::vector<double> &values) {
    return builder.getDenseF64ArrayAttr(values);
  }
  IntegerAttr whole(int64_t value) { return builder.getI64IntegerAttr(value); }
  UnitAttr flag(bool isSet) {
    return isSet ? builder.getUnitAttr() : UnitAttr();
  }
  /// The stream of a transform: no layer's name begins with a reserved word.
  StringAttr pathOf(const shape::TransformSpec &spec) {
    return builder.getStringAttr("data." + std::string(shape::kindName(spec)));
  }

  OpBuilder &builder;
  const runtime::ElementType element; // of the data set's examples
  Value samples, state;
  int64_t levels; // the highest of a pixel; 0 for numbers, behind `ToTensor`
  Value draws;    // of the adjustments, which pictures and labels share
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
  levels = 0;
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

DenseF64ArrayAttr TransformEmitter::fillOf(const std::vector<double> &fill,
                                           Value input) {
  if (areLabels(input))
    return numbers({shape::outsideLabel});
  return numbers(fill);
}

Value TransformEmitter::emit(const shape::RandomVerticalFlip &spec,
                             Location location, Value input) {
  return builder.create<net::RandomVerticalFlipOp>(
      location, input, samples, state, builder.getF64FloatAttr(spec.rate),
      pathOf(spec));
}

Value TransformEmitter::emit(const shape::RandomRotation &spec,
                             Location location, Value input) {
  return builder.create<net::RandomRotationOp>(
      location, input, samples, state,
      numbers(shape::symmetricRange(spec.degrees)), numbers(spec.center),
      modeOf(spec.interpolation), fillOf(spec.fill, input), whole(levels),
      pathOf(spec));
}

Value TransformEmitter::emit(const shape::RandomAffine &spec, Location location,
                             Value input) {
  return builder.create<net::RandomAffineOp>(
      location, input, samples, state,
      numbers(shape::symmetricRange(spec.degrees)), numbers(spec.translate),
      numbers(spec.scale), numbers(shape::symmetricRange(spec.shear)),
      numbers(spec.center), modeOf(spec.interpolation),
      fillOf(spec.fill, input), whole(levels), pathOf(spec));
}

Value TransformEmitter::emit(const shape::RandomGrayscale &spec,
                             Location location, Value input) {
  return builder.create<net::RandomGrayscaleOp>(
      location, input, samples, state, builder.getF64FloatAttr(spec.rate),
      whole(levels), pathOf(spec));
}

Value TransformEmitter::emit(const shape::GaussianBlur &spec, Location location,
                             Value input) {
  std::vector<double> sigma = spec.sigma;
  sigma.resize(2, sigma[0]);
  Value weights = builder.create<net::DrawGaussianBlurOp>(
      location, samples, state, pair(spec.kernel), numbers(sigma),
      pathOf(spec));
  // Along rows first, whose pixels lie side by side.
  for (int64_t dimension : {1, 0})
    input = builder.create<net::GaussianBlurOp>(
        location, input, weights, whole(dimension), pair(spec.kernel),
        flag(dimension == 1), flag(dimension == 0), whole(levels));
  return input;
}

Value TransformEmitter::emitAdjustment(Location location, Value input,
                                       int64_t slot,
                                       ArrayRef<shape::Adjustment> kinds,
                                       shape::Interpolation interpolation,
                                       const std::vector<double> &fill) {
  using enum shape::Adjustment;
  SmallVector<int64_t> numbersOfKinds;
  for (shape::Adjustment kind : kinds)
    numbersOfKinds.push_back(static_cast<int64_t>(kind));
  auto all = builder.getDenseI64ArrayAttr(numbersOfKinds);
  bool isMeasured = llvm::any_of(kinds, [](shape::Adjustment kind) {
    return kind == Contrast || kind == AutoContrast || kind == Equalize;
  });
  Value statistics;
  if (isMeasured && !areLabels(input))
    statistics = builder.create<net::PictureStatisticsOp>(
        location, input, draws, whole(slot), all, whole(levels));
  return builder.create<net::AdjustPictureOp>(
      location, input, draws, statistics, whole(slot), all,
      modeOf(interpolation), fillOf(fill, input), whole(levels));
}

Value TransformEmitter::emit(const shape::ColorJitter &spec, Location location,
                             Value input) {
  using enum shape::Adjustment;
  std::vector<double> ranges[] = {shape::jitterRange(spec.brightness, 1),
                                  shape::jitterRange(spec.contrast, 1),
                                  shape::jitterRange(spec.saturation, 1),
                                  shape::jitterRange(spec.hue, 0)};
  constexpr shape::Adjustment all[] = {Brightness, Contrast, Color, Hue};
  SmallVector<shape::Adjustment> kinds;
  for (auto [range, kind] : llvm::zip(ranges, all))
    if (!range.empty())
      kinds.push_back(kind);
  if (kinds.empty()) // nothing is to change
    return input;
  draws = builder.create<net::DrawColorJitterOp>(
      location, samples, state, numbers(ranges[0]), numbers(ranges[1]),
      numbers(ranges[2]), numbers(ranges[3]), pathOf(spec));
  for (size_t slot = 0; slot < kinds.size(); ++slot)
    input = emitAdjustment(location, input, static_cast<int64_t>(slot), kinds,
                           shape::Interpolation::Nearest, {});
  return input;
}

Value TransformEmitter::emit(const shape::RandAugment &spec, Location location,
                             Value input) {
  if (!areLabels(input))
    draws = builder.create<net::DrawRandAugmentOp>(
        location, samples, state, whole(spec.count),
        numbers(shape::strengthsOf(spec, pictureOf(input))), pathOf(spec));
  SmallVector<shape::Adjustment> kinds;
  for (size_t kind = 0; kind < shape::randAugmentKinds; ++kind)
    kinds.push_back(static_cast<shape::Adjustment>(kind));
  for (int64_t slot = 0; slot < spec.count; ++slot)
    input = emitAdjustment(location, input, slot, kinds, spec.interpolation,
                           spec.fill);
  return input;
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
  SmallVector<Type> types{
      RankedTensorType::get(pixelSizes, elementType(builder, options.element)),
      RankedTensorType::get({options.batch}, i32),
      RankedTensorType::get({runtime::stateWords}, i32)};
  SmallVector<Type> results{
      net::batched(builder.getContext(), options.batch, network.input)};
  if (movesLabels(network)) {
    types.push_back(RankedTensorType::get(
        {options.batch, options.pixels[1], options.pixels[2]}, i32));
    results.push_back(RankedTensorType::get(
        {options.batch, network.input[1], network.input[2]}, i32));
  }
  Location location = locate(builder, network.name, network.range);
  auto func = builder.create<func::FuncOp>(
      location, name, builder.getFunctionType(types, results));
  constexpr StringRef arguments[] = {
      runtime::argument::pixels, runtime::argument::samples,
      runtime::argument::state, runtime::argument::labels};
  for (unsigned i = 0; i < types.size(); ++i)
    func.setArgAttr(i, "net.name", builder.getStringAttr(arguments[i]));
  Block *body = func.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  TransformEmitter emitter(builder, options.element, body->getArgument(1),
                           body->getArgument(2));
  SmallVector<Value> values{body->getArgument(0)};
  if (types.size() > 3) // and labels
    values.push_back(body->getArgument(3));
  if (options.standardizes)
    values[0] = emitStandardize(builder, location, values[0]);
  for (const Transform &transform : network.transforms)
    if (transform.runsIn(phase))
      for (auto [i, value] : llvm::enumerate(values))
        if (i == 0 || shape::movesPixels(transform.spec))
          value = emitter.emit(transform, value);
  builder.create<func::ReturnOp>(location, values);
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
