// The transforms by name, and what their arguments make of them.
#pragma once

#include "compiler/shape/Transforms.h"
#include "dsl/Signature.h"

namespace netc::dsl {

struct TransformKind {
  Signature signature;
  shape::TransformSpec (*build)(const BoundArguments &arguments);
};

/// Every transform of the language.
std::span<const TransformKind> transformKinds();

} // namespace netc::dsl
