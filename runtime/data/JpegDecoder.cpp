// JPEG by libjpeg-turbo: YCbCr, grey, RGB, and CMYK as Adobe writes it.
#include "runtime/data/PictureDecoder.h"

#include <csetjmp>
#include <cstdio> // before jpeglib.h, which needs its FILE
#include <fmt/format.h>
#include <vector>

#include <jerror.h>
#include <jpeglib.h>

namespace netc::runtime::data {
namespace {

// Each scan of a progressive file passes over all of its coefficients: a small
// file can ask for any number of them.
constexpr int mostScans = 100;

/// What goes wrong inside the library comes back by longjmp: no object with a
/// destructor may live in the functions that it can leave.
struct Reader {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX] = "";

  ~Reader() { jpeg_destroy_decompress(&jpeg); }
};

[[noreturn]] void onError(j_common_ptr jpeg) {
  auto *reader = static_cast<Reader *>(jpeg->client_data);
  if (reader->message[0] == 0)
    jpeg->err->format_message(jpeg, reader->message);
  std::longjmp(reader->jump, 1);
}

/// Damaged data is only a warning to the library, which goes on in grey.
void onMessage(j_common_ptr jpeg, int level) {
  if (level >= 0)
    return; // a trace
  switch (jpeg->err->msg_code) {
  case JWRN_EXTRANEOUS_DATA: // between two markers
  case JWRN_JFIF_MAJOR:
  case JWRN_ADOBE_XFORM:
  case JWRN_TOO_MUCH_DATA:
#ifdef JWRN_BOGUS_ICC
  case JWRN_BOGUS_ICC:
#endif
    return;
  default:
    onError(jpeg);
  }
}

void onProgress(j_common_ptr jpeg) {
  if (!jpeg->is_decompressor)
    return;
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > mostScans) {
    auto *reader = static_cast<Reader *>(jpeg->client_data);
    std::snprintf(reader->message, sizeof reader->message, "more than %d scans",
                  mostScans);
    onError(jpeg);
  }
}

bool readHeader(Reader &reader, std::FILE *file) {
  if (setjmp(reader.jump))
    return false;
  jpeg_create_decompress(&reader.jpeg);
  reader.jpeg.client_data = &reader;
  reader.progress.progress_monitor = onProgress;
  reader.jpeg.progress = &reader.progress;
  jpeg_stdio_src(&reader.jpeg, file);
  jpeg_read_header(&reader.jpeg, TRUE);
  return true;
}

bool start(Reader &reader, int64_t channels, PictureSize least) {
  if (setjmp(reader.jump))
    return false;
  jpeg_decompress_struct &jpeg = reader.jpeg;
  bool isCmyk =
      jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  bool isRgb = jpeg.jpeg_color_space == JCS_RGB;
  jpeg.out_color_space = isCmyk                    ? JCS_CMYK
                         : channels == 1 && !isRgb ? JCS_GRAYSCALE
                                                   : JCS_RGB;
  jpeg.dct_method = JDCT_ISLOW; // the same bits with and without SIMD
  // The library halves a picture for less than a filter would.
  jpeg.scale_num = 1;
  jpeg.scale_denom = 1;
  while (jpeg.scale_denom < 8 &&
         jpeg.image_width / (2 * jpeg.scale_denom) >= least.width &&
         jpeg.image_height / (2 * jpeg.scale_denom) >= least.height)
    jpeg.scale_denom *= 2;
  jpeg_start_decompress(&jpeg);
  return true;
}

bool readRow(Reader &reader, uint8_t *row) {
  if (setjmp(reader.jump))
    return false;
  JSAMPROW rows[] = {row};
  // A file in memory or on disk never makes the library wait.
  return jpeg_read_scanlines(&reader.jpeg, rows, 1) == 1;
}

bool finish(Reader &reader) {
  if (setjmp(reader.jump))
    return false;
  jpeg_finish_decompress(&reader.jpeg);
  return true;
}

[[noreturn]] void fail(const Reader &reader) {
  throw Error(reader.message[0] ? reader.message : "damaged JPEG");
}

uint8_t lumaOf(uint32_t red, uint32_t green, uint32_t blue) {
  return static_cast<uint8_t>(
      (red * 19595u + green * 38470u + blue * 7471u + 0x8000u) >> 16);
}

/// The row in its channels, in place of the library's. Adobe writes CMYK
/// inverted.
void convert(const jpeg_decompress_struct &jpeg, std::vector<uint8_t> &row,
             int64_t channels) {
  bool isCmyk = jpeg.out_color_space == JCS_CMYK;
  if (!isCmyk && jpeg.output_components == channels)
    return;
  auto from = static_cast<size_t>(jpeg.output_components);
  auto to = static_cast<size_t>(channels);
  for (size_t x = 0; x < jpeg.output_width; ++x) {
    uint32_t rgb[3];
    const uint8_t *pixel = row.data() + from * x;
    for (size_t c = 0; c < 3; ++c) {
      uint32_t value = pixel[c];
      if (isCmyk) {
        uint32_t key = pixel[3];
        if (!jpeg.saw_Adobe_marker) {
          value = 255 - value;
          key = 255 - key;
        }
        value = (value * key + 127) / 255;
      }
      rgb[c] = value;
    }
    uint8_t *out = row.data() + to * x; // never beyond what is read
    if (channels == 1)
      out[0] = lumaOf(rgb[0], rgb[1], rgb[2]);
    else
      for (size_t c = 0; c < 3; ++c)
        out[c] = static_cast<uint8_t>(rgb[c]);
  }
}

} // namespace

PictureSize decodeJpeg(std::FILE *file, int64_t channels, PictureSize least,
                       RowSink *sink) {
  Reader reader;
  reader.jpeg.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = onError;
  reader.errors.emit_message = onMessage;
  reader.jpeg.client_data = &reader;
  if (!readHeader(reader, file))
    fail(reader);
  PictureSize size{reader.jpeg.image_height, reader.jpeg.image_width};
  checkPictureSize(size, jpeg_has_multiple_scans(&reader.jpeg));
  if (!sink)
    return size;
  if (!start(reader, channels, least))
    fail(reader);
  PictureSize decoded{reader.jpeg.output_height, reader.jpeg.output_width};
  std::vector<uint8_t> row(
      static_cast<size_t>(decoded.width * reader.jpeg.output_components));
  sink->begin(decoded);
  for (int64_t y = 0; y < decoded.height; ++y) {
    if (!readRow(reader, row.data()))
      fail(reader);
    convert(reader.jpeg, row, channels);
    sink->row(row.data());
  }
  if (!finish(reader))
    fail(reader);
  return size;
}

} // namespace netc::runtime::data
