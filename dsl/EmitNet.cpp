// One op a layer, with the layer's name and place as its location.
#include "dsl/EmitNet.h"

#include "compiler/net/NetDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::dsl;

namespace {
class Emitter {
public:
  Emitter(MLIRContext &context, const Network &network,
          const EmitOptions &options)
      : builder(&context), network(network), options(options) {}

  OwningOpRef<ModuleOp> emit();

private:
  Location locate(const std::string &name, const SourceRange &range) {
    if (!range.file)
      return NameLoc::get(builder.getStringAttr(name));
    LineColumn at = lineColumn(range);
    return NameLoc::get(builder.getStringAttr(name),
                        FileLineColLoc::get(builder.getContext(),
                                            range.file->name, at.line,
                                            at.column));
  }
  DenseI64ArrayAttr pair(const shape::Pair &sizes) {
    return builder.getDenseI64ArrayAttr(sizes);
  }
  DenseI64ArrayAttr sizes(const shape::Shape &shape) {
    return builder.getDenseI64ArrayAttr(shape);
  }

  Value emitTransform(const Transform &transform, Value input);
  Value emitLayer(const Layer &layer, Value input);
  /// Declares the layer's parameters and reads them: weight, then bias.
  SmallVector<Value> emitParameters(const Layer &layer, Location location);

  // One overload for each kind of layer.
  Value emit(const shape::Conv2D &, const Layer &, Location, Value input);
  Value emit(const shape::MaxPool2D &, const Layer &, Location, Value input);
  Value emit(const shape::AvgPool2D &, const Layer &, Location, Value input);
  Value emit(const shape::GlobalAvgPool2D &, const Layer &, Location,
             Value input);
  Value emit(const shape::Flatten &, const Layer &, Location, Value input);
  Value emit(const shape::Dense &, const Layer &, Location, Value input);
  Value emit(const shape::Dropout &, const Layer &, Location, Value input);
  Value emit(const shape::Activation &, const Layer &, Location, Value input);
  Value emit(const shape::Conv2DTranspose &, const Layer &, Location,
             Value input);
  Value emit(const shape::GlobalMaxPool2D &, const Layer &, Location,
             Value input);
  Value emit(const shape::Upsample2D &, const Layer &, Location, Value input);
  Value emit(const shape::ZeroPadding2D &, const Layer &, Location,
             Value input);
  Value emit(const shape::Crop2D &, const Layer &, Location, Value input);
  Value emit(const shape::Reshape &, const Layer &, Location, Value input);

  Value emitActivation(const shape::Activation &activation, Location location,
                       Value input);

  OpBuilder builder;
  const Network &network;
  const EmitOptions &options;
  Block *moduleBody = nullptr;
  Operation *function = nullptr;
  Value state;
};
} // namespace

static StringRef lossName(LossKind kind) {
  switch (kind) {
  case LossKind::SoftmaxCrossEntropy:
    return "softmax_cross_entropy";
  case LossKind::SigmoidBinaryCrossEntropy:
    return "sigmoid_binary_cross_entropy";
  case LossKind::MeanSquaredError:
    return "mean_squared_error";
  }
  llvm_unreachable("unknown loss");
}

OwningOpRef<ModuleOp> Emitter::emit() {
  Location location = locate(network.name, network.range);
  OwningOpRef<ModuleOp> module = ModuleOp::create(location, network.name);
  moduleBody = module->getBody();
  SmallVector<int64_t> pixelSizes{options.batch};
  llvm::append_range(pixelSizes, options.pixels);
  auto pixels = RankedTensorType::get(
      pixelSizes, builder.getIntegerType(8, /*isSigned=*/false));
  auto stateType = RankedTensorType::get({8}, builder.getI32Type());
  builder.setInsertionPointToEnd(moduleBody);
  auto func = builder.create<func::FuncOp>(
      location, "network",
      builder.getFunctionType(
          {pixels, stateType},
          {net::batched(builder.getContext(), options.batch, network.output)}));
  func->setAttr("net.signature", sizes(network.output));
  func.setArgAttr(0, "net.name", builder.getStringAttr("pixels"));
  func.setArgAttr(1, "net.name", builder.getStringAttr("state"));
  function = func;
  Block *body = func.addEntryBlock();
  state = body->getArgument(1);
  builder.setInsertionPointToEnd(body);
  Value value = body->getArgument(0);
  for (const Transform &transform : network.transforms)
    value = emitTransform(transform, value);
  for (const Layer &layer : network.layers)
    value = emitLayer(layer, value);
  builder.create<func::ReturnOp>(location, value);

  builder.setInsertionPointToEnd(moduleBody);
  FloatAttr smoothing;
  if (network.train.loss.labelSmoothing != 0)
    smoothing = builder.getF64FloatAttr(network.train.loss.labelSmoothing);
  builder.create<net::TrainingOp>(
      locate("loss", network.train.lossRange), "network",
      lossName(network.train.loss.kind),
      APFloat(network.train.optimizer.momentum),
      APFloat(network.train.optimizer.weightDecay), options.lastBatch,
      smoothing, network.train.loss.targetsInput ? "input" : "label",
      network.train.optimizer.nesterov);
  return module;
}

