// What the decoders of the two formats share.
#pragma once

#include "runtime/data/Picture.h"

#include <cstdio>

namespace netc::runtime::data {

// Limits on what a header may ask for. A row is at most 65535 pixels, which is
// JPEG's own limit; a picture that is decoded row by row has at most 2^28
// pixels (a few seconds), one that its format makes us hold whole
// (interlaced, progressive) at most 2^25 (100 to 200 MB).
constexpr int64_t longestSide = 65535;
constexpr int64_t mostPixels = int64_t{1} << 28;
constexpr int64_t mostPixelsHeld = int64_t{1} << 25;

/// Throws Error (without the file's name) where a picture is too large.
void checkPictureSize(PictureSize size, bool isHeldWhole);

/// Takes the rows of a decoded picture: first its size as decoded, then each
/// row from the top, [width, channels].
class RowSink {
public:
  virtual ~RowSink() = default;
  virtual void begin(PictureSize decoded) = 0;
  virtual void row(const uint8_t *pixels) = 0;
};

/// An open file, closed at the end.
class InputFile {
public:
  explicit InputFile(const std::string &path); // throws Error, without the name
  explicit InputFile(std::span<const uint8_t> bytes); // which outlive it
  ~InputFile() { std::fclose(file); }
  InputFile(const InputFile &) = delete;
  InputFile &operator=(const InputFile &) = delete;
  std::FILE *get() const { return file; }

private:
  std::FILE *file = nullptr;
};

// Both throw Error without the file's name. With a null sink the header alone
// is read.

PictureSize decodePng(std::FILE *file, int64_t channels, RowSink *sink);

/// A picture may be decoded smaller where each side stays at least `least`'s.
PictureSize decodeJpeg(std::FILE *file, int64_t channels, PictureSize least,
                       RowSink *sink);

} // namespace netc::runtime::data
