// How shells complete a program's options and their values.
#pragma once

#include "tools/Help.h"

namespace netc::tools {

/// The script for `bash`, `zsh` or `fish`. \pre shell is one of these
std::string completion(const std::string &shell, const CLI::App &app,
                       const HelpPage &page);

} // namespace netc::tools
