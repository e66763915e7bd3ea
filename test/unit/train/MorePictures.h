// WebP, TIFF and BMP files that the tests make, and EXIF data in them.
#pragma once

#include "test/unit/train/TestPictures.h"

#include <tiffio.h>
#include <webp/encode.h>

namespace netc::test {

/// A little-endian number of `count` bytes.
inline void append(Bytes &bytes, uint64_t value, int count) {
  for (int i = 0; i < count; ++i)
    bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

inline void append(Bytes &bytes, const std::string &text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

/// EXIF data of one entry: how the picture is turned.
inline Bytes exif(int orientation) {
  Bytes bytes;
  append(bytes, std::string("II*"));
  bytes.push_back(0);
  append(bytes, 8, 4); // where the entries are
  append(bytes, 1, 2);
  append(bytes, 0x0112, 2);
  append(bytes, 3, 2); // a number of 16 bits
  append(bytes, 1, 4);
  append(bytes, static_cast<uint64_t>(orientation), 4);
  append(bytes, 0, 4);
  return bytes;
}

/// A JPEG with EXIF data behind its beginning.
inline Bytes withExif(const Bytes &jpeg, int orientation) {
  Bytes bytes = {0xff, 0xd8, 0xff, 0xe1, 0, 0};
  append(bytes, std::string("Exif"));
  append(bytes, 0, 2);
  Bytes data = exif(orientation);
  bytes.insert(bytes.end(), data.begin(), data.end());
  size_t size = bytes.size() - 4;
  bytes[4] = static_cast<uint8_t>(size >> 8);
  bytes[5] = static_cast<uint8_t>(size);
  bytes.insert(bytes.end(), jpeg.begin() + 2, jpeg.end());
  return bytes;
}

inline Bytes pixelsOf(int height, int width, const Pixel &pixel) {
  Bytes pixels;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (uint8_t value : pixel(y, x))
        pixels.push_back(value);
  return pixels;
}

/// Lossless, of RGB; 0 is no EXIF data.
inline Bytes webp(int height, int width, const Pixel &pixel,
                  int orientation = 0) {
  Bytes pixels = pixelsOf(height, width, pixel);
  uint8_t *encoded = nullptr;
  size_t size =
      WebPEncodeLosslessRGB(pixels.data(), width, height, 3 * width, &encoded);
  Bytes simple(encoded, encoded + size);
  WebPFree(encoded);
  if (orientation == 0)
    return simple;
  Bytes chunks;
  append(chunks, std::string("WEBPVP8X"));
  append(chunks, 10, 4);
  append(chunks, 8, 4); // it has EXIF data
  append(chunks, static_cast<uint64_t>(width - 1), 3);
  append(chunks, static_cast<uint64_t>(height - 1), 3);
  chunks.insert(chunks.end(), simple.begin() + 12, simple.end());
  Bytes data = exif(orientation);
  append(chunks, std::string("EXIF"));
  append(chunks, data.size(), 4);
  chunks.insert(chunks.end(), data.begin(), data.end());
  Bytes bytes;
  append(bytes, std::string("RIFF"));
  append(bytes, chunks.size(), 4);
  bytes.insert(bytes.end(), chunks.begin(), chunks.end());
  return bytes;
}

struct TiffOptions {
  int samples = 3, bits = 8;
  int photometric = PHOTOMETRIC_RGB;
  int compression = COMPRESSION_NONE;
  int orientation = ORIENTATION_TOPLEFT;
  int tile = 0; // its side; 0: strips
  int planes = PLANARCONFIG_CONTIG;
};

/// Writes a TIFF to a path and reads it again. Of 16 bits the samples are 257
/// times the values of `pixel`, and with `odd` one more.
inline Bytes tiffFile(const std::string &path, int height, int width,
                      const Pixel &pixel, TiffOptions options = {},
                      int odd = 0) {
  TIFF *file = TIFFOpen(path.c_str(), "w");
  TIFFSetField(file, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField(file, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, options.bits);
  TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, options.samples);
  TIFFSetField(file, TIFFTAG_PHOTOMETRIC, options.photometric);
  TIFFSetField(file, TIFFTAG_PLANARCONFIG, options.planes);
  TIFFSetField(file, TIFFTAG_COMPRESSION, options.compression);
  TIFFSetField(file, TIFFTAG_ORIENTATION, options.orientation);
  auto put = [&](Bytes &row, int value) {
    if (options.bits == 16) {
      auto wide = static_cast<uint16_t>(257 * value + odd);
      row.push_back(static_cast<uint8_t>(wide));
      row.push_back(static_cast<uint8_t>(wide >> 8));
    } else {
      row.push_back(static_cast<uint8_t>(value));
    }
  };
  if (options.tile > 0) {
    TIFFSetField(file, TIFFTAG_TILEWIDTH, options.tile);
    TIFFSetField(file, TIFFTAG_TILELENGTH, options.tile);
    for (int top = 0; top < height; top += options.tile)
      for (int left = 0; left < width; left += options.tile) {
        Bytes tile;
        for (int y = top; y < top + options.tile; ++y)
          for (int x = left; x < left + options.tile; ++x)
            for (uint8_t value :
                 pixel(std::min(y, height - 1), std::min(x, width - 1)))
              put(tile, value);
        TIFFWriteTile(file, tile.data(), static_cast<uint32_t>(left),
                      static_cast<uint32_t>(top), 0, 0);
      }
  } else {
    TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, 2);
    bool isContiguous = options.planes == PLANARCONFIG_CONTIG;
    for (int plane = 0; plane < (isContiguous ? 1 : options.samples); ++plane)
      for (int y = 0; y < height; ++y) {
        Bytes row;
        for (int x = 0; x < width; ++x) {
          std::vector<uint8_t> values = pixel(y, x);
          for (int s = 0; s < options.samples; ++s)
            if (isContiguous || s == plane)
              put(row, values[static_cast<size_t>(s)]);
        }
        TIFFWriteScanline(file, row.data(), static_cast<uint32_t>(y),
                          static_cast<uint16_t>(plane));
      }
  }
  TIFFClose(file);
  std::string text = readFile(path);
  return {text.begin(), text.end()};
}

struct BmpOptions {
  int bits = 24;
  uint32_t compression = 0;
  bool isTopDown = false, isCore = false;
  std::vector<uint32_t> masks; // behind a header of 40 bytes
};

/// A BMP of `data`, its pixels as they are stored; entry i of its palette is
/// i, 2i, 255 - i.
inline Bytes bmp(int height, int width, const Bytes &data,
                 BmpOptions options = {}) {
  uint64_t colours = options.bits <= 8 ? uint64_t{1} << options.bits : 0;
  uint64_t header = options.isCore ? 12 : 40;
  uint64_t begin = 14 + header + options.masks.size() * 4 +
                   colours * (options.isCore ? 3 : 4);
  Bytes bytes;
  append(bytes, std::string("BM"));
  append(bytes, begin + data.size(), 4);
  append(bytes, 0, 4);
  append(bytes, begin, 4);
  append(bytes, header, 4);
  int side = options.isCore ? 2 : 4;
  append(bytes, static_cast<uint64_t>(width), side);
  append(bytes, static_cast<uint64_t>(options.isTopDown ? -height : height),
         side);
  append(bytes, 1, 2);
  append(bytes, static_cast<uint64_t>(options.bits), 2);
  if (!options.isCore) {
    append(bytes, options.compression, 4);
    append(bytes, 0, 8);
    append(bytes, 0, 8);
    append(bytes, 0, 4);
  }
  for (uint32_t mask : options.masks)
    append(bytes, mask, 4);
  for (uint64_t i = 0; i < colours; ++i) {
    append(bytes, (255 - i) | (2 * i & 255) << 8 | i << 16, 3);
    if (!options.isCore)
      append(bytes, 0, 1);
  }
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

} // namespace netc::test
