// PNG by libpng: any depth and colour becomes grey or RGB of 8 or 16 bits; an
// alpha channel is left out.
#include "runtime/data/PictureDecoder.h"

#include <bit>
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

/// A chunk above the limit is only a warning to the library, which then takes
/// the memory that it claims.
void onWarning(png_structp png, png_const_charp message) {
  if (std::strstr(message, "chunk data is too large"))
    onError(png, message);
}

constexpr png_byte exifName[5] = {'e', 'X', 'I', 'f', 0};

bool readHeader(Reader &reader, std::FILE *file) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_init_io(reader.png, file);
  // Chunks that are not pixels may be large: what they hold is not kept.
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
  // The library's own reader of this one takes as much memory as it says.
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_ALWAYS, exifName, 1);
  png_set_chunk_malloc_max(reader.png, 1 << 23);
  png_set_chunk_cache_max(reader.png, 64);
  png_read_info(reader.png, reader.info);
  return true;
}

/// What the rows of a file are to be.
enum class Rows { Narrow, Wide, Labels };

bool prepare(Reader &reader, Rows rows) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  if (rows == Rows::Labels)
    png_set_packing(reader.png); // a byte for each number of less than 8 bits
  else
    png_set_expand(reader.png); // palettes, less than 8 bits, transparency
  if (rows == Rows::Narrow)
    png_set_scale_16(reader.png);
  else if (std::endian::native == std::endian::little)
    png_set_swap(reader.png);
  if (rows != Rows::Labels)
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

Orientation orientationOf(Reader &reader) {
  png_unknown_chunkp chunks = nullptr;
  int count = png_get_unknown_chunks(reader.png, reader.info, &chunks);
  for (int i = 0; i < count; ++i)
    if (std::memcmp(chunks[i].name, exifName, sizeof exifName) == 0)
      return exifOrientation({chunks[i].data, chunks[i].size});
  return {};
}

/// Reads the rows that the header has announced, `channels` of T for each
/// pixel in them.
template <typename T>
void readRows(Reader &reader, PictureSize size, int64_t channels,
              bool isInterlaced, RowSink &sink) {
  int64_t stored = png_get_channels(reader.png, reader.info);
  auto rowSize = static_cast<size_t>(size.width * stored);
  std::vector<T> rows(rowSize *
                      static_cast<size_t>(isInterlaced ? size.height : 1));
  std::vector<T> converted(static_cast<size_t>(size.width * channels));
  if (isInterlaced) {
    std::vector<uint8_t *> starts;
    for (int64_t y = 0; y < size.height; ++y)
      starts.push_back(reinterpret_cast<uint8_t *>(
          rows.data() + static_cast<size_t>(y) * rowSize));
    if (!readWhole(reader, starts.data()))
      fail(reader);
  }
  for (int64_t y = 0; y < size.height; ++y) {
    T *row =
        rows.data() + (isInterlaced ? static_cast<size_t>(y) * rowSize : 0);
    if (!isInterlaced && !readRow(reader, reinterpret_cast<uint8_t *>(row)))
      fail(reader);
    sink.row(convertRow(row, size.width, stored, channels, converted.data()));
  }
}

PictureHeader decode(std::FILE *file, const PixelRequest &request,
                     bool readsLabels, RowSink *sink) {
  Reader reader;
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, onError,
                                      onWarning);
  if (reader.png)
    reader.info = png_create_info_struct(reader.png);
  if (!reader.info)
    throw std::bad_alloc();
  if (!readHeader(reader, file))
    fail(reader);
  PictureHeader header;
  header.size = {png_get_image_height(reader.png, reader.info),
                 png_get_image_width(reader.png, reader.info)};
  header.bits = png_get_bit_depth(reader.png, reader.info) == 16 ? 16 : 8;
  bool isInterlaced =
      png_get_interlace_type(reader.png, reader.info) != PNG_INTERLACE_NONE;
  checkPictureSize(header.size, isInterlaced);
  int colour = png_get_color_type(reader.png, reader.info);
  if (readsLabels && colour != PNG_COLOR_TYPE_PALETTE &&
      colour != PNG_COLOR_TYPE_GRAY)
    throw Error("is a PNG of colours; a mask is indexed or grey, each pixel "
                "the number of its class");
  Orientation orientation =
      request.orients ? orientationOf(reader) : Orientation();
  PictureSize size = header.size;
  header.size = orientation.shown(size);
  if (!sink)
    return header;
  if (isInterlaced)
    png_set_interlace_handling(reader.png);
  bool isWide = header.bits == 16 && (request.isWide || readsLabels);
  if (!prepare(reader, readsLabels ? Rows::Labels
                       : isWide    ? Rows::Wide
                                   : Rows::Narrow))
    fail(reader);
  sink->begin(size, orientation);
  if (isWide)
    readRows<uint16_t>(reader, size, request.channels, isInterlaced, *sink);
  else
    readRows<uint8_t>(reader, size, request.channels, isInterlaced, *sink);
  return header;
}

} // namespace

PictureHeader decodePng(std::FILE *file, const PixelRequest &request,
                        RowSink *sink) {
  return decode(file, request, /*readsLabels=*/false, sink);
}

PictureHeader decodePngLabels(std::FILE *file, RowSink *sink) {
  PixelRequest request;
  request.channels = 1;
  return decode(file, request, /*readsLabels=*/true, sink);
}

} // namespace netc::runtime::data
