// Random networks for the tests of whole programs.
#pragma once

#include "test/numeric/ReferenceNetwork.h"

namespace netc::numeric {

/// The network of a seed: convolutions, pools, activations, dropout and dense
/// layers that fit one behind another, for ten classes.
NetworkText randomNetwork(uint32_t seed);

/// The same with sums and concatenations of branches among them.
NetworkText randomGraph(uint32_t seed);

/// The layers with their shapes, for a failure's trace.
std::string describe(const NetworkText &network);

} // namespace netc::numeric
