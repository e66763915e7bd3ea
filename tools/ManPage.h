// A program's manual page, in troff's `man` macros.
#pragma once

#include "tools/Help.h"

namespace netc::tools {

/// Section 1: all options by their groups, the examples, the status.
std::string manPage(const CLI::App &app, const HelpPage &page);

} // namespace netc::tools
