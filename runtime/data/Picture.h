// PNG, JPEG, WebP, BMP and TIFF files as pixels of one size. A file is not to
// be trusted: its memory is bounded by limits on what its header may say, and
// it is decoded row by row where its format allows.
#pragma once

#include "runtime/Error.h"

#include <cstdint>
#include <span>
#include <string>

namespace netc::runtime::data {

struct PictureSize {
  int64_t height = 0, width = 0;
  bool operator==(const PictureSize &) const = default;
};

/// How a picture of any size becomes one of a given size.
enum class Fit {
  Stretch, // each side for itself
  Cover,   // the shorter side, with the aspect kept; the middle is taken
};

/// What a set of pictures is decoded to.
struct PictureFormat {
  int64_t channels = 0; // 1: grey, 3: RGB
  PictureSize size;
  Fit fit = Fit::Stretch;
  /// Of a channel, 8 or 16; of the latter, pictures of 8 bits are 257 times
  /// what they are, and those of 16 are whole.
  int bits = 8;
  bool orients = true; // turned as their EXIF data say

  int64_t bytes() const { // of a picture
    return channels * size.height * size.width * (bits / 8);
  }
};

/// What the header of a file says.
struct PictureHeader {
  PictureSize size;
  int bits = 8; // of a channel; 16 where there are more than 8
  bool operator==(const PictureHeader &) const = default;
};

/// Throws Error where a network takes pictures of other than 1 or 3 channels;
/// `who` is said first.
void checkPictureChannels(std::string_view who, int64_t channels);

/// The picture formats, for messages and by the ends of files' names (in upper
/// or lower case).
constexpr std::string_view pictureKinds = "PNG, JPEG, WebP, BMP or TIFF";
constexpr std::string_view pictureEndings =
    "*.png, *.jpg, *.jpeg, *.webp, *.bmp, *.tif, *.tiff";
bool isPictureName(std::string_view name);

/// Reads the header alone; the size is the stored one, or with `orients` that
/// of the picture as it is turned by its EXIF data. Throws Error naming the
/// file: not there, of no such format, truncated, of more pixels than are
/// decoded.
PictureHeader inspectPicture(const std::string &path, bool orients = false);

/// Decodes a file to [channels, height, width], of 16 bits in the machine's
/// order of bytes. Throws Error naming the file. \pre out has format.bytes();
/// channels is 1 or 3
void decodePicture(const std::string &path, const PictureFormat &format,
                   std::span<uint8_t> out);
/// The same of the bytes of a file that is called `name`.
void decodePicture(const std::string &name, std::span<const uint8_t> bytes,
                   const PictureFormat &format, std::span<uint8_t> out);

/// The labels of a mask's pixels, [height, width]: the numbers of an indexed
/// PNG's colours, or the grey of a grey one, as it is stored. The picture is
/// brought to `format`'s size as others are, but by nearest neighbour. Throws
/// Error naming the file. \pre out has one for each pixel
void decodeMask(const std::string &path, const PictureFormat &format,
                std::span<uint16_t> out);

/// What a mask's labels are, as it is stored.
struct MaskLabels {
  PictureSize size;
  /// The largest but for one that is ignored; -1 where there is none.
  int32_t largest = -1;
};
/// Reads all of a mask. Throws Error naming the file: also one of colours.
MaskLabels inspectMask(const std::string &path, int32_t ignored);

} // namespace netc::runtime::data
