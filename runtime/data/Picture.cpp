// Chooses the decoder and takes a file through it.
#include "runtime/data/Picture.h"

#include "runtime/InputFile.h"
#include "runtime/data/PictureDecoder.h"
#include "runtime/data/PictureScaler.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>

namespace netc::runtime::data {

InputFile::InputFile(const std::string &path) {
  if (std::string problem = problemOfInput(path); !problem.empty())
    throw Error(problem);
  file = std::fopen(path.c_str(), "rb");
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

void decodePicture(const std::string &path, const PictureFormat &format,
                   std::span<uint8_t> out) {
  named(path, [&] {
    InputFile file(path);
    PictureScaler scaler(format, out);
    if (formatOf(file.get()) == Format::Png) {
      decodePng(file.get(), format.channels, &scaler);
      return;
    }
    PictureSize size = decodeJpeg(file.get(), format.channels, {}, nullptr);
    std::rewind(file.get());
    PictureSize scaled = scaledSize(size, format);
    // Twice as large, so that the reduction stays the filter's.
    decodeJpeg(file.get(), format.channels,
               {2 * scaled.height, 2 * scaled.width}, &scaler);
  });
}

} // namespace netc::runtime::data
