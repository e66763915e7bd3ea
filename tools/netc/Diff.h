// `--diff A.net B.net`: what changed between two networks.
#pragma once

#include "dsl/Network.h"

namespace netc::tools {

/// A network with what its compilation says.
struct DiffSide {
  std::string file;
  const dsl::Network &network;
  int64_t batch = 0;
  int64_t trainingBytes = 0; // 0 where it cannot be trained
};

/// The totals of both, then what differs: layers (`-` removed, `+` added, `~`
/// changed), transforms, settings of the training; at most 80 columns but for
/// long names. Empty if nothing differs; names of networks do not count.
std::string diffText(const DiffSide &before, const DiffSide &after);

} // namespace netc::tools
