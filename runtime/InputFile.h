// What may be opened to be read: a file that has an end and is there already.
#pragma once

#include <string>

namespace netc::runtime {

/// Why the file at `path` cannot be read: empty where it can, as far as can be
/// told without opening it. A pipe, a terminal or another device may have
/// nothing to say for ever, and so may a file of /proc or /sys, which the
/// kernel makes up while it is read.
std::string problemOfInput(const std::string &path);

/// Throws Error, with the path, where there is such a problem.
void requireInput(const std::string &path);

} // namespace netc::runtime
