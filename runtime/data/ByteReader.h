// A file's bytes from its beginning, inflated where it is gzipped (told by its
// content, not its name). Every error names the file.
#pragma once

#include "runtime/Error.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace netc::runtime::data {

class ByteReader {
public:
  /// Throws Error where `path` is no regular file or cannot be opened.
  explicit ByteReader(const std::string &path);
  ~ByteReader();
  ByteReader(const ByteReader &) = delete;
  ByteReader &operator=(const ByteReader &) = delete;

  /// Up to `count` bytes; fewer only at the end of the content. Throws Error
  /// for a gzip stream that is damaged, cut short or followed by other bytes.
  size_t read(uint8_t *out, size_t count);

  /// What the content can be at most: the size of a plain file; of a gzipped
  /// one, what deflate can make of that many bytes. A header that promises
  /// more lies, and nothing need be allocated to know it.
  uint64_t maximumSize() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace netc::runtime::data
