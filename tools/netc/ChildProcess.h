// Another program as a function from text to text.
#pragma once

#include <string>
#include <vector>

namespace netc::tools {

/// Runs a program found on the PATH, `input` at its standard input, and returns
/// what it writes; its errors go where ours go. Throws Error: `absent` if there
/// is no such program, else what became of it.
std::string runChild(const std::vector<std::string> &command,
                     const std::string &input, const std::string &absent);

} // namespace netc::tools