Value Emitter::emitTransform(const Transform &transform, Value input) {
  Location location =
      locate(std::string(shape::kindName(transform.spec)), transform.range);
  if (auto *resize = std::get_if<shape::Resize>(&transform.spec)) {
    auto type = cast<RankedTensorType>(input.getType());
    bool same = type.getDimSize(2) == resize->size[0] &&
                type.getDimSize(3) == resize->size[1];
    return same ? input
                : builder.create<net::ResizeOp>(location, input,
                                                pair(resize->size));
  }
  if (auto *normalize = std::get_if<shape::Normalize>(&transform.spec))
    return builder.create<net::NormalizeOp>(
        location, input, builder.getDenseF64ArrayAttr(normalize->mean),
        builder.getDenseF64ArrayAttr(normalize->deviation));
  return builder.create<net::ToTensorOp>(location, input);
}

Value Emitter::emitLayer(const Layer &layer, Value input) {
  Location location = locate(layer.name, layer.range);
  Value output = std::visit(
      [&](const auto &spec) { return emit(spec, layer, location, input); },
      layer.spec);
  if (layer.activation)
    output = emitActivation({*layer.activation}, location, output);
  assert(net::exampleShape(cast<RankedTensorType>(output.getType())) ==
             layer.output &&
         "the op's shape rule is the language's");
  return output;
}

SmallVector<Value> Emitter::emitParameters(const Layer &layer,
                                           Location location) {
  SmallVector<Value> values;
  int64_t groups = 1;
  if (auto *conv = std::get_if<shape::Conv2D>(&layer.spec))
    groups = conv->groups;
  else if (auto *conv = std::get_if<shape::Conv2DTranspose>(&layer.spec))
    groups = conv->groups;
  for (const shape::ParameterShape &parameter :
       shape::parameters(layer.spec, layer.input)) {
    std::string name = layer.name + "." + parameter.name;
    SmallVector<int64_t> shape(parameter.shape.begin(), parameter.shape.end());
    DenseI64ArrayAttr fileShape;
    if (groups > 1 &&
        parameter.name == "weight") { // [O, C/G, ...] -> [G, O/G, C/G, ...]
      fileShape = sizes(parameter.shape);
      shape[0] /= groups;
      shape.insert(shape.begin(), groups);
    }
    auto type = RankedTensorType::get(shape, builder.getF32Type());
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(function);
      builder.create<net::ParameterOp>(
          location, name, type, parameter.name == "bias" ? "zero" : "xavier",
          std::max<int64_t>(1, parameter.fanIn),
          std::max<int64_t>(1, parameter.fanOut), true, fileShape);
    }
    values.push_back(
        builder.create<net::ReadParameterOp>(location, type, name));
  }
  return values;
}

Value Emitter::emit(const shape::Conv2D &spec, const Layer &layer,
                    Location location, Value input) {
  SmallVector<Value> parameters = emitParameters(layer, location);
  return builder.create<net::Conv2DOp>(
      location, input, parameters[0], spec.useBias ? parameters[1] : Value(),
      pair(spec.stride), pair(spec.padding), pair(spec.dilation),
      builder.getI64IntegerAttr(spec.groups), net::ActivationKindAttr(),
      StringAttr());
}

Value Emitter::emit(const shape::MaxPool2D &spec, const Layer &,
                    Location location, Value input) {
  return builder
      .create<net::MaxPool2DOp>(location, input, pair(spec.window),
                                pair(spec.stride), pair(spec.padding),
                                StringAttr())
      .getOutput();
}

