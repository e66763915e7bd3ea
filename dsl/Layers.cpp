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

template <typename Plain> static LayerSpec buildPlain(const BoundArguments &) {
  return Plain{};
}

template <shape::ActivationKind kind>
static LayerSpec buildActivation(const BoundArguments &) {
  return shape::Activation{kind};
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
      {{"ReLU", {}}, buildActivation<ReLU>},
      {{"Sigmoid", {}}, buildActivation<Sigmoid>},
      {{"Tanh", {}}, buildActivation<Tanh>},
      {{"Identity", {}}, buildPlain<shape::Identity>},
  };
  return kinds;
}

const LayerKind *findLayerKind(std::string_view name) {
  for (const LayerKind &kind : layerKinds())
    if (kind.signature.name == name)
      return &kind;
  return nullptr;
}

bool isCombinator(std::string_view name) {
  return name == "Sequential" || name == "Sum" || name == "Concat";
}

std::string baseName(std::string_view kind) {
  std::string name(kind);
  std::ranges::transform(name, name.begin(), toLower);
  return name;
}

} // namespace netc::dsl
