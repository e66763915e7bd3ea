// One op a layer, with the layer's name and place as its location.
#include "compiler/emit/EmitNet.h"

#include "compiler/emit/EmitTransforms.h"

#include "compiler/net/NetDialect.h"
#include "runtime/Contract.h"

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
    return dsl::locate(builder, name, range);
  }
  DenseI64ArrayAttr pair(const shape::Pair &sizes) {
    return builder.getDenseI64ArrayAttr(sizes);
  }
  DenseI64ArrayAttr sizes(const shape::Shape &shape) {
    return builder.getDenseI64ArrayAttr(shape);
  }

  /// Settings that are not 0; the learning rate is the run's. Null: none.
  DictionaryAttr settingsAttr(const Settings &settings);
  void emitTraining();
  Value emitLayer(const Layer &layer, ValueRange inputs);
  /// Declares the layer's parameters and reads those that are trained: weight,
  /// then bias. `flat` lays each out in one dimension.
  SmallVector<Value> emitParameters(const Layer &layer, Location location,
                                    bool flat = false);

  // One overload for each kind of layer; those of several inputs come first.
  Value emit(const shape::Sum &, Location, ValueRange inputs);
  Value emit(const shape::Concat &, Location, ValueRange inputs);
  Value emit(const shape::Conv2D &, const Layer &, Location, Value input);
  Value emit(const shape::MaxPool2D &, const Layer &, Location, Value input);
  Value emit(const shape::AvgPool2D &, const Layer &, Location, Value input);
  Value emit(const shape::GlobalAvgPool2D &, const Layer &, Location,
             Value input);
  Value emit(const shape::Flatten &, const Layer &, Location, Value input);
  Value emit(const shape::Dense &, const Layer &, Location, Value input);
  Value emit(const shape::Dropout &, const Layer &, Location, Value input);
  Value emit(const shape::Activation &, const Layer &, Location, Value input);
  Value emit(const shape::Identity &, const Layer &, Location, Value input);
  Value emit(const shape::BatchNorm &, const Layer &, Location, Value input);
  Value emit(const shape::LayerNorm &, const Layer &, Location, Value input);
  Value emit(const shape::Scale &, const Layer &, Location, Value input);
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

OwningOpRef<ModuleOp> Emitter::emit() {
  Location location = locate(network.name, network.range);
  OwningOpRef<ModuleOp> module = ModuleOp::create(location, network.name);
  moduleBody = module->getBody();
  builder.setInsertionPointToEnd(moduleBody);
  emitTransforms(builder, network, options);
  auto stateType =
      RankedTensorType::get({runtime::stateWords}, builder.getI32Type());
  builder.setInsertionPointToEnd(moduleBody);
  auto func = builder.create<func::FuncOp>(
      location, "network",
      builder.getFunctionType(
          {net::batched(builder.getContext(), options.batch, network.input),
           stateType},
          {net::batched(builder.getContext(), options.batch, network.output)}));
  func->setAttr("net.signature", sizes(network.output));
  func.setArgAttr(0, "net.name", builder.getStringAttr("input"));
  func.setArgAttr(1, "net.name",
                  builder.getStringAttr(runtime::argument::state));
  function = func;
  Block *body = func.addEntryBlock();
  state = body->getArgument(1);
  builder.setInsertionPointToEnd(body);
  Value value = body->getArgument(0);
  SmallVector<Value> values{value}; // of networkInput and of each layer
  for (const Layer &layer : network.layers) {
    SmallVector<Value> inputs;
    for (int64_t input : layer.inputs)
      inputs.push_back(values[input - networkInput]);
    values.push_back(value = emitLayer(layer, inputs));
  }
  builder.create<func::ReturnOp>(location, value);

  builder.setInsertionPointToEnd(moduleBody);
  emitTraining();
  return module;
}

DictionaryAttr Emitter::settingsAttr(const Settings &settings) {
  SmallVector<NamedAttribute> attributes;
  for (auto [spec, value] : settings) {
    if (value == 0 || spec->name == learningRateName)
      continue;
    Attribute attribute = builder.getF64FloatAttr(value);
    if (spec->kind == SettingKind::Flag)
      attribute = builder.getBoolAttr(true);
    attributes.push_back(builder.getNamedAttr(spec->name, attribute));
  }
  return attributes.empty() ? nullptr : builder.getDictionaryAttr(attributes);
}

