// `--explain LAYER`: everything about one layer.
#pragma once

#include "compiler/LaunchFacts.h"
#include "dsl/Network.h"

#include <span>

namespace netc::tools {

/// The index of the layer of that name; throws Error with the nearest one.
size_t findLayer(const dsl::Network &network, const std::string &name);

/// Its shape arithmetic, parameters, multiply-adds, memory for a batch, and
/// its launches with their reasons, at 80 columns.
std::string explainText(const dsl::Network &network, size_t layer,
                        int64_t batch, std::span<const LaunchFacts> launches);

} // namespace netc::tools
