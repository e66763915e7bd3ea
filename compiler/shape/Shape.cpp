// Shapes, and the rules of whichever layer a variant holds.
#include "compiler/shape/Rules.h"

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

InferResult infer(const LayerSpec &layer, const Shape &input) {
  return infer(layer, std::span(&input, 1));
}

InferResult infer(const LayerSpec &layer, std::span<const Shape> inputs) {
  return std::visit(
      [&](const auto &spec) {
        using Spec = std::decay_t<decltype(spec)>;
        if constexpr (std::is_same_v<Spec, Sum> || std::is_same_v<Spec, Concat>)
          return infer(spec, inputs);
        else
          return infer(spec, inputs[0]);
      },
      layer);
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

} // namespace netc::shape
