// `--emit=dot` and `--emit=svg`: a network as a picture.
#pragma once

#include "dsl/Network.h"

namespace netc::tools {

/// A graph in the language of graphviz: a box for each layer with what follows
/// it element by element, a frame for each layer of the text's own, shapes on
/// the edges. Neighbours that are alike are drawn once.
std::string pictureDot(const dsl::Network &network);

/// The picture as SVG, drawn by graphviz's `dot`. Throws Error: not installed,
/// or it failed.
std::string pictureSvg(const dsl::Network &network);

} // namespace netc::tools