Value Emitter::emit(const shape::AvgPool2D &spec, const Layer &,
                    Location location, Value input) {
  return builder.create<net::AvgPool2DOp>(location, input, pair(spec.window),
                                          pair(spec.stride), pair(spec.padding),
                                          StringAttr());
}

Value Emitter::emit(const shape::GlobalAvgPool2D &, const Layer &layer,
                    Location location, Value input) {
  shape::Pair window = {layer.input[1], layer.input[2]};
  return builder.create<net::AvgPool2DOp>(
      location, input, pair(window), pair(window), pair({0, 0}), StringAttr());
}

Value Emitter::emit(const shape::Flatten &, const Layer &layer,
                    Location location, Value input) {
  return builder.create<net::ReshapeOp>(location, input, sizes(layer.output));
}

Value Emitter::emit(const shape::Dense &spec, const Layer &layer,
                    Location location, Value input) {
  SmallVector<Value> parameters = emitParameters(layer, location);
  return builder.create<net::DenseOp>(location, input, parameters[0],
                                      spec.useBias ? parameters[1] : Value(),
                                      net::ActivationKindAttr(), StringAttr());
}

Value Emitter::emit(const shape::Dropout &spec, const Layer &layer,
                    Location location, Value input) {
  return builder.create<net::DropoutOp>(location, input, state,
                                        builder.getF64FloatAttr(spec.rate),
                                        builder.getStringAttr(layer.name));
}

Value Emitter::emit(const shape::Activation &spec, const Layer &,
                    Location location, Value input) {
  return emitActivation(spec, location, input);
}

Value Emitter::emit(const shape::Conv2DTranspose &spec, const Layer &layer,
                    Location location, Value input) {
  SmallVector<Value> parameters = emitParameters(layer, location);
  return builder.create<net::Conv2DTransposeOp>(
      location, input, parameters[0], spec.useBias ? parameters[1] : Value(),
      pair(spec.stride), pair(spec.padding), pair(spec.outputPadding),
      pair(spec.dilation), builder.getI64IntegerAttr(spec.groups),
      StringAttr());
}

Value Emitter::emit(const shape::GlobalMaxPool2D &, const Layer &layer,
                    Location location, Value input) {
  shape::Pair window = {layer.input[1], layer.input[2]};
  return builder
      .create<net::MaxPool2DOp>(location, input, pair(window), pair(window),
                                pair({0, 0}), StringAttr())
      .getOutput();
}

Value Emitter::emit(const shape::Upsample2D &spec, const Layer &,
                    Location location, Value input) {
  auto mode = spec.mode == shape::Interpolation::Nearest
                  ? net::Interpolation::Nearest
                  : net::Interpolation::Bilinear;
  return builder.create<net::Upsample2DOp>(
      location, input, pair(spec.scale),
      net::InterpolationAttr::get(builder.getContext(), mode));
}

Value Emitter::emit(const shape::ZeroPadding2D &spec, const Layer &,
                    Location location, Value input) {
  return builder.create<net::Pad2DOp>(
      location, input, builder.getDenseI64ArrayAttr(spec.padding));
}

Value Emitter::emit(const shape::Crop2D &spec, const Layer &, Location location,
                    Value input) {
  shape::Sides sides = spec.cropping;
  for (int64_t &side : sides)
    side = -side;
  return builder.create<net::Pad2DOp>(location, input,
                                      builder.getDenseI64ArrayAttr(sides));
}

Value Emitter::emit(const shape::Reshape &spec, const Layer &,
                    Location location, Value input) {
  return builder.create<net::ReshapeOp>(location, input, sizes(spec.shape));
}

Value Emitter::emitActivation(const shape::Activation &activation,
                              Location location, Value input) {
  auto kind = static_cast<net::ActivationKind>(activation.kind);
  FloatAttr parameter; // said where it is not the kind's own
  if (activation.parameter != shape::defaultParameter(activation.kind))
    parameter = builder.getF64FloatAttr(activation.parameter);
  return builder.create<net::ActivationOp>(
      location, input, net::ActivationKindAttr::get(builder.getContext(), kind),
      parameter);
}

OwningOpRef<ModuleOp> netc::dsl::emitNet(MLIRContext &context,
                                         const Network &network,
                                         const EmitOptions &options) {
  context.loadDialect<net::NetDialect, func::FuncDialect>();
  return Emitter(context, network, options).emit();
}
