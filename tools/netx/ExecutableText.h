// What `netx FILE` prints.
#pragma once

#include "runtime/executor/Executable.h"

#include <string>

namespace netc::tools {

/// What the executable is and holds, a line for each fact: the network, the
/// target, the numbers that are trained and kept, the memory, the programs.
std::string executableText(const runtime::Executable &executable);

} // namespace netc::tools
