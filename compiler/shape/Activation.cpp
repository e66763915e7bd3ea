// Activations: a function of each element.
#include "compiler/shape/Rules.h"
#include "compiler/shape/Window.h"

namespace netc::shape {

std::string_view toString(ActivationKind kind) {
  switch (kind) {
  case ActivationKind::ReLU:
    return "relu";
  case ActivationKind::Sigmoid:
    return "sigmoid";
  case ActivationKind::Tanh:
    return "tanh";
  }
  return "";
}

std::string_view kindName(const Activation &activation) {
  switch (activation.kind) {
  case ActivationKind::ReLU:
    return "ReLU";
  case ActivationKind::Sigmoid:
    return "Sigmoid";
  case ActivationKind::Tanh:
    return "Tanh";
  }
  return "";
}

InferResult infer(const Activation &activation, const Shape &input) {
  if (auto error = checkInput(kindName(activation), input))
    return *error;
  return Inferred{input, ""};
}

} // namespace netc::shape
