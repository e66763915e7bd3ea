// PNG and JPEG files that the tests make.
#pragma once

#include "test/unit/train/TestFiles.h"

#include <cstring>
#include <functional>
#include <jpeglib.h>
#include <png.h>

namespace netc::test {

/// A pixel's channels by its row and column.
using Pixel = std::function<std::vector<uint8_t>(int, int)>;

struct PngOptions {
  int colour = PNG_COLOR_TYPE_RGB;
  int depth = 8;
  bool isInterlaced = false;
  int orientation = 0; // in EXIF data; 0: none
};

inline Bytes png(int height, int width, const Pixel &pixel,
                 PngOptions options = {}) {
  Bytes bytes;
  png_structp writer =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(writer);
  png_set_write_fn(
      writer, &bytes,
      [](png_structp png, png_bytep data, png_size_t count) {
        auto *out = static_cast<Bytes *>(png_get_io_ptr(png));
        out->insert(out->end(), data, data + count);
      },
      nullptr);
  png_set_IHDR(writer, info, static_cast<png_uint_32>(width),
               static_cast<png_uint_32>(height), options.depth, options.colour,
               options.isInterlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (options.colour == PNG_COLOR_TYPE_PALETTE) { // entry i is i, 2i, 255 - i
    std::vector<png_color> palette;
    for (int i = 0; i < 1 << options.depth; ++i)
      palette.push_back({static_cast<png_byte>(i), static_cast<png_byte>(2 * i),
                         static_cast<png_byte>(255 - i)});
    png_set_PLTE(writer, info, palette.data(),
                 static_cast<int>(palette.size()));
  }
  if (options.orientation != 0) {
    Bytes exif = {'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                  3,   0,   0, 0,   1, 0, 0, 0, 0, 0, 0, 0,    0};
    exif[19] = static_cast<uint8_t>(options.orientation);
    png_set_eXIf_1(writer, info, static_cast<png_uint_32>(exif.size()),
                   exif.data());
  }
  png_write_info(writer, info);
  png_set_packing(writer);
  std::vector<Bytes> rows(static_cast<size_t>(height));
  std::vector<png_bytep> starts;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      for (uint8_t value : pixel(y, x)) {
        rows[static_cast<size_t>(y)].push_back(value);
        if (options.depth == 16) // the value in both bytes: 257 times it
          rows[static_cast<size_t>(y)].push_back(value);
      }
    starts.push_back(rows[static_cast<size_t>(y)].data());
  }
  png_write_image(writer, starts.data());
  png_write_end(writer, info);
  png_destroy_write_struct(&writer, &info);
  return bytes;
}

struct JpegOptions {
  J_COLOR_SPACE colour = JCS_RGB; // of the pixels and of the file (as YCbCr)
  bool isProgressive = false;
  int quality = 95;
};

inline Bytes jpeg(int height, int width, const Pixel &pixel,
                  JpegOptions options = {}) {
  jpeg_compress_struct writer{};
  jpeg_error_mgr errors{};
  writer.err = jpeg_std_error(&errors);
  jpeg_create_compress(&writer);
  unsigned char *buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&writer, &buffer, &size);
  writer.image_height = static_cast<JDIMENSION>(height);
  writer.image_width = static_cast<JDIMENSION>(width);
  writer.in_color_space = options.colour;
  writer.input_components = options.colour == JCS_GRAYSCALE ? 1
                            : options.colour == JCS_CMYK    ? 4
                                                            : 3;
  jpeg_set_defaults(&writer);
  jpeg_set_quality(&writer, options.quality, TRUE);
  if (options.isProgressive)
    jpeg_simple_progression(&writer);
  jpeg_start_compress(&writer, TRUE);
  for (int y = 0; y < height; ++y) {
    Bytes row;
    for (int x = 0; x < width; ++x)
      for (uint8_t value : pixel(y, x))
        row.push_back(value);
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&writer, rows, 1);
  }
  jpeg_finish_compress(&writer);
  Bytes bytes(buffer, buffer + size);
  free(buffer);
  jpeg_destroy_compress(&writer);
  return bytes;
}

/// All of one colour.
inline Pixel plain(std::vector<uint8_t> channels) {
  return [channels](int, int) { return channels; };
}

/// The header of a PNG that claims a size, and no pixels.
inline Bytes pngHeader(uint32_t height, uint32_t width, bool isInterlaced) {
  Bytes bytes = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  auto word = [&](uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<uint8_t>(value >> shift));
  };
  word(13);
  size_t start = bytes.size();
  for (char c : {'I', 'H', 'D', 'R'})
    bytes.push_back(static_cast<uint8_t>(c));
  word(width);
  word(height);
  for (uint8_t byte : {8, 2, 0, 0, isInterlaced ? 1 : 0})
    bytes.push_back(byte);
  word(static_cast<uint32_t>(
      crc32(0, bytes.data() + start, static_cast<uInt>(bytes.size() - start))));
  word(4); // and the beginning of its pixels
  for (char c : {'I', 'D', 'A', 'T'})
    bytes.push_back(static_cast<uint8_t>(c));
  return bytes;
}

} // namespace netc::test