void Emitter::emitTraining() {
  const Loss &loss = network.train.loss;
  const Optimizer &optimizer = network.train.optimizer;
  auto training = builder.create<net::TrainingOp>(
      locate("loss", network.train.lossRange), "network",
      options.takesLoss ? loss.kind->op : "",
      options.takesLoss ? settingsAttr(loss.settings) : nullptr,
      optimizer.kind->op, settingsAttr(optimizer.settings), options.lastBatch,
      FlatSymbolRefAttr::get(builder.getContext(), trainTransforms),
      FlatSymbolRefAttr::get(builder.getContext(), testTransforms),
      options.takesLoss && loss.targetsInput ? "input"
      : options.takesNumbers                 ? "number"
                                             : "label",
      /*evaluation_only=*/!options.trains);
  if (options.evaluateBatch > 0)
    training->setAttr("net.evaluate_batch",
                      builder.getI64IntegerAttr(options.evaluateBatch));
}

Value Emitter::emitLayer(const Layer &layer, ValueRange inputs) {
  Location location = locate(layer.name, layer.range);
  Value output = std::visit(
      [&](const auto &spec) {
        if constexpr (requires { emit(spec, location, inputs); })
          return emit(spec, location, inputs);
        else
          return emit(spec, layer, location, inputs[0]);
      },
      layer.spec);
  if (layer.activation)
    output = emitActivation({*layer.activation}, location, output);
  assert(net::exampleShape(cast<RankedTensorType>(output.getType())) ==
             layer.output &&
         "the op's shape rule is the language's");
  return output;
}

static StringRef toString(shape::Init init) {
  switch (init) {
  case shape::Init::Xavier:
    return "xavier";
  case shape::Init::Zero:
    return "zero";
  case shape::Init::One:
    return "one";
  }
  llvm_unreachable("no such beginning");
}

SmallVector<Value> Emitter::emitParameters(const Layer &layer,
                                           Location location, bool flat) {
  SmallVector<Value> values;
  for (const shape::ParameterShape &parameter :
       shape::parameters(layer.spec, layer.input)) {
    std::string name = layer.name + "." + parameter.name;
    SmallVector<int64_t> shape(parameter.shape.begin(), parameter.shape.end());
    DenseI64ArrayAttr fileShape;
    if (parameter.groups > 1) { // [O, C/G, ...] -> [G, O/G, C/G, ...]
      fileShape = sizes(parameter.shape);
      shape[0] /= parameter.groups;
      shape.insert(shape.begin(), parameter.groups);
    }
    if (flat && shape.size() > 1) {
      fileShape = sizes(parameter.shape);
      shape = {*shape::elementCount(parameter.shape)};
    }
    auto type = RankedTensorType::get(shape, builder.getF32Type());
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(function);
      builder.create<net::ParameterOp>(
          location, name, type, toString(parameter.init),
          std::max<int64_t>(1, parameter.fanIn),
          std::max<int64_t>(1, parameter.fanOut), !parameter.isStatistic,
          fileShape, parameter.isStatistic, /*state=*/StringAttr(),
          /*state_of=*/FlatSymbolRefAttr(), APFloat(layer.learningRateScale),
          APFloat(layer.decayScale));
    }
    if (!parameter.isStatistic)
      values.push_back(
          builder.create<net::ReadParameterOp>(location, type, name));
  }
  return values;
}

Value Emitter::emit(const shape::Sum &, Location location, ValueRange inputs) {
  Value sum = inputs[0];
  for (Value input : inputs.drop_front())
    sum = builder.create<net::AddOp>(location, sum, input);
  return sum;
}

Value Emitter::emit(const shape::Concat &, Location location,
                    ValueRange inputs) {
  return inputs.size() == 1
             ? inputs[0]
             : builder.create<net::ConcatOp>(location, inputs).getOutput();
}

Value Emitter::emit(const shape::Conv2D &spec, const Layer &layer,
                    Location location, Value input) {
  SmallVector<Value> parameters = emitParameters(layer, location);
  return builder.create<net::Conv2DOp>(
      location, input, parameters[0], spec.useBias ? parameters[1] : Value(),
      pair(spec.stride), pair(spec.padding), pair(spec.dilation),
      builder.getI64IntegerAttr(spec.groups), net::ActivationKindAttr());
}

