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

/// Whether a label reads like `conv2d_1`: what an unlabelled layer is called.
bool isAutomaticName(std::string_view label);
/// `conv2d` of `Conv2D`.
std::string baseName(std::string_view kind);

} // namespace netc::dsl
