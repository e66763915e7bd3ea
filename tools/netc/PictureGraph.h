// What a picture of a network shows, before it is written: boxes, frames and
// which of them are alike.
#pragma once

#include "dsl/Network.h"

namespace netc::tools {

/// Layers drawn as one box, one below another: a convolution, its
/// normalisation, its activation.
struct PictureBox {
  std::vector<size_t> layers;  // of the network
  std::vector<int64_t> inputs; // boxes, or dsl::networkInput
};

/// The boxes of a layer of the text's own, or of a labelled combinator, and the
/// frames within; `path` is what the names of its layers begin with.
struct PictureFrame {
  std::string path;
  struct Member {
    bool isFrame;
    size_t index; // of `boxes` or `frames`
  };
  std::vector<Member> members; // in the order of the network
  size_t first = 0, last = 0;  // boxes; the last one gives its result
  size_t times = 1;            // so many alike, one behind another
  bool isHidden = false;       // one of the others
};

struct PictureGraph {
  std::vector<PictureBox> boxes;
  std::vector<PictureFrame> frames; // the first one is the network
};

/// The last name of a path without its number: `tail` of `features.tail_2`.
std::string_view ownStem(std::string_view path);

PictureGraph makePictureGraph(const dsl::Network &network);

} // namespace netc::tools
