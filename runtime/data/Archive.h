// Archives as libarchive reads them: zip and tar, entry by entry.
#pragma once

#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace netc::runtime::data {

enum class ArchiveKind { Zip, Tar };

class Archive {
public:
  /// Throws Error naming `path`: no regular file, no archive of the kind.
  Archive(const std::string &path, ArchiveKind kind);
  ~Archive();
  Archive(const Archive &) = delete;
  Archive &operator=(const Archive &) = delete;

  /// An entry that is a file; valid until the next is asked for.
  struct Entry {
    std::string name;
    uint64_t size = 0;
    uint64_t offset = 0; // of its content in the archive, where that is a tar
  };
  /// The next one, what is no file passed over; null at the end. Throws Error
  /// naming the archive: damaged, encrypted.
  const Entry *next();
  /// The content of the entry that next() gave. \pre it gave one
  ByteStream &content();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace netc::runtime::data
