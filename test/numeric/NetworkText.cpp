// A network as `net` text: what the language emits of it.
#include "test/numeric/FunctionText.h"
#include "test/numeric/LayerSpecs.h"
#include "test/numeric/ReferenceNetwork.h"

namespace netc::numeric {

/// Appends one layer to the function, its parameters to `declarations`.
/// `input` is the shape of the first value of `inputs`.
static FunctionText::Value
emit(const NetworkLayer &layer, const shape::Shape &input,
     const shape::Shape &output, int64_t batch, FunctionText &function,
     const FunctionText::Values &inputs, FunctionText::Value state,
     std::string &declarations) {
  const std::string &name = layer.name;
  std::string type = tensorType(batched(batch, output));
  const FunctionText::Value &x = inputs[0];
  FunctionText::Values operands{x};
  for (const shape::ParameterShape &p : shape::parameters(layer.spec, input)) {
    std::string parameter = name + "." + p.name;
    shape::Shape shape = netShape(layer.spec, p.shape);
    declarations +=
        "  net.parameter @\"" + parameter + "\" : " + tensorType(shape);
    if (p.init != shape::Init::Xavier)
      declarations += std::string(" {init = ") +
                      (p.init == shape::Init::One ? "\"one\"" : "\"zero\"") +
                      (p.isStatistic ? ", trainable = false, statistic" : "") +
                      "}\n";
    else
      declarations +=
          " {init = \"xavier\", fan_in = " + std::to_string(p.fanIn) +
          " : i64, fan_out = " + std::to_string(p.fanOut) + " : i64}\n";
    if (!p.isStatistic)
      operands.push_back(function.readParameter(parameter, tensorType(shape)));
  }
  auto emitLayer = Overloaded{
      [&](const shape::Conv2D &s) {
        return function.op("conv2d", operands, attributesOf(convOf(s)), type);
      },
      [&](const shape::MaxPool2D &s) {
        std::string indices = tensorType(batched(batch, output), "ui8");
        return function.ops("max_pool2d", operands, attributesOf(poolOf(s)),
                            {type, indices})[0];
      },
      [&](const shape::AvgPool2D &s) {
        return function.op("avg_pool2d", operands, attributesOf(poolOf(s)),
                           type);
      },
      [&](const shape::GlobalAvgPool2D &) {
        reference::Pool2D whole{
            {input[1], input[2]}, {input[1], input[2]}, {0, 0}};
        return function.op("avg_pool2d", operands, attributesOf(whole), type);
      },
      [&](const shape::Flatten &) {
        return function.op("reshape", operands, sizes("shape", output), type);
      },
      [&](const shape::Dense &) {
        return function.op("dense", operands, "", type);
      },
      [&](const shape::Dropout &s) {
        return function.op("dropout", {x, state},
                           real("rate", s.rate) + ", path = \"" + name + "\"",
                           type);
      },
      [&](const shape::Conv2DTranspose &s) {
        return function.op("conv2d_transpose", operands,
                           attributesOf(convOf(s)), type);
      },
      [&](const shape::GlobalMaxPool2D &) {
        reference::Pool2D whole{
            {input[1], input[2]}, {input[1], input[2]}, {0, 0}};
        std::string indices = tensorType(batched(batch, output), "ui8");
        return function.ops("max_pool2d", operands, attributesOf(whole),
                            {type, indices})[0];
      },
      [&](const shape::Upsample2D &s) {
        return function.op("upsample2d", operands,
                           sizes("scale", {s.scale[0], s.scale[1]}) +
                               ", mode = #net.interpolation<" +
                               std::string(shape::toString(s.mode)) + ">",
                           type);
      },
      [&](const shape::ZeroPadding2D &s) {
        shape::Sides sides = sidesOf(s);
        return function.op("pad2d", operands,
                           sizes("sides", {sides.begin(), sides.end()}), type);
      },
      [&](const shape::Crop2D &s) {
        shape::Sides sides = sidesOf(s);
        return function.op("pad2d", operands,
                           sizes("sides", {sides.begin(), sides.end()}), type);
      },
      [&](const shape::Reshape &s) {
        return function.op("reshape", operands, sizes("shape", s.shape), type);
      },
      [&](const shape::Activation &s) {
        std::string attributes = "kind = #net.activation<" +
                                 std::string(shape::toString(s.kind)) + ">";
        if (s.parameter != shape::defaultParameter(s.kind))
          attributes += ", " + real("argument", s.parameter);
        return function.op("activation", operands, attributes, type);
      },
      [&](const shape::Sum &) {
        FunctionText::Value total = x;
        for (size_t i = 1; i < inputs.size(); ++i)
          total = function.op("add", {total, inputs[i]}, "", type);
        return total;
      },
      [&](const shape::Concat &) {
        return function.op("concat", inputs, "", type);
      },
      [&](const shape::Identity &) { return x; },
      [&](const shape::BatchNorm &s) {
        std::string channels = tensorType({input[0]});
        return function.ops("batch_norm", operands,
                            real("epsilon", s.epsilon) + ", " +
                                real("momentum", s.momentum) +
                                ", running_mean = @\"" + name +
                                ".running_mean\", running_variance = @\"" +
                                name + ".running_var\"",
                            {type, channels, channels})[0];
      },
      [&](const shape::LayerNorm &s) {
        shape::Shape row{*shape::elementCount(input)};
        std::string rowType = tensorType(batched(batch, row)),
                    rows = tensorType({batch});
        operands[0] = function.op("reshape", {x}, sizes("shape", row), rowType);
        auto y =
            function.ops("layer_norm", operands, real("epsilon", s.epsilon),
                         {rowType, rows, rows})[0];
        return function.op("reshape", {y}, sizes("shape", input), type);
      },
      [&](const shape::Scale &) {
        std::string channels = tensorType({input[0]});
        FunctionText::Values given{{"%mean_" + name, channels},
                                   {"%variance_" + name, channels}};
        for (int i : {0, 1}) // a variance that is 1 with the epsilon
          function.line(given[i].name + " = net.fill {" +
                        real("value", i * (1 - 0x1p-10)) + "} : " + channels);
        operands.insert(operands.begin() + 1, given.begin(), given.end());
        return function.op("batch_norm_inference", operands,
                           real("epsilon", 0x1p-10), type);
      }};
  return std::visit(emitLayer, layer.spec);
}

std::string toNet(const NetworkText &network) {
  shape::Shape input = batched(network.batch, network.pixels);
  FunctionText transforms("transforms");
  auto pixels = transforms.argument(input, "ui8", "pixels");
  transforms.argument({network.batch}, "i32", "samples");
  transforms.state();
  std::string transformsText = transforms.text(
      {transforms.op("to_tensor", {pixels}, "", tensorType(input))});

  FunctionText function("network");
  auto value = function.argument(input, "f32", "input");
  auto state = function.state();
  std::string declarations;
  std::vector<shape::Shape> shapes = shapesOf(network);
  FunctionText::Values values{value}; // of the pixels and of every layer
  for (size_t i = 0; i < network.layers.size(); ++i) {
    std::vector<int64_t> inputs = inputsOf(network, i);
    FunctionText::Values operands;
    for (int64_t input : inputs)
      operands.push_back(values[input + 1]);
    value = emit(network.layers[i], shapes[inputs[0] + 1], shapes[i + 1],
                 network.batch, function, operands, state, declarations);
    values.push_back(value);
  }
  return declarations + transformsText + function.text({value}) +
         "  net.training @network {loss = \"" + network.loss.name + "\", " +
         (network.loss.labelSmoothing == 0
              ? ""
              : "loss_settings = {" +
                    real("label_smoothing", network.loss.labelSmoothing) +
                    "}, ") +
         "target = \"" + (network.loss.targetsInput ? "input" : "label") +
         "\", train_transforms = @transforms, test_transforms = "
         "@transforms, optimizer = \"sgd\", optimizer_settings = {" +
         (network.nesterov ? "nesterov = true, " : "") +
         real("momentum", network.momentum) + ", " +
         real("weight_decay", network.weightDecay) +
         "}, last_batch = " + std::to_string(network.lastBatch) + " : i64}\n";
}

} // namespace netc::numeric