Value Emitter::emit(const shape::MaxPool2D &spec, const Layer &,
                    Location location, Value input) {
  return builder
      .create<net::MaxPool2DOp>(location, input, pair(spec.window),
                                pair(spec.stride), pair(spec.padding))
      .getOutput();
}

Value Emitter::emit(const shape::AvgPool2D &spec, const Layer &,
                    Location location, Value input) {
  return builder.create<net::AvgPool2DOp>(location, input, pair(spec.window),
                                          pair(spec.stride),
                                          pair(spec.padding));
}

Value Emitter::emit(const shape::GlobalAvgPool2D &, const Layer &layer,
                    Location location, Value input) {
  shape::Pair window = {layer.input[1], layer.input[2]};
  return builder.create<net::AvgPool2DOp>(location, input, pair(window),
                                          pair(window), pair({0, 0}));
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
                                      net::ActivationKindAttr());
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

Value Emitter::emit(const shape::Identity &, const Layer &, Location,
                    Value input) {
  return input;
}

Value Emitter::emit(const shape::BatchNorm &spec, const Layer &layer,
                    Location location, Value input) {
  SmallVector<Value> parameters = emitParameters(layer, location);
  auto statistic = [&](const char *name) {
    return FlatSymbolRefAttr::get(builder.getContext(), layer.name + name);
  };
  return builder
      .create<net::BatchNormOp>(
          location, input, parameters, builder.getF64FloatAttr(spec.epsilon),
          builder.getF64FloatAttr(spec.momentum), statistic(".running_mean"),
          statistic(".running_var"), net::ActivationKindAttr())
      .getOutput();
}

Value Emitter::emit(const shape::LayerNorm &spec, const Layer &layer,
                    Location location, Value input) {
  SmallVector<Value> parameters =
      emitParameters(layer, location, /*flat=*/true);
  bool isImage = layer.input.size() > 1;
  if (isImage) // its op normalises rows
    input = builder.create<net::ReshapeOp>(
        location, input, sizes({*shape::elementCount(layer.input)}));
  Value output =
      builder
          .create<net::LayerNormOp>(location, input, parameters,
                                    builder.getF64FloatAttr(spec.epsilon))
          .getOutput();
  return isImage ? builder.create<net::ReshapeOp>(location, output,
                                                  sizes(layer.input))
                 : output;
}

/// A normalisation by a mean of 0 and a variance that is 1 with its epsilon.
/// The padding of blocked channels has a variance of 0: without an epsilon it
/// would be 0 times infinity.
Value Emitter::emit(const shape::Scale &, const Layer &layer, Location location,
                    Value input) {
  SmallVector<Value> parameters = emitParameters(layer, location);
  auto channels = RankedTensorType::get({layer.input[0]}, builder.getF32Type());
  auto fill = [&](double value) {
    return builder.create<net::FillOp>(location, channels,
                                       builder.getF64FloatAttr(value));
  };
  constexpr double epsilon = 0x1p-10; // both are exact in float
  Value mean = fill(0), variance = fill(1 - epsilon);
  return builder
      .create<net::BatchNormInferenceOp>(
          location, input, mean, variance, parameters,
          builder.getF64FloatAttr(epsilon), net::ActivationKindAttr())
      .getOutput();
}

Value Emitter::emit(const shape::Conv2DTranspose &spec, const Layer &layer,
                    Location location, Value input) {
  SmallVector<Value> parameters = emitParameters(layer, location);
  return builder.create<net::Conv2DTransposeOp>(
      location, input, parameters[0], spec.useBias ? parameters[1] : Value(),
      pair(spec.stride), pair(spec.padding), pair(spec.outputPadding),
      pair(spec.dilation), builder.getI64IntegerAttr(spec.groups));
}

Value Emitter::emit(const shape::GlobalMaxPool2D &, const Layer &layer,
                    Location location, Value input) {
  shape::Pair window = {layer.input[1], layer.input[2]};
  return builder
      .create<net::MaxPool2DOp>(location, input, pair(window), pair(window),
                                pair({0, 0}))
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
