// What the decoders of the formats share.
#pragma once

#include "runtime/data/Picture.h"

#include <cstdio>
#include <functional>
#include <vector>

namespace netc::runtime::data {

// Limits on what a header may ask for. A row is at most 65535 pixels, which is
// JPEG's own limit; a picture that is decoded row by row has at most 2^28
// pixels (a few seconds), one that its format makes us hold whole
// (interlaced, progressive, WebP) at most 2^25 (100 to 200 MB).
constexpr int64_t longestSide = 65535;
constexpr int64_t mostPixels = int64_t{1} << 28;
constexpr int64_t mostPixelsHeld = int64_t{1} << 25;

/// Throws Error (without the file's name) where a picture is too large.
void checkPictureSize(PictureSize size, bool isHeldWhole);

/// How the rows and columns of a file become those that are shown: first both
/// may be mirrored, then they may change places.
struct Orientation {
  bool flipsRows = false, flipsColumns = false, transposes = false;

  /// 1 to 8 as in EXIF and TIFF; any other number is no turn.
  static Orientation of(int exif);
  PictureSize shown(PictureSize stored) const {
    return transposes ? PictureSize{stored.width, stored.height} : stored;
  }
};

/// That of EXIF data, by libexif; `tiff` begins with "II" or "MM", or with
/// "Exif" before it. What is damaged is no turn: the pixels may be good.
Orientation exifOrientation(std::span<const uint8_t> tiff);
/// That of a JPEG, which is left at any place.
Orientation exifOrientationOfJpeg(std::FILE *file);

/// Takes the rows of a decoded picture: first its size as decoded, then each
/// row from the top, [width, channels], all of 8 bits or all of 16.
class RowSink {
public:
  virtual ~RowSink() = default;
  virtual void begin(PictureSize decoded, Orientation orientation) = 0;
  virtual void row(const uint8_t *pixels) = 0;
  virtual void row(const uint16_t *pixels) = 0;
};

/// An open file, closed at the end. Errors are without its name.
class InputFile {
public:
  explicit InputFile(const std::string &path);
  /// `bytes` outlive it.
  explicit InputFile(std::span<const uint8_t> bytes);
  ~InputFile() { std::fclose(file); }
  InputFile(const InputFile &) = delete;
  InputFile &operator=(const InputFile &) = delete;
  std::FILE *get() const { return file; }

private:
  std::FILE *file = nullptr;
};

/// What is asked of a decoder.
struct PixelRequest {
  int64_t channels = 3;
  bool isWide = false;  // rows of 16 bits where the file has more than 8
  bool orients = false; // the sink is told how the picture is turned
  /// Of a picture of a shown size, what each side must at least stay where it
  /// is decoded smaller; null where it must not be.
  std::function<PictureSize(PictureSize shown)> least;
};

// All throw Error without the file's name. With a null sink the header alone
// is read. What they return has the size as shown, where `orients` is asked
// for.
using Decoder = PictureHeader(std::FILE *file, const PixelRequest &request,
                              RowSink *sink);
Decoder decodePng, decodeJpeg, decodeWebp, decodeBmp, decodeTiff;

/// The rows are one label a pixel, 8 or 16 bits. Throws Error for a PNG of
/// colours.
PictureHeader decodePngLabels(std::FILE *file, RowSink *sink);

/// A row of `from` channels as `to` of them, 1 or 3: the luma of ITU-R BT.601,
/// grey repeated; channels after the colours are left out. Gives `out`, or the
/// row itself where nothing is to be done.
template <typename T>
const T *convertRow(const T *row, int64_t width, int64_t from, int64_t to,
                    T *out) {
  if (from == to)
    return row;
  T *const converted = out;
  for (int64_t x = 0; x < width; ++x, row += from, out += to) {
    bool isColour = from >= 3;
    if (to == 3)
      for (int64_t c = 0; c < 3; ++c)
        out[c] = row[isColour ? c : 0];
    else if (isColour) // in 16 bits of fraction: at most 2^32 - 1
      out[0] = static_cast<T>(
          (row[0] * 19595u + row[1] * 38470u + row[2] * 7471u + 0x8000u) >> 16);
    else
      out[0] = row[0];
  }
  return converted;
}

/// 16 bits as 8, rounded.
inline uint8_t narrow(uint16_t value) {
  return static_cast<uint8_t>((value * 255u + 32895u) >> 16);
}

} // namespace netc::runtime::data
