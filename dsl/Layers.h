// The table of the layers: their names, arguments and what they become.
#pragma once

#include "dsl/Signature.h"

namespace netc::dsl {

struct LayerKind {
  Signature signature;
  shape::LayerSpec (*build)(const BoundArguments &arguments);
};

std::span<const LayerKind> layerKinds();
/// Null if no layer has that name.
const LayerKind *findLayerKind(std::string_view name);

/// Whether a layer of that name takes others in braces.
bool isCombinator(std::string_view name);
/// `conv2d` of `Conv2D`.
std::string baseName(std::string_view kind);

} // namespace netc::dsl
