// TIFF by libtiff, the first picture of a file: grey and RGB of 8 and 16 bits
// as they are stored, anything else that the library makes colours of in 8. An
// alpha channel is left out.
#include "runtime/data/PictureDecoder.h"

#include <algorithm>
#include <cstdarg>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <tiffio.h>

namespace netc::runtime::data {
namespace {

constexpr tmsize_t mostBytesAtOnce = tmsize_t{1} << 28;
constexpr int mostSamples = 8; // of a pixel

/// What the library reads from, and what it says first.
struct Input {
  std::FILE *file = nullptr;
  char message[256] = "";
};

/// The library tells of mistakes by these instead of on standard error.
int onError(TIFF *, void *user, const char *, const char *form, va_list list) {
  auto *input = static_cast<Input *>(user);
  if (input->message[0] == 0)
    std::vsnprintf(input->message, sizeof input->message, form, list);
  return 1;
}
int onWarning(TIFF *, void *, const char *, const char *, va_list) { return 1; }

std::FILE *fileOf(thandle_t handle) {
  return static_cast<Input *>(handle)->file;
}
tmsize_t readBytes(thandle_t handle, void *out, tmsize_t count) {
  return static_cast<tmsize_t>(
      std::fread(out, 1, static_cast<size_t>(count), fileOf(handle)));
}
tmsize_t writeNothing(thandle_t, void *, tmsize_t) { return -1; }
toff_t seek(thandle_t handle, toff_t offset, int whence) {
  constexpr auto wrong = static_cast<toff_t>(-1);
  if (offset > static_cast<toff_t>(std::numeric_limits<off_t>::max()) ||
      fseeko(fileOf(handle), static_cast<off_t>(offset), whence) != 0)
    return wrong;
  return static_cast<toff_t>(ftello(fileOf(handle)));
}
int closeNothing(thandle_t) { return 0; }
toff_t sizeOf(thandle_t handle) {
  std::FILE *file = fileOf(handle);
  off_t place = ftello(file);
  fseeko(file, 0, SEEK_END);
  off_t size = ftello(file);
  fseeko(file, place, SEEK_SET);
  return static_cast<toff_t>(std::max<off_t>(size, 0));
}

class Tiff {
public:
  explicit Tiff(std::FILE *file);
  ~Tiff() { TIFFClose(tiff); }
  Tiff(const Tiff &) = delete;
  Tiff &operator=(const Tiff &) = delete;

  [[noreturn]] void fail() const {
    throw Error(input.message[0] ? input.message : "damaged TIFF");
  }
  /// The number of a field, or what the format says where it is not given.
  template <typename T> T field(uint32_t tag) const {
    T value{};
    if (!TIFFGetFieldDefaulted(tiff, tag, &value))
      return T{};
    return value;
  }
  TIFF *get() const { return tiff; }

private:
  Input input;
  TIFF *tiff = nullptr;
};

Tiff::Tiff(std::FILE *file) : input{file} {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options)
    throw std::bad_alloc();
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, mostBytesAtOnce);
  TIFFOpenOptionsSetErrorHandlerExtR(options, onError, &input);
  TIFFOpenOptionsSetWarningHandlerExtR(options, onWarning, &input);
  // Read, not mapped: a file that is cut meanwhile would end the process.
  tiff = TIFFClientOpenExt("", "rm", &input, readBytes, writeNothing, seek,
                           closeNothing, sizeOf, nullptr, nullptr, options);
  TIFFOpenOptionsFree(options);
  if (!tiff)
    fail();
}

struct Layout {
  PictureSize size;
  int bits = 0, samples = 0;
  uint16_t photometric = 0, planes = 0, compression = 0, orientation = 0;
  bool isTiled = false;
  int64_t tileHeight = 0, tileWidth = 0; // a strip is a tile of whole rows

  /// Whether the samples are the colours themselves, side by side.
  bool isDirect() const {
    bool isGrey = photometric == PHOTOMETRIC_MINISBLACK ||
                  photometric == PHOTOMETRIC_MINISWHITE;
    bool isRgb =
        photometric == PHOTOMETRIC_RGB ||
        (photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG);
    return (bits == 8 || bits == 16) && (isGrey || (isRgb && samples >= 3)) &&
           (planes == PLANARCONFIG_CONTIG || samples == 1);
  }
};

