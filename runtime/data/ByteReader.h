// A file's bytes from its beginning, inflated where it is gzipped (told by its
// content, not its name). Every error names the file.
#pragma once

#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"

#include <memory>
#include <string>

namespace netc::runtime::data {

class ByteReader final : public ByteStream {
public:
  /// Throws Error where `path` is no regular file or cannot be opened.
  explicit ByteReader(const std::string &path);
  ~ByteReader() override;
  ByteReader(const ByteReader &) = delete;
  ByteReader &operator=(const ByteReader &) = delete;

  /// Up to `count` bytes; fewer only at the end of the content. Throws Error
  /// for a gzip stream that is damaged, cut short or followed by other bytes.
  size_t read(uint8_t *out, size_t count) override;

  /// The size of a plain file; of a gzipped one, what deflate can make of that
  /// many bytes.
  uint64_t maximumSize() const override;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace netc::runtime::data
