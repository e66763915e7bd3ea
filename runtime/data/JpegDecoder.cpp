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

/// CMYK as RGB, in place. Adobe writes it inverted.
void convertCmyk(const jpeg_decompress_struct &jpeg, std::span<uint8_t> row) {
  for (size_t x = 0; x < jpeg.output_width; ++x) {
    const uint8_t *pixel = row.data() + 4 * x;
    uint32_t key = jpeg.saw_Adobe_marker ? pixel[3] : 255u - pixel[3];
    for (size_t c = 0; c < 3; ++c) { // never beyond what is read
      uint32_t value = jpeg.saw_Adobe_marker ? pixel[c] : 255u - pixel[c];
      row[3 * x + c] = static_cast<uint8_t>((value * key + 127) / 255);
    }
  }
}

} // namespace

PictureHeader decodeJpeg(std::FILE *file, const PixelRequest &request,
                         RowSink *sink) {
  Orientation orientation;
  if (request.orients) {
    orientation = exifOrientationOfJpeg(file);
    std::rewind(file);
  }
  Reader reader;
  reader.jpeg.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = onError;
  reader.errors.emit_message = onMessage;
  reader.jpeg.client_data = &reader;
  if (!readHeader(reader, file))
    fail(reader);
  PictureSize size{reader.jpeg.image_height, reader.jpeg.image_width};
  checkPictureSize(size, jpeg_has_multiple_scans(&reader.jpeg));
  PictureHeader header{orientation.shown(size), 8};
  if (!sink)
    return header;
  int64_t channels = request.channels;
  PictureSize least = request.least ? request.least(header.size) : header.size;
  if (!start(reader, channels, orientation.shown(least)))
    fail(reader);
  PictureSize decoded{reader.jpeg.output_height, reader.jpeg.output_width};
  int64_t stored = reader.jpeg.output_components;
  // The library writes past the caches to what is aligned, and it is read at
  // once: one byte on.
  std::vector<uint8_t> buffer(static_cast<size_t>(decoded.width * stored) + 1);
  std::span<uint8_t> row = std::span(buffer).subspan(1);
  std::vector<uint8_t> converted(static_cast<size_t>(decoded.width * channels));
  bool isCmyk = reader.jpeg.out_color_space == JCS_CMYK;
  sink->begin(decoded, orientation);
  for (int64_t y = 0; y < decoded.height; ++y) {
    if (!readRow(reader, row.data()))
      fail(reader);
    if (isCmyk)
      convertCmyk(reader.jpeg, row);
    sink->row(convertRow(row.data(), decoded.width, isCmyk ? 3 : stored,
                         channels, converted.data()));
  }
  if (!finish(reader))
    fail(reader);
  return header;
}

} // namespace netc::runtime::data