Layout readLayout(const Tiff &tiff) {
  Layout layout;
  layout.size = {tiff.field<uint32_t>(TIFFTAG_IMAGELENGTH),
                 tiff.field<uint32_t>(TIFFTAG_IMAGEWIDTH)};
  layout.bits = tiff.field<uint16_t>(TIFFTAG_BITSPERSAMPLE);
  layout.samples = tiff.field<uint16_t>(TIFFTAG_SAMPLESPERPIXEL);
  if (!TIFFGetField(tiff.get(), TIFFTAG_PHOTOMETRIC, &layout.photometric))
    layout.photometric =
        layout.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  layout.planes = tiff.field<uint16_t>(TIFFTAG_PLANARCONFIG);
  layout.compression = tiff.field<uint16_t>(TIFFTAG_COMPRESSION);
  layout.orientation = tiff.field<uint16_t>(TIFFTAG_ORIENTATION);
  checkPictureSize(layout.size, /*isHeldWhole=*/false);
  layout.isTiled = TIFFIsTiled(tiff.get()) != 0;
  if (layout.isTiled) {
    layout.tileHeight = tiff.field<uint32_t>(TIFFTAG_TILELENGTH);
    layout.tileWidth = tiff.field<uint32_t>(TIFFTAG_TILEWIDTH);
  } else {
    layout.tileHeight = std::min<int64_t>(
        tiff.field<uint32_t>(TIFFTAG_ROWSPERSTRIP), layout.size.height);
    layout.tileWidth = layout.size.width;
  }
  if (layout.samples < 1 || layout.samples > mostSamples)
    throw Error(fmt::format("a TIFF of {} samples a pixel; at most {} are read",
                            layout.samples, mostSamples));
  auto format = tiff.field<uint16_t>(TIFFTAG_SAMPLEFORMAT);
  if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
    throw Error("a TIFF whose samples are no whole numbers from 0 on");
  if (layout.compression == COMPRESSION_OJPEG)
    throw Error("a TIFF of the old kind of JPEG, which is not read");
  // A row of tiles is held, and may be padded on two sides.
  bool isHeld = layout.isTiled || !layout.isDirect();
  if (layout.tileHeight < 1 || layout.tileWidth < 1)
    throw Error("damaged TIFF: its tiles are empty");
  if (isHeld)
    checkPictureSize({std::min(layout.tileHeight, int64_t{1} << 31),
                      std::max(layout.size.width, layout.tileWidth)},
                     /*isHeldWhole=*/true);
  return layout;
}

/// Brings rows of the file's samples to the sink.
class DirectRows {
public:
  DirectRows(const Layout &layout, const PixelRequest &request, RowSink &sink)
      : layout(layout), sink(sink), channels(request.channels),
        isWide(layout.bits == 16 && request.isWide) {
    auto pixels = static_cast<size_t>(layout.size.width);
    wide.resize(isWide ? pixels * static_cast<size_t>(channels) : 0);
    narrowed.resize(pixels * static_cast<size_t>(layout.samples));
    converted.resize(pixels * static_cast<size_t>(channels));
  }

  void give(uint8_t *row) {
    int64_t from = layout.samples >= 3 ? layout.samples : 1;
    if (layout.photometric == PHOTOMETRIC_MINISBLACK ||
        layout.photometric == PHOTOMETRIC_MINISWHITE)
      from = 1;
    size_t samples = narrowed.size();
    if (isWide) {
      auto *values = reinterpret_cast<uint16_t *>(row);
      flip(values, samples);
      pick(values, from);
      sink.row(
          convertRow(values, layout.size.width, from, channels, wide.data()));
      return;
    }
    if (layout.bits == 16)
      std::transform(reinterpret_cast<uint16_t *>(row),
                     reinterpret_cast<uint16_t *>(row) + samples,
                     narrowed.begin(), narrow);
    else
      std::copy_n(row, samples, narrowed.begin());
    flip(narrowed.data(), samples);
    pick(narrowed.data(), from);
    sink.row(convertRow(narrowed.data(), layout.size.width, from, channels,
                        converted.data()));
  }

private:
  template <typename T> void flip(T *values, size_t count) const {
    if (layout.photometric == PHOTOMETRIC_MINISWHITE)
      for (size_t i = 0; i < count; ++i)
        values[i] = static_cast<T>(std::numeric_limits<T>::max() - values[i]);
  }
  /// Of grey with further samples, the grey alone.
  template <typename T> void pick(T *values, int64_t from) const {
    if (from == 1 && layout.samples > 1)
      for (int64_t x = 0; x < layout.size.width; ++x)
        values[x] = values[x * layout.samples];
  }

  const Layout &layout;
  RowSink &sink;
  const int64_t channels;
  const bool isWide;
  std::vector<uint16_t> wide;
  std::vector<uint8_t> narrowed, converted;
};

void readStrips(const Tiff &tiff, const Layout &layout, DirectRows &rows) {
  auto rowBytes =
      static_cast<size_t>(layout.size.width * layout.samples * layout.bits / 8);
  if (TIFFScanlineSize(tiff.get()) != static_cast<tmsize_t>(rowBytes))
    throw Error("a TIFF whose rows are not as long as it is wide");
  std::vector<uint16_t> row(rowBytes / 2 + 1); // of even addresses
  auto *bytes = reinterpret_cast<uint8_t *>(row.data());
  for (int64_t y = 0; y < layout.size.height; ++y) {
    if (TIFFReadScanline(tiff.get(), bytes, static_cast<uint32_t>(y), 0) != 1)
      tiff.fail();
    rows.give(bytes);
  }
}

