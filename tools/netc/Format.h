// `--format` and `--check-format`.
#pragma once

#include <string>
#include <vector>

namespace netc::tools {

enum class FormatMode {
  InPlace,        // files that change are replaced, whole or not at all
  StandardOutput, // one after another
  Check           // names of the files that would change
};

/// Formats every file; `-` is the standard input, which goes to the standard
/// output. Files with errors are told and left alone, the others are done all
/// the same. Returns the exit status.
int formatFiles(const std::vector<std::string> &files, FormatMode mode);

} // namespace netc::tools
