// PNG and JPEG files as 8-bit pixels of one size. A file is not to be trusted:
// its memory is bounded by limits on what its header may say, and it is
// decoded row by row where its format allows. EXIF is not read.
#pragma once

#include "runtime/Error.h"

#include <cstdint>
#include <functional>
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
};

/// Throws Error where a network takes pictures of other than 1 or 3 channels;
/// `who` is said first.
void checkPictureChannels(std::string_view who, int64_t channels);

/// Reads the header alone: the size. Throws Error naming the file: not there,
/// no PNG or JPEG, truncated, of more pixels than are decoded.
PictureSize inspectPicture(const std::string &path);

/// Decodes a file to [channels, height, width]. Throws Error naming the file.
/// \pre out has that many bytes; channels is 1 or 3
void decodePicture(const std::string &path, const PictureFormat &format,
                   std::span<uint8_t> out);
/// The same of the bytes of a file that is called `name`.
void decodePicture(const std::string &name, std::span<const uint8_t> bytes,
                   const PictureFormat &format, std::span<uint8_t> out);

} // namespace netc::runtime::data
