// Bytes that are read once, from the first to the last: of a file, or of a file
// in an archive.
#pragma once

#include <cstddef>
#include <cstdint>

namespace netc::runtime::data {

class ByteStream {
public:
  virtual ~ByteStream() = default;
  /// Up to `count` bytes; fewer only at the end. Throws Error for content that
  /// is damaged or cannot be read.
  virtual size_t read(uint8_t *out, size_t count) = 0;
  /// What the content can be at most, by what holds it. A header that promises
  /// more lies, and nothing need be allocated to know it.
  virtual uint64_t maximumSize() const = 0;
};

} // namespace netc::runtime::data
