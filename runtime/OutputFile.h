// A file that appears whole or not at all: written without a name in its
// folder, synchronised, then named. Whatever ends the process leaves nothing.
#pragma once

#include "runtime/Error.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace netc::runtime {

class OutputFile {
public:
  /// Opens a file in the folder of `path`. Throws Error naming `path`: no such
  /// folder, not writable, or what is there is no regular file.
  explicit OutputFile(const std::string &path);
  /// Leaves what was there, unless commit() has been called.
  ~OutputFile();
  OutputFile(const OutputFile &) = delete;
  OutputFile &operator=(const OutputFile &) = delete;

  void write(const void *bytes, size_t count); // throws Error: disk full ...
  /// Puts the file in its place, with the permissions of the one that was
  /// there. Throws Error.
  void commit();

private:
  [[noreturn]] void fail() const;
  void open();
  /// A name beside the file's, that nothing else has.
  std::string temporaryName(int attempt) const;
  void giveName();

  std::string path;      // as the user gave it, for errors
  std::string target;    // links followed: a link stays one
  std::string temporary; // empty while the file has no name
  std::FILE *file = nullptr;
};

/// Throws Error where an OutputFile of so many bytes could not be written at
/// `path`; leaves nothing behind. For the start of a run whose result is
/// written at its end.
void checkWritable(const std::string &path, uint64_t bytes = 0);

/// Whether two paths, empty or not, lead to the same file, there or not.
bool sameFile(const std::string &a, const std::string &b);

} // namespace netc::runtime
