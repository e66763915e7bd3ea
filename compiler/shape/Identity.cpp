// Identity: its input, unchanged.
#include "compiler/shape/Window.h"

namespace netc::shape {

InferResult infer(const Identity &, const Shape &input) {
  if (auto error = checkInput(Identity::kindName, input))
    return *error;
  return Inferred{input, ""};
}

} // namespace netc::shape
