// WebP by libwebp, lossy and lossless: one picture, held whole; alpha is left
// out.
#include "runtime/data/PictureDecoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <webp/decode.h>
#include <webp/demux.h>

namespace netc::runtime::data {
namespace {

using Bytes = std::vector<uint8_t>;

/// Reads on, up to `count` bytes in all; whether there were as many.
bool readUpTo(std::FILE *file, Bytes &bytes, size_t count) {
  size_t had = bytes.size();
  bytes.resize(count);
  size_t more = std::fread(bytes.data() + had, 1, count - had, file);
  bytes.resize(had + more);
  return bytes.size() == count;
}

/// The bytes that the file's first chunk says it has, or fewer.
size_t announcedSize(const Bytes &bytes) {
  auto word = [&](size_t at) { return size_t{bytes[at]}; };
  size_t riff = word(4) | word(5) << 8 | word(6) << 16 | word(7) << 24;
  constexpr size_t most = size_t{1} << 28; // more than its pixels could need
  if (riff > most)
    throw Error("says that it is longer than 2^28 bytes");
  return riff + 8;
}

[[noreturn]] void fail(VP8StatusCode status) {
  switch (status) {
  case VP8_STATUS_OUT_OF_MEMORY:
    throw std::bad_alloc();
  case VP8_STATUS_NOT_ENOUGH_DATA:
  case VP8_STATUS_SUSPENDED:
    throw Error("truncated WebP");
  case VP8_STATUS_UNSUPPORTED_FEATURE:
    throw Error("a WebP of an unknown kind");
  default:
    throw Error("damaged WebP");
  }
}

/// Reads as little of the file as tells what it is.
WebPBitstreamFeatures readFeatures(std::FILE *file, Bytes &bytes) {
  constexpr size_t firstBlock = 4096;
  WebPBitstreamFeatures features;
  for (size_t count = firstBlock;; count *= 2) {
    bool isMore = readUpTo(file, bytes, count);
    if (bytes.size() < 12)
      throw Error("truncated WebP");
    isMore = isMore && bytes.size() < announcedSize(bytes);
    VP8StatusCode status =
        WebPGetFeatures(bytes.data(), bytes.size(), &features);
    if (status == VP8_STATUS_OK)
      break;
    if (status != VP8_STATUS_NOT_ENOUGH_DATA || !isMore)
      fail(status);
  }
  if (features.has_animation)
    throw Error("an animated WebP, not one picture");
  return features;
}

struct Release {
  void operator()(WebPDemuxer *demuxer) const { WebPDemuxDelete(demuxer); }
};

Orientation orientationOf(const Bytes &bytes) {
  constexpr char extended[] = {'V', 'P', '8', 'X'}; // the others have none
  if (bytes.size() < 16 ||
      std::memcmp(bytes.data() + 12, extended, sizeof extended) != 0)
    return {};
  WebPData data{bytes.data(), bytes.size()};
  std::unique_ptr<WebPDemuxer, Release> demuxer(WebPDemux(&data));
  WebPChunkIterator chunk{};
  if (!demuxer || !WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk))
    return {};
  Orientation orientation =
      exifOrientation({chunk.chunk.bytes, chunk.chunk.size});
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

Bytes decodeRgb(const Bytes &bytes, PictureSize size) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config))
    throw Error("the library of WebP is of another version");
  Bytes pixels(static_cast<size_t>(size.height * size.width * 3));
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {pixels.data(), static_cast<int>(size.width * 3),
                          pixels.size()};
  VP8StatusCode status = WebPDecode(bytes.data(), bytes.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK)
    fail(status);
  return pixels;
}

} // namespace

PictureHeader decodeWebp(std::FILE *file, const PixelRequest &request,
                         RowSink *sink) {
  Bytes bytes;
  WebPBitstreamFeatures features = readFeatures(file, bytes);
  PictureSize size{features.height, features.width};
  checkPictureSize(size, /*isHeldWhole=*/true);
  if (!sink && !request.orients)
    return {size, 8};
  // Memory grows with what has really come.
  size_t whole = announcedSize(bytes);
  while (bytes.size() < whole &&
         readUpTo(file, bytes, std::min(whole, 2 * bytes.size()))) {
  }
  bytes.resize(std::min(bytes.size(), whole));
  Orientation orientation =
      request.orients ? orientationOf(bytes) : Orientation();
  PictureHeader header{orientation.shown(size), 8};
  if (!sink)
    return header;
  Bytes pixels = decodeRgb(bytes, size);
  std::vector<uint8_t> row(static_cast<size_t>(size.width * request.channels));
  sink->begin(size, orientation);
  for (int64_t y = 0; y < size.height; ++y) {
    sink->row(convertRow(pixels.data() + y * size.width * 3, size.width, 3,
                         request.channels, row.data()));
  }
  return header;
}

} // namespace netc::runtime::data
