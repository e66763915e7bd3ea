// A file that appears whole or not at all: written beside its place under
// another name, synchronised, then renamed.
#pragma once

#include "runtime/Error.h"

#include <cstddef>
#include <cstdio>
#include <string>

namespace netc::runtime::train {

class OutputFile {
public:
  /// Opens a temporary file beside `path`. Throws Error naming `path`: no such
  /// folder, not writable, or what is there is no regular file.
  explicit OutputFile(const std::string &path);
  /// Removes the temporary file unless committed.
  ~OutputFile();
  OutputFile(const OutputFile &) = delete;
  OutputFile &operator=(const OutputFile &) = delete;

  void write(const void *bytes, size_t count); // throws Error: disk full ...
  void commit();                               // throws Error

private:
  [[noreturn]] void fail() const;

  std::string path;      // as the user gave it, for errors
  std::string target;    // links followed: a link stays one
  std::string temporary; // empty once committed
  std::FILE *file = nullptr;
};

/// Throws Error where an OutputFile could not be written at `path`; leaves
/// nothing behind. For the start of a run whose result is written at its end.
void checkWritable(const std::string &path);

} // namespace netc::runtime::train
