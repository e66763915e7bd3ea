// Identity: its input, unchanged.
#include "compiler/shape/Rules.h"
#include "compiler/shape/Window.h"

namespace netc::shape {

std::string_view kindName(const Identity &) { return "Identity"; }

InferResult infer(const Identity &, const Shape &input) {
  if (auto error = checkInput("Identity", input))
    return *error;
  return Inferred{input, ""};
}

} // namespace netc::shape
