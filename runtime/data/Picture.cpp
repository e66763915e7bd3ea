// Chooses the decoder and takes a file through it.
#include "runtime/data/Picture.h"

#include "runtime/InputFile.h"
#include "runtime/data/PictureDecoder.h"
#include "runtime/data/PictureScaler.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>

namespace netc::runtime::data {

InputFile::InputFile(const std::string &path) {
  if (std::string problem = problemOfInput(path); !problem.empty())
    throw Error(problem);
  file = std::fopen(path.c_str(), "rb");
  if (!file)
    throw Error(std::strerror(errno));
}

InputFile::InputFile(std::span<const uint8_t> bytes) {
  if (bytes.empty())
    throw Error("an empty file");
  // Opened to be read, it writes nothing.
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
        isHeldWhole ? " (its format is held whole)" : ""));
}

bool isPictureName(std::string_view name) {
  constexpr std::array<std::string_view, 7> endings = {
      ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"};
  std::string lower(
      name.substr(name.size() - std::min<size_t>(name.size(), 5)));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::any_of(
      endings.begin(), endings.end(),
      [&](std::string_view ending) { return lower.ends_with(ending); });
}

namespace {

/// Decides by its first bytes, not its name. Leaves the file at its beginning.
Decoder *decoderOf(std::FILE *file) {
  std::array<char, 12> bytes{};
  size_t count = std::fread(bytes.data(), 1, bytes.size(), file);
  std::rewind(file);
  if (count == 0)
    throw Error("an empty file");
  std::string_view begin(bytes.data(), count);
  if (begin.starts_with("\x89PNG\r\n\x1a\n"))
    return decodePng;
  if (begin.starts_with("\xff\xd8\xff"))
    return decodeJpeg;
  if (begin.starts_with("RIFF") && begin.ends_with("WEBP") && count == 12)
    return decodeWebp;
  if (begin.starts_with("BM"))
    return decodeBmp;
  using namespace std::string_view_literals;
  for (std::string_view tiff : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})
    if (begin.starts_with(tiff))
      return decodeTiff;
  throw Error("neither a PNG nor a JPEG, WebP, BMP or TIFF");
}

template <typename Action> auto named(const std::string &path, Action action) {
  try {
    return action();
  } catch (const Error &error) {
    throw Error(fmt::format("{}: {}", path, error.what()));
  }
}

/// The largest label but for the ignored one.
class LargestLabel final : public RowSink {
public:
  LargestLabel(MaskLabels &labels, int32_t ignored)
      : labels(labels), ignored(ignored) {}

  void begin(PictureSize decoded, Orientation) override {
    labels.size = decoded;
  }
  void row(const uint8_t *pixels) override { take(pixels); }
  void row(const uint16_t *pixels) override { take(pixels); }

private:
  template <typename T> void take(const T *pixels) {
    for (int64_t x = 0; x < labels.size.width; ++x)
      if (pixels[x] != ignored)
        labels.largest = std::max<int32_t>(labels.largest, pixels[x]);
  }

  MaskLabels &labels;
  const int32_t ignored;
};

void decodeOpen(std::FILE *file, const PictureFormat &format,
                std::span<uint8_t> out) {
  PictureScaler scaler(format, out);
  PixelRequest request{format.channels, format.bits == 16, format.orients, {}};
  request.least = [&](PictureSize shown) {
    PictureSize scaled = scaledSize(shown, format);
    // Twice as large, so that the reduction stays the filter's.
    return PictureSize{2 * scaled.height, 2 * scaled.width};
  };
  decoderOf(file)(file, request, &scaler);
}

/// A PNG, of which masks are.
void requirePng(std::FILE *file) {
  if (decoderOf(file) != decodePng)
    throw Error("a mask is a PNG, indexed or grey");
}

} // namespace

void checkPictureChannels(std::string_view who, int64_t channels) {
  if (channels != 1 && channels != 3)
    throw Error(fmt::format("{}: pictures have 1 channel or 3, the network "
                            "takes {}",
                            who, channels));
}

PictureHeader inspectPicture(const std::string &path, bool orients) {
  return named(path, [&] {
    InputFile file(path);
    // Of what follows the header the disk would read much ahead. It is advice:
    // whether it was taken does not matter.
    posix_fadvise(fileno(file.get()), 0, 0, POSIX_FADV_RANDOM);
    PixelRequest request;
    request.orients = orients;
    return decoderOf(file.get())(file.get(), request, nullptr);
  });
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

void decodeMask(const std::string &path, const PictureFormat &format,
                std::span<uint16_t> out) {
  named(path, [&] {
    InputFile file(path);
    requirePng(file.get());
    PictureFormat labels = format;
    labels.channels = 1;
    labels.bits = 16;
    PictureScaler scaler(
        labels,
        {reinterpret_cast<uint8_t *>(out.data()), out.size() * sizeof(out[0])},
        Sampling::Nearest);
    decodePngLabels(file.get(), &scaler);
  });
}

MaskLabels inspectMask(const std::string &path, int32_t ignored) {
  return named(path, [&] {
    InputFile file(path);
    requirePng(file.get());
    MaskLabels labels;
    LargestLabel sink(labels, ignored);
    decodePngLabels(file.get(), &sink);
    return labels;
  });
}

} // namespace netc::runtime::data
