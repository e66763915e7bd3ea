// How pictures are turned, read by libexif.
#include "runtime/data/PictureDecoder.h"

#include <array>
#include <cstring>
#include <libexif/exif-data.h>
#include <libexif/exif-loader.h>
#include <memory>

namespace netc::runtime::data {
namespace {

constexpr std::array<uint8_t, 6> exifMark = {'E', 'x', 'i', 'f', 0, 0};

struct Release {
  void operator()(ExifData *data) const { exif_data_unref(data); }
  void operator()(ExifLoader *loader) const { exif_loader_unref(loader); }
};

} // namespace

Orientation Orientation::of(int exif) {
  switch (exif) {
  case 2:
    return {.flipsColumns = true};
  case 3:
    return {.flipsRows = true, .flipsColumns = true};
  case 4:
    return {.flipsRows = true};
  case 5:
    return {.transposes = true};
  case 6:
    return {.flipsRows = true, .transposes = true};
  case 7:
    return {.flipsRows = true, .flipsColumns = true, .transposes = true};
  case 8:
    return {.flipsColumns = true, .transposes = true};
  default:
    return {};
  }
}

Orientation exifOrientation(std::span<const uint8_t> tiff) {
  constexpr size_t most = size_t{1} << 20; // a chunk may say anything
  if (tiff.size() < 8 || tiff.size() > most)
    return {};
  std::vector<uint8_t> marked(exifMark.begin(), exifMark.end());
  if (std::memcmp(tiff.data(), exifMark.data(), exifMark.size()) == 0)
    marked.clear();
  marked.insert(marked.end(), tiff.begin(), tiff.end());
  std::unique_ptr<ExifData, Release> data(exif_data_new());
  if (!data)
    throw std::bad_alloc();
  exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_load_data(data.get(), marked.data(),
                      static_cast<unsigned>(marked.size()));
  ExifEntry *entry =
      exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (!entry || entry->format != EXIF_FORMAT_SHORT || entry->size < 2)
    return {};
  return Orientation::of(
      exif_get_short(entry->data, exif_data_get_byte_order(data.get())));
}

Orientation exifOrientationOfJpeg(std::FILE *file) {
  std::unique_ptr<ExifLoader, Release> loader(exif_loader_new());
  if (!loader)
    throw std::bad_alloc();
  std::array<uint8_t, 4096> block{};
  while (size_t count = std::fread(block.data(), 1, block.size(), file))
    if (!exif_loader_write(loader.get(), block.data(),
                           static_cast<unsigned>(count)))
      break; // it has all of it, or there is none
  const unsigned char *found = nullptr;
  unsigned size = 0;
  exif_loader_get_buf(loader.get(), &found, &size);
  return found ? exifOrientation({found, size}) : Orientation();
}

} // namespace netc::runtime::data
