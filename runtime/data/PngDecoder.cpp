// PNG by libpng: any depth and colour becomes 8-bit grey or RGB; an alpha
// channel is left out.
#include "runtime/data/PictureDecoder.h"

#include <csetjmp>
#include <cstring>
#include <fmt/format.h>
#include <png.h>
#include <vector>

namespace netc::runtime::data {
namespace {

/// What goes wrong inside libpng comes back by longjmp: no object with a
/// destructor may live in the functions that it can leave.
struct Reader {
  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[128] = "";

  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
};

[[noreturn]] void onError(png_structp png, png_const_charp message) {
  auto *reader = static_cast<Reader *>(png_get_error_ptr(png));
  std::snprintf(reader->message, sizeof reader->message, "%s", message);
  png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

bool readHeader(Reader &reader, std::FILE *file) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_init_io(reader.png, file);
  // Chunks that are not pixels may be large: what they hold is not kept.
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
  png_set_chunk_malloc_max(reader.png, 1 << 20);
  png_set_chunk_cache_max(reader.png, 64);
  png_read_info(reader.png, reader.info);
  return true;
}

bool prepare(Reader &reader) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_set_expand(reader.png); // palettes, less than 8 bits, transparency
  png_set_scale_16(reader.png);
  png_set_strip_alpha(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool readRow(Reader &reader, uint8_t *row) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_read_row(reader.png, row, nullptr);
  return true;
}

bool readWhole(Reader &reader, uint8_t **rows) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_read_image(reader.png, rows);
  return true;
}

[[noreturn]] void fail(const Reader &reader) {
  throw Error(reader.message[0] ? reader.message : "damaged PNG");
}

/// The row as `channels` of the two it may have.
void convert(const uint8_t *row, int64_t width, int64_t from, int64_t to,
             uint8_t *out) {
  if (from == to) {
    std::memcpy(out, row, static_cast<size_t>(width * from));
  } else if (to == 3) {
    for (int64_t x = 0; x < width; ++x)
      std::memset(out + 3 * x, row[x], 3);
  } else { // luma of ITU-R BT.601, in 16 bits of fraction
    for (int64_t x = 0; x < width; ++x) {
      const uint8_t *rgb = row + 3 * x;
      out[x] = static_cast<uint8_t>(
          (rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
    }
  }
}

} // namespace

PictureSize decodePng(std::FILE *file, int64_t channels, RowSink *sink) {
  Reader reader;
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, onError,
                                      onWarning);
  if (reader.png)
    reader.info = png_create_info_struct(reader.png);
  if (!reader.info)
    throw std::bad_alloc();
  if (!readHeader(reader, file))
    fail(reader);
  PictureSize size{png_get_image_height(reader.png, reader.info),
                   png_get_image_width(reader.png, reader.info)};
  bool isInterlaced =
      png_get_interlace_type(reader.png, reader.info) != PNG_INTERLACE_NONE;
  checkPictureSize(size, isInterlaced);
  if (!sink)
    return size;
  if (isInterlaced)
    png_set_interlace_handling(reader.png);
  if (!prepare(reader))
    fail(reader);
  int64_t stored = png_get_channels(reader.png, reader.info);
  auto rowBytes = static_cast<size_t>(size.width * stored);
  std::vector<uint8_t> rows(
      rowBytes * static_cast<size_t>(isInterlaced ? size.height : 1));
  std::vector<uint8_t> converted(static_cast<size_t>(size.width * channels));
  if (isInterlaced) {
    std::vector<uint8_t *> starts;
    for (int64_t y = 0; y < size.height; ++y)
      starts.push_back(rows.data() + static_cast<size_t>(y) * rowBytes);
    if (!readWhole(reader, starts.data()))
      fail(reader);
  }
  sink->begin(size);
  for (int64_t y = 0; y < size.height; ++y) {
    uint8_t *row =
        rows.data() + (isInterlaced ? static_cast<size_t>(y) * rowBytes : 0);
    if (!isInterlaced && !readRow(reader, row))
      fail(reader);
    convert(row, size.width, stored, channels, converted.data());
    sink->row(converted.data());
  }
  return size;
}

} // namespace netc::runtime::data
