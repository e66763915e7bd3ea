// Activations: a function of each element.
#include "compiler/shape/Window.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace netc::shape {

namespace {
struct ActivationName {
  ActivationKind kind;
  std::string_view value, layer; // `relu`, `ReLU`
};
} // namespace

static constexpr ActivationName names[] = {
    {ActivationKind::ReLU, "relu", "ReLU"},
    {ActivationKind::Sigmoid, "sigmoid", "Sigmoid"},
    {ActivationKind::Tanh, "tanh", "Tanh"},
    {ActivationKind::LeakyReLU, "leaky_relu", "LeakyReLU"},
    {ActivationKind::GELU, "gelu", "GELU"},
    {ActivationKind::SiLU, "silu", "SiLU"},
    {ActivationKind::ELU, "elu", "ELU"},
    {ActivationKind::Softplus, "softplus", "Softplus"},
    {ActivationKind::HardSwish, "hard_swish", "HardSwish"},
};

std::span<const ActivationKind> activationKinds() {
  static constexpr auto kinds = [] {
    std::array<ActivationKind, std::size(names)> list{};
    for (size_t i = 0; i < list.size(); ++i)
      list[i] = names[i].kind;
    return list;
  }();
  return kinds;
}

std::string_view toString(ActivationKind kind) {
  return names[static_cast<size_t>(kind)].value;
}

std::string_view kindName(const Activation &activation) {
  return names[static_cast<size_t>(activation.kind)].layer;
}

double defaultParameter(ActivationKind kind) {
  switch (kind) {
  case ActivationKind::ReLU:
    return std::numeric_limits<double>::infinity();
  case ActivationKind::LeakyReLU:
    return 0.01;
  case ActivationKind::ELU:
    return 1;
  default:
    return 0;
  }
}

/// The parameter is used in single precision, and must be a number there.
static std::optional<ShapeError> checkParameter(const Activation &activation) {
  auto value = static_cast<float>(activation.parameter);
  if (activation.kind == ActivationKind::ReLU) {
    if (value > 0) // false for NaN
      return std::nullopt;
    return ShapeError{
        fmt::format("`max` must be above 0, got {}", activation.parameter), "",
        "max"};
  }
  if (std::isfinite(value))
    return std::nullopt;
  std::string name =
      activation.kind == ActivationKind::LeakyReLU ? "slope" : "alpha";
  return ShapeError{fmt::format("`{}` must be a number of single precision, "
                                "got {}",
                                name, activation.parameter),
                    "", name};
}

InferResult infer(const Activation &activation, const Shape &input) {
  if (auto error = checkParameter(activation))
    return *error;
  if (auto error = checkInput(kindName(activation), input))
    return *error;
  return Inferred{input, ""};
}

} // namespace netc::shape
