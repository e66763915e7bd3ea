// Chooses the decoder and takes a file through it.
#include "runtime/data/Picture.h"

#include "runtime/data/PictureDecoder.h"
#include "runtime/data/PictureScaler.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/stat.h>

namespace netc::runtime::data {

InputFile::InputFile(const std::string &path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0)
    throw Error(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) // a pipe would make us wait
    throw Error("not a regular file");
  file = std::fopen(path.c_str(), "rb");
  if (!file)
    throw Error(std::strerror(errno));
}

InputFile::InputFile(std::span<const uint8_t> bytes) {
  if (bytes.empty())
    throw Error("an empty file");
  // It is opened to be read only.
  file = fmemopen(const_cast<uint8_t *>(bytes.data()), bytes.size(), "rb");
  if (!file)
    throw Error(std::strerror(errno));
}

void checkPictureSize(PictureSize size, bool isHeldWhole) {
  auto [height, width] = size;
  if (height < 1 || width < 1)
    throw Error(fmt::format("an empty picture of {}x{}", height, width));
  int64_t most = isHeldWhole ? mostPixelsHeld : mostPixels;
  if (height > longestSide || width > longestSide || height * width > most)
    throw Error(fmt::format(
        "a picture of {}x{}; at most {} pixels a side and {} in all{}", height,
        width, longestSide, most,
        isHeldWhole ? " (interlaced or progressive)" : ""));
}

namespace {

enum class Format { Png, Jpeg };

/// Decides by its first bytes, not its name. Leaves the file at its beginning.
Format formatOf(std::FILE *file) {
  constexpr std::array<uint8_t, 8> png = {0x89, 'P',  'N',  'G',
                                          '\r', '\n', 0x1a, '\n'};
  constexpr std::array<uint8_t, 3> jpeg = {0xff, 0xd8, 0xff};
  std::array<uint8_t, 8> bytes{};
  size_t count = std::fread(bytes.data(), 1, bytes.size(), file);
  std::rewind(file);
  if (count == 0)
    throw Error("an empty file");
  if (count == png.size() && bytes == png)
    return Format::Png;
  if (count >= jpeg.size() &&
      std::equal(jpeg.begin(), jpeg.end(), bytes.begin()))
    return Format::Jpeg;
  throw Error("neither a PNG nor a JPEG");
}

template <typename Action> auto named(const std::string &path, Action action) {
  try {
    return action();
  } catch (const Error &error) {
    throw Error(fmt::format("{}: {}", path, error.what()));
  }
}

} // namespace

void checkPictureChannels(std::string_view who, int64_t channels) {
  if (channels != 1 && channels != 3)
    throw Error(fmt::format("{}: pictures have 1 channel or 3, the network "
                            "takes {}",
                            who, channels));
}

PictureSize inspectPicture(const std::string &path) {
  return named(path, [&] {
    InputFile file(path);
    return formatOf(file.get()) == Format::Png
               ? decodePng(file.get(), 3, nullptr)
               : decodeJpeg(file.get(), 3, {}, nullptr);
  });
}

static void decodeOpen(std::FILE *file, const PictureFormat &format,
                       std::span<uint8_t> out) {
  PictureScaler scaler(format, out);
  if (formatOf(file) == Format::Png) {
    decodePng(file, format.channels, &scaler);
    return;
  }
  PictureSize size = decodeJpeg(file, format.channels, {}, nullptr);
  std::rewind(file);
  PictureSize scaled = scaledSize(size, format);
  // Twice as large, so that the reduction stays the filter's.
  decodeJpeg(file, format.channels, {2 * scaled.height, 2 * scaled.width},
             &scaler);
}

void decodePicture(const std::string &path, const PictureFormat &format,
                   std::span<uint8_t> out) {
  named(path, [&] {
    InputFile file(path);
    decodeOpen(file.get(), format, out);
  });
}

void decodePicture(const std::string &name, std::span<const uint8_t> bytes,
                   const PictureFormat &format, std::span<uint8_t> out) {
  named(name, [&] {
    InputFile file(bytes);
    decodeOpen(file.get(), format, out);
  });
}

} // namespace netc::runtime::data