void readTiles(const Tiff &tiff, const Layout &layout, DirectRows &rows) {
  auto pixelBytes = static_cast<size_t>(layout.samples * layout.bits / 8);
  auto width = static_cast<size_t>(layout.size.width);
  auto tileWidth = static_cast<size_t>(layout.tileWidth);
  auto tileHeight = static_cast<size_t>(layout.tileHeight);
  size_t tileBytes = tileWidth * tileHeight * pixelBytes;
  if (TIFFTileSize(tiff.get()) != static_cast<tmsize_t>(tileBytes))
    throw Error("a TIFF whose tiles are not of their size");
  size_t rowBytes = width * pixelBytes;
  std::vector<uint8_t> tile(tileBytes);
  std::vector<uint16_t> band(
      (rowBytes / 2 + 1) *
      std::min(tileHeight, static_cast<size_t>(layout.size.height)));
  size_t stride = (rowBytes / 2 + 1) * 2;
  auto *bytes = reinterpret_cast<uint8_t *>(band.data());
  for (int64_t y = 0; y < layout.size.height; y += layout.tileHeight) {
    auto high = static_cast<size_t>(
        std::min(layout.tileHeight, layout.size.height - y));
    for (size_t x = 0; x < width; x += tileWidth) {
      if (TIFFReadTile(tiff.get(), tile.data(), static_cast<uint32_t>(x),
                       static_cast<uint32_t>(y), 0, 0) < 0)
        tiff.fail();
      size_t across = std::min(tileWidth, width - x);
      for (size_t i = 0; i < high; ++i)
        std::memcpy(bytes + i * stride + x * pixelBytes,
                    tile.data() + i * tileWidth * pixelBytes,
                    across * pixelBytes);
    }
    for (size_t i = 0; i < high; ++i)
      rows.give(bytes + i * stride);
  }
}

/// Colours that the library makes of anything, a row of tiles at a time.
void readColours(const Tiff &tiff, const Layout &layout, int64_t channels,
                 RowSink &sink) {
  char message[1024] = "";
  if (!TIFFRGBAImageOK(tiff.get(), message))
    throw Error(message);
  // The rows as they are stored, which come from the last one on.
  TIFFSetField(tiff.get(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  int64_t width = layout.size.width, tileWidth = layout.tileWidth;
  int64_t tileHeight = layout.tileHeight;
  std::vector<uint32_t> tile(static_cast<size_t>(tileWidth * tileHeight));
  std::vector<uint8_t> rgb(static_cast<size_t>(width * 3 * tileHeight));
  std::vector<uint8_t> row(static_cast<size_t>(width * channels));
  for (int64_t y = 0; y < layout.size.height; y += tileHeight) {
    int64_t high = std::min(tileHeight, layout.size.height - y);
    for (int64_t x = 0; x < width; x += tileWidth) {
      auto left = static_cast<uint32_t>(x), top = static_cast<uint32_t>(y);
      int isRead = layout.isTiled
                       ? TIFFReadRGBATileExt(tiff.get(), left, top, tile.data(),
                                             /*stop_on_error=*/1)
                       : TIFFReadRGBAStripExt(tiff.get(), top, tile.data(),
                                              /*stop_on_error=*/1);
      if (!isRead)
        tiff.fail();
      int64_t last = layout.isTiled ? tileHeight - 1 : high - 1;
      int64_t across = std::min(tileWidth, width - x);
      for (int64_t i = 0; i < high; ++i)
        for (int64_t j = 0; j < across; ++j) {
          uint32_t pixel =
              tile[static_cast<size_t>((last - i) * tileWidth + j)];
          uint8_t *out = rgb.data() + 3 * (i * width + x + j);
          out[0] = TIFFGetR(pixel);
          out[1] = TIFFGetG(pixel);
          out[2] = TIFFGetB(pixel);
        }
    }
    for (int64_t i = 0; i < high; ++i) {
      sink.row(convertRow(rgb.data() + i * width * 3, width, 3, channels,
                          row.data()));
    }
  }
}

} // namespace

PictureHeader decodeTiff(std::FILE *file, const PixelRequest &request,
                         RowSink *sink) {
  Tiff tiff(file);
  Layout layout = readLayout(tiff);
  Orientation orientation =
      request.orients ? Orientation::of(layout.orientation) : Orientation();
  PictureHeader header{orientation.shown(layout.size),
                       layout.isDirect() && layout.bits == 16 ? 16 : 8};
  if (!sink)
    return header;
  if (layout.photometric == PHOTOMETRIC_YCBCR &&
      layout.compression == COMPRESSION_JPEG)
    TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  sink->begin(layout.size, orientation);
  if (!layout.isDirect()) {
    readColours(tiff, layout, request.channels, *sink);
    return header;
  }
  DirectRows rows(layout, request, *sink);
  if (layout.isTiled)
    readTiles(tiff, layout, rows);
  else
    readStrips(tiff, layout, rows);
  return header;
}

} // namespace netc::runtime::data
