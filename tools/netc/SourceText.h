// Texts of networks as the command line names them.
#pragma once

#include "dsl/Diagnostics.h"

namespace netc::tools {

/// The text of a file, or of the standard input, which is `-`. Throws Error.
dsl::SourceFile readSource(const std::string &path);

} // namespace netc::tools
