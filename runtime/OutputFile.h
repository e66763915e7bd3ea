// A file that appears whole or not at all: written without a name in its
// folder, synchronised, then named. Whatever ends the process leaves nothing;
// only a finished file that cannot be put in its place stays, and is named.
#pragma once

#include "runtime/Error.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace netc::runtime {

/// An OutputFile that could not be written.
class WriteError : public Error {
public:
  explicit WriteError(const std::string &what, std::string kept = "")
      : Error(what), kept(std::move(kept)) {}

  /// Where the whole content is all the same; empty if it is nowhere.
  std::string kept;
};

class OutputFile {
public:
  /// Opens a file in the folder of `path`; a link is followed, to what is not
  /// there too. Throws WriteError naming `path`: no such folder, not writable,
  /// what is there is no regular file, or is one that no other may replace (a
  /// mount point, another user's in a sticky folder, an immutable one).
  explicit OutputFile(const std::string &path);
  /// Leaves what was there, unless commit() has been called.
  ~OutputFile();
  OutputFile(const OutputFile &) = delete;
  OutputFile &operator=(const OutputFile &) = delete;

  /// A file that has its `bytes` on the disk beforehand, so that it can be
  /// written though the disk is filled meanwhile; null where the file system
  /// knows no nameless files, for a named one would outlive a killed process.
  /// Throws WriteError: also where the disk has not so much.
  static std::unique_ptr<OutputFile> reserved(const std::string &path,
                                              uint64_t bytes);

  void write(const void *bytes, size_t count); // throws WriteError: full disk
  /// Puts the file in its place, with the permissions of the one that was
  /// there. Throws WriteError, which says where the content stays if it has a
  /// name by then.
  void commit();

private:
  [[noreturn]] void fail() const;
  [[noreturn]] void refuse(const std::string &why) const;
  /// Throws WriteError where `target`, which is there, cannot be replaced.
  void checkReplaceable() const;
  void open();
  /// A name beside the file's, that nothing else has.
  std::string temporaryName(int attempt) const;
  void giveName();
  /// Leaves the finished file under a name that can be seen; throws WriteError.
  [[noreturn]] void keep(const std::string &why);

  std::string path;      // as the user gave it, for errors
  std::string target;    // links followed: a link stays one
  std::string temporary; // empty while the file has no name
  std::FILE *file = nullptr;
};

/// Throws WriteError where an OutputFile of so many bytes could not be written
/// at `path`; leaves nothing behind. For the start of a run whose result is
/// written at its end.
void checkWritable(const std::string &path, uint64_t bytes = 0);

/// `w.1234.st` for `x/w.st` and process 1234: what is finished and cannot be
/// put in its place is called so.
std::string spareName(const std::string &path);

/// A path that leads to where `path` does and is no link, there or not; a
/// circle's is one of it. A relative path stays one, unless a link is absolute.
std::string followLinks(const std::string &path);

/// Whether two paths, empty or not, lead to the same file, there or not.
bool sameFile(const std::string &a, const std::string &b);

} // namespace netc::runtime
