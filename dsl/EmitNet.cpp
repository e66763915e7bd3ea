// One op a layer, with the layer's name and place as its location.
#include "dsl/EmitNet.h"

#include "dsl/EmitTransforms.h"

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
    return dsl::locate(builder, name, range);
  }
  DenseI64ArrayAttr pair(const shape::Pair &sizes) {
    return builder.getDenseI64ArrayAttr(sizes);
  }
  DenseI64ArrayAttr sizes(const shape::Shape &shape) {
    return builder.getDenseI64ArrayAttr(shape);
  }

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

  Value emitActivation(shape::ActivationKind kind, Location location,
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
  auto stateType = RankedTensorType::get({8}, builder.getI32Type());
  builder.setInsertionPointToEnd(moduleBody);
  auto func = builder.create<func::FuncOp>(
      location, "network",
      builder.getFunctionType(
          {net::batched(builder.getContext(), options.batch, network.input),
           stateType},
          {net::batched(builder.getContext(), options.batch, network.output)}));
  func->setAttr("net.signature", sizes(network.output));
  func.setArgAttr(0, "net.name", builder.getStringAttr("input"));
  func.setArgAttr(1, "net.name", builder.getStringAttr("state"));
  function = func;
  Block *body = func.addEntryBlock();
  state = body->getArgument(1);
  builder.setInsertionPointToEnd(body);
  Value value = body->getArgument(0);
  for (const Layer &layer : network.layers)
    value = emitLayer(layer, value);
  builder.create<func::ReturnOp>(location, value);

  builder.setInsertionPointToEnd(moduleBody);
  builder.create<net::TrainingOp>(
      locate("loss", network.train.lossRange), "network",
      "softmax_cross_entropy",
      builder.getF64FloatAttr(network.train.optimizer.momentum).getValue(),
      builder.getF64FloatAttr(network.train.optimizer.weightDecay).getValue(),
      options.lastBatch,
      FlatSymbolRefAttr::get(builder.getContext(), trainTransforms),
      FlatSymbolRefAttr::get(builder.getContext(), testTransforms));
  return module;
}

Value Emitter::emitLayer(const Layer &layer, Value input) {
  Location location = locate(layer.name, layer.range);
  Value output = std::visit(
      [&](const auto &spec) { return emit(spec, layer, location, input); },
      layer.spec);
  if (layer.activation)
    output = emitActivation(*layer.activation, location, output);
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
  return emitActivation(spec.kind, location, input);
}

Value Emitter::emitActivation(shape::ActivationKind kind, Location location,
                              Value input) {
  net::ActivationKind netKind =
      kind == shape::ActivationKind::ReLU      ? net::ActivationKind::ReLU
      : kind == shape::ActivationKind::Sigmoid ? net::ActivationKind::Sigmoid
                                               : net::ActivationKind::Tanh;
  return builder.create<net::ActivationOp>(
      location, input,
      net::ActivationKindAttr::get(builder.getContext(), netKind));
}

OwningOpRef<ModuleOp> netc::dsl::emitNet(MLIRContext &context,
                                         const Network &network,
                                         const EmitOptions &options) {
  context.loadDialect<net::NetDialect, func::FuncDialect>();
  return Emitter(context, network, options).emit();
}
