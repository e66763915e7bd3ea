// Each layer's arguments with their defaults.
#include "dsl/Layers.h"

#include "dsl/Characters.h"

#include <algorithm>

namespace netc::dsl {

using enum ArgumentKind;
using shape::LayerSpec;

static LayerSpec buildConv2D(const BoundArguments &arguments) {
  shape::Conv2D conv;
  conv.channels = arguments.get<int64_t>("channels");
  conv.kernel = arguments.get<shape::Pair>("kernel");
  conv.stride = arguments.get("stride", conv.stride);
  conv.padding = arguments.get("padding", conv.padding);
  conv.dilation = arguments.get("dilation", conv.dilation);
  conv.groups = arguments.get("groups", conv.groups);
  conv.useBias = arguments.get("use_bias", conv.useBias);
  return conv;
}

template <typename Pool>
static LayerSpec buildPool(const BoundArguments &arguments) {
  Pool pool;
  pool.window = arguments.get<shape::Pair>("window");
  pool.stride = arguments.get("stride", pool.window);
  pool.padding = arguments.get("padding", pool.padding);
  return pool;
}

static LayerSpec buildDense(const BoundArguments &arguments) {
  shape::Dense dense;
  dense.units = arguments.get<int64_t>("units");
  dense.useBias = arguments.get("use_bias", dense.useBias);
  return dense;
}

static LayerSpec buildDropout(const BoundArguments &arguments) {
  return shape::Dropout{arguments.get<double>("rate")};
}

static LayerSpec buildBatchNorm(const BoundArguments &arguments) {
  shape::BatchNorm norm;
  norm.momentum = arguments.get("momentum", norm.momentum);
  norm.epsilon = arguments.get("epsilon", norm.epsilon);
  norm.affine = arguments.get("affine", norm.affine);
  return norm;
}

static LayerSpec buildLayerNorm(const BoundArguments &arguments) {
  shape::LayerNorm norm;
  norm.epsilon = arguments.get("epsilon", norm.epsilon);
  norm.affine = arguments.get("affine", norm.affine);
  return norm;
}

static LayerSpec buildScale(const BoundArguments &arguments) {
  shape::Scale scale;
  scale.useBias = arguments.get("use_bias", scale.useBias);
  return scale;
}

static LayerSpec buildConv2DTranspose(const BoundArguments &arguments) {
  shape::Conv2DTranspose conv;
  conv.channels = arguments.get<int64_t>("channels");
  conv.kernel = arguments.get<shape::Pair>("kernel");
  conv.stride = arguments.get("stride", conv.stride);
  conv.padding = arguments.get("padding", conv.padding);
  conv.outputPadding = arguments.get("output_padding", conv.outputPadding);
  conv.dilation = arguments.get("dilation", conv.dilation);
  conv.groups = arguments.get("groups", conv.groups);
  conv.useBias = arguments.get("use_bias", conv.useBias);
  return conv;
}

static LayerSpec buildUpsample2D(const BoundArguments &arguments) {
  shape::Upsample2D upsample;
  upsample.scale = arguments.get<shape::Pair>("scale");
  upsample.mode = arguments.get("mode", upsample.mode);
  return upsample;
}

static LayerSpec buildZeroPadding2D(const BoundArguments &arguments) {
  return shape::ZeroPadding2D{arguments.get<shape::Sides>("padding")};
}

static LayerSpec buildCrop2D(const BoundArguments &arguments) {
  return shape::Crop2D{arguments.get<shape::Sides>("cropping")};
}

static LayerSpec buildReshape(const BoundArguments &arguments) {
  return shape::Reshape{arguments.get<shape::Shape>("shape")};
}

template <typename Plain> static LayerSpec buildPlain(const BoundArguments &) {
  return Plain{};
}

/// Reads the one parameter that a kind has at most, which the language calls
/// `slope`, `alpha` or `max`.
template <shape::ActivationKind kind>
static LayerSpec buildActivation(const BoundArguments &arguments) {
  shape::Activation activation{kind};
  for (std::string_view name : {"max", "slope", "alpha"})
    activation.parameter = arguments.get(name, activation.parameter);
  return activation;
}

std::span<const LayerKind> layerKinds() {
  using enum shape::ActivationKind;
  constexpr bool required = true;
  static const std::vector<ArgumentSpec> poolArguments = {
      {"window", Pair, required}, {"stride", Pair}, {"padding", Pair}};
  static const std::vector<LayerKind> kinds = {
      {{"Conv2D",
        {{"channels", Integer, required},
         {"kernel", Pair, required},
         {"stride", Pair},
         {"padding", Pair},
         {"dilation", Pair},
         {"groups", Integer},
         {"use_bias", Boolean},
         {"activation", ArgumentKind::Activation}}},
       buildConv2D},
      {{"MaxPool2D", poolArguments}, buildPool<shape::MaxPool2D>},
      {{"AvgPool2D", poolArguments}, buildPool<shape::AvgPool2D>},
      {{"GlobalAvgPool2D", {}}, buildPlain<shape::GlobalAvgPool2D>},
      {{"Flatten", {}}, buildPlain<shape::Flatten>},
      {{"Dense",
        {{"units", Integer, required},
         {"use_bias", Boolean},
         {"activation", ArgumentKind::Activation}}},
       buildDense},
      {{"Dropout", {{"rate", Number, required}}}, buildDropout},
      {{"ReLU", {{"max", Number}}}, buildActivation<ReLU>},
      {{"Sigmoid", {}}, buildActivation<Sigmoid>},
      {{"Tanh", {}}, buildActivation<Tanh>},
      {{"Identity", {}}, buildPlain<shape::Identity>},
      {{"BatchNorm",
        {{"momentum", Number}, {"epsilon", Number}, {"affine", Boolean}}},
       buildBatchNorm},
      {{"LayerNorm", {{"epsilon", Number}, {"affine", Boolean}}},
       buildLayerNorm},
      {{"Scale", {{"use_bias", Boolean}}}, buildScale},
      {{"LeakyReLU", {{"slope", Number}}}, buildActivation<LeakyReLU>},
      {{"GELU", {}}, buildActivation<GELU>},
      {{"SiLU", {}}, buildActivation<SiLU>},
      {{"ELU", {{"alpha", Number}}}, buildActivation<ELU>},
      {{"Softplus", {}}, buildActivation<Softplus>},
      {{"HardSwish", {}}, buildActivation<HardSwish>},
      {{"Conv2DTranspose",
        {{"channels", Integer, required},
         {"kernel", Pair, required},
         {"stride", Pair},
         {"padding", Pair},
         {"output_padding", Pair},
         {"dilation", Pair},
         {"groups", Integer},
         {"use_bias", Boolean},
         {"activation", ArgumentKind::Activation}}},
       buildConv2DTranspose},
      {{"GlobalMaxPool2D", {}}, buildPlain<shape::GlobalMaxPool2D>},
      {{"Upsample2D",
        {{"scale", Pair, required}, {"mode", ArgumentKind::Interpolation}}},
       buildUpsample2D},
      {{"ZeroPadding2D", {{"padding", Sides, required}}}, buildZeroPadding2D},
      {{"Crop2D", {{"cropping", Sides, required}}}, buildCrop2D},
      {{"Reshape", {{"shape", ArgumentKind::Shape, required}}}, buildReshape},
  };
  return kinds;
}

const LayerKind *findLayerKind(std::string_view name) {
  for (const LayerKind &kind : layerKinds())
    if (kind.signature.name == name)
      return &kind;
  return nullptr;
}

std::string baseName(std::string_view kind) {
  std::string name(kind);
  std::ranges::transform(name, name.begin(), toLower);
  return name;
}

} // namespace netc::dsl
