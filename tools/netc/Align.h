// Two lists of layers beside one another.
#pragma once

#include "dsl/Network.h"

namespace netc::tools {

/// An index into each list; none where the other one has no counterpart.
struct AlignedPair {
  std::optional<size_t> before, after;
};

/// Whether two layers are told the same, whatever they are called.
bool sameSpec(const dsl::Layer &a, const dsl::Layer &b);

/// The heaviest common subsequence of layers of the same kind, those alike and
/// those with the same name counting more; what is removed stands before what
/// is added.
std::vector<AlignedPair> alignLayers(const std::vector<dsl::Layer> &before,
                                     const std::vector<dsl::Layer> &after);

} // namespace netc::tools
