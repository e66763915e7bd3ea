// Shapes, and the rules of whichever layer a variant holds.
#include "compiler/shape/Shape.h"

namespace netc::shape {

std::string toString(const Shape &shape) {
  std::string text;
  for (int64_t size : shape) {
    if (!text.empty())
      text += 'x';
    text += std::to_string(size);
  }
  return text;
}

std::optional<int64_t> elementCount(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size == 0)
      return 0;
    if (size < 0 || count > maxElements / size)
      return std::nullopt;
    count *= size;
  }
  return count;
}

/// Whether the layer's own rule takes several inputs. The type of an overload's
/// address is exact: that a layer converts to a LayerSpec does not count.
template <typename Spec>
concept JoinsBranches = requires {
  static_cast<InferResult (*)(const Spec &, std::span<const Shape>)>(infer);
};

InferResult infer(const LayerSpec &layer, std::span<const Shape> inputs) {
  return std::visit(
      [&](const auto &spec) {
        if constexpr (JoinsBranches<std::decay_t<decltype(spec)>>)
          return infer(spec, inputs);
        else
          return infer(spec, inputs[0]);
      },
      layer);
}

InferResult infer(const LayerSpec &layer, const Shape &input) {
  return infer(layer, std::span(&input, 1));
}

// What holds of a layer that has no such function: overloads for one kind of
// layer are chosen before these.
template <typename Spec> static Cost cost(const Spec &, const Shape &) {
  return {};
}
template <typename Spec>
static std::vector<ParameterShape> parameters(const Spec &, const Shape &) {
  return {};
}
template <typename Spec> static std::string_view kindName(const Spec &) {
  return Spec::kindName;
}
template <typename Spec>
static std::optional<SlidingWindow> slidingWindow(const Spec &) {
  return std::nullopt;
}

Cost cost(const LayerSpec &layer, const Shape &input) {
  return std::visit([&](const auto &spec) { return cost(spec, input); }, layer);
}

std::vector<ParameterShape> parameters(const LayerSpec &layer,
                                       const Shape &input) {
  return std::visit([&](const auto &spec) { return parameters(spec, input); },
                    layer);
}

std::string_view kindName(const LayerSpec &layer) {
  return std::visit([](const auto &spec) { return kindName(spec); }, layer);
}

std::optional<SlidingWindow> slidingWindow(const LayerSpec &layer) {
  return std::visit(
      [](const auto &spec) -> std::optional<SlidingWindow> {
        return slidingWindow(spec);
      },
      layer);
}

bool isElementwise(const LayerSpec &layer) {
  return std::visit(
      [](const auto &spec) {
        if constexpr (requires { spec.isElementwise; })
          return spec.isElementwise;
        else
          return false;
      },
      layer);
}

bool isNoise(const LayerSpec &layer) {
  return std::visit(
      [](const auto &spec) {
        if constexpr (requires { spec.isNoise; })
          return spec.isNoise;
        else
          return false;
      },
      layer);
}

} // namespace netc::shape
