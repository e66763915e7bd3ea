// BMP, as Windows and OS/2 write it: 1, 4 and 8 bits with a palette, plain or
// run-length encoded, and 16, 24 and 32 bits. Decoded here, by Microsoft's
// description of the format ("Bitmap Storage", BITMAPFILEHEADER to
// BITMAPV5HEADER): Debian has no library that reads it without a desktop's
// others.
#include "runtime/data/PictureDecoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>

namespace netc::runtime::data {
namespace {

using Rgb = std::array<uint8_t, 3>;

enum Compression : uint32_t {
  Plain,
  Rle8,
  Rle4,
  BitFields,
  AlphaBitFields = 6
};

/// The bits of a channel in a pixel.
struct Channel {
  uint32_t mask = 0;

  uint8_t of(uint32_t pixel) const {
    if (mask == 0)
      return 0;
    int shift = std::countr_zero(mask);
    uint64_t most = mask >> shift, value = (pixel & mask) >> shift;
    return static_cast<uint8_t>((value * 255 + most / 2) / most);
  }
};

struct Header {
  PictureSize size;
  bool isTopDown = false;
  int bits = 0;
  uint32_t compression = Plain;
  std::array<Channel, 3> channels;
  std::vector<Rgb> palette;
};

/// Little-endian numbers and bytes, one after another.
class Source {
public:
  explicit Source(std::FILE *file) : file(file) {}

  uint8_t byte() {
    int value = std::getc(file);
    if (value == EOF)
      throw Error("truncated BMP");
    ++done;
    return static_cast<uint8_t>(value);
  }
  uint32_t half() {
    uint32_t low = byte();
    return low | uint32_t{byte()} << 8;
  }
  uint32_t word() {
    uint32_t low = half();
    return low | half() << 16;
  }
  void read(uint8_t *out, size_t count) {
    if (std::fread(out, 1, count, file) != count)
      throw Error("truncated BMP");
    done += count;
  }
  void skipTo(uint64_t place) {
    if (place < done)
      throw Error("damaged BMP: its pixels begin within its header");
    if (fseeko(file, static_cast<off_t>(place), SEEK_SET) != 0)
      throw Error("truncated BMP");
    done = place;
  }
  uint64_t place() const { return done; }

private:
  std::FILE *file;
  uint64_t done = 0;
};

[[noreturn]] void failUnknown(const Header &header) {
  throw Error(fmt::format("a BMP of {} bits in the encoding {}, which is not "
                          "read",
                          header.bits, header.compression));
}

void checkHeader(const Header &header, uint32_t headerBytes) {
  constexpr std::array known = {1, 4, 8, 16, 24, 32};
  int bits = header.bits;
  bool isKnown = std::find(known.begin(), known.end(), bits) != known.end();
  switch (header.compression) {
  case Plain:
    break;
  case Rle8:
    isKnown = bits == 8 && !header.isTopDown;
    break;
  case Rle4:
    isKnown = bits == 4 && !header.isTopDown;
    break;
  case BitFields: // of OS/2, headers of 64 bytes, it is another encoding
  case AlphaBitFields:
    isKnown = (bits == 16 || bits == 32) && headerBytes != 64;
    break;
  default:
    isKnown = false;
  }
  if (!isKnown)
    failUnknown(header);
  checkPictureSize(header.size, /*isHeldWhole=*/false);
}

void readChannels(Source &source, Header &header, uint32_t headerBytes,
                  uint64_t begin) {
  bool isGiven =
      header.compression == BitFields || header.compression == AlphaBitFields;
  if (!isGiven) {
    if (header.bits == 16)
      header.channels = {Channel{0x7c00}, Channel{0x03e0}, Channel{0x001f}};
    else
      header.channels = {Channel{0xff0000}, Channel{0xff00}, Channel{0xff}};
  } else {
    for (Channel &channel : header.channels)
      channel.mask = source.word();
    if (header.compression == AlphaBitFields)
      source.word();
  }
  for (Channel channel : header.channels) {
    uint32_t run =
        channel.mask == 0 ? 0 : channel.mask >> std::countr_zero(channel.mask);
    if ((run & (run + 1)) != 0)
      throw Error("damaged BMP: the bits of a colour are not in one piece");
  }
  // Of the larger headers the masks are a part.
  if (source.place() < begin + headerBytes)
    source.skipTo(begin + headerBytes);
}

/// Reads the headers and the palette; the source is then where the pixels are,
/// unless the header alone is wanted.
Header readHeader(Source &source, bool headerAlone) {
  Header header;
  source.skipTo(10);
  uint32_t pixels = source.word();
  uint64_t begin = source.place();
  uint32_t headerBytes = source.word();
  bool isCore = headerBytes == 12;
  if (!isCore && (headerBytes < 16 || headerBytes > 256))
    throw Error(fmt::format("damaged BMP: a header of {} bytes", headerBytes));
  auto width = static_cast<int32_t>(isCore ? source.half() : source.word());
  auto height = static_cast<int32_t>(isCore ? source.half() : source.word());
  header.isTopDown = height < 0;
  header.size = {std::abs(int64_t{height}), width};
  source.half(); // planes
  header.bits = static_cast<int>(source.half());
  uint32_t colours = 0;
  if (headerBytes >= 20)
    header.compression = source.word();
  if (headerBytes >= 36) {
    source.skipTo(begin + 32);
    colours = source.word();
  }
  checkHeader(header, headerBytes);
  if (headerAlone)
    return header;
  source.skipTo(begin + std::min(headerBytes, 40u));
  readChannels(source, header, headerBytes, begin);
  if (header.bits <= 8) {
    uint32_t most = 1u << header.bits;
    header.palette.resize(colours == 0 || colours > most ? most : colours);
    for (Rgb &colour : header.palette) {
      for (size_t c = 3; c-- > 0;)
        colour[c] = source.byte();
      if (!isCore)
        source.byte();
    }
    header.palette.resize(most); // what is not there is black
  }
  source.skipTo(pixels);
  return header;
}

/// The rows as they are stored, as RGB.
class RowReader {
public:
  RowReader(Source &source, const Header &header)
      : source(source), header(header),
        stored(static_cast<size_t>((header.size.width * header.bits + 31) / 32 *
                                   4)),
        indices(static_cast<size_t>(header.size.width)) {}

  void read(uint8_t *rgb) {
    if (header.compression == Rle4 || header.compression == Rle8)
      readEncoded();
    else
      source.read(stored.data(), stored.size());
    for (int64_t x = 0; x < header.size.width; ++x, rgb += 3) {
      Rgb pixel = at(static_cast<size_t>(x));
      std::copy(pixel.begin(), pixel.end(), rgb);
    }
  }

private:
  Rgb at(size_t x) const {
    if (header.compression == Rle4 || header.compression == Rle8)
      return header.palette[indices[x]];
    if (header.bits <= 8) {
      size_t bit = x * static_cast<size_t>(header.bits);
      unsigned shift = 8 - static_cast<unsigned>(header.bits) - bit % 8;
      unsigned mask = (1u << header.bits) - 1;
      return header.palette[stored[bit / 8] >> shift & mask];
    }
    size_t bytes = static_cast<size_t>(header.bits) / 8;
    uint32_t pixel = 0;
    for (size_t i = 0; i < bytes; ++i)
      pixel |= uint32_t{stored[x * bytes + i]} << (8 * i);
    return {header.channels[0].of(pixel), header.channels[1].of(pixel),
            header.channels[2].of(pixel)};
  }

  /// One row of runs; what they leave out is colour 0.
  void readEncoded();
  void put(uint8_t index) {
    if (column < indices.size())
      indices[column] = index;
    ++column;
  }
  /// Puts `count` pixels of a byte, or of the two halves of one in turns.
  void putRun(unsigned count, uint8_t value) {
    for (unsigned i = 0; i < count; ++i)
      put(header.compression == Rle8 ? value
          : i % 2 == 0               ? value >> 4
                                     : value & 15);
  }
  void putPlain(unsigned count);

  Source &source;
  const Header &header;
  std::vector<uint8_t> stored;  // a row of the file
  std::vector<uint8_t> indices; // of an encoded row
  size_t column = 0;
  unsigned emptyRows = 0; // to come before the encoded ones go on
  bool isAtEnd = false;
};

/// `count` pixels that are written out, filled up to two bytes.
void RowReader::putPlain(unsigned count) {
  bool isByte = header.compression == Rle8;
  unsigned bytes = isByte ? count : (count + 1) / 2;
  for (unsigned i = 0; i < bytes; ++i)
    putRun(isByte ? 1 : std::min(2u, count - 2 * i), source.byte());
  if (bytes % 2 == 1)
    source.byte();
}

void RowReader::readEncoded() {
  std::fill(indices.begin(), indices.end(), uint8_t{0});
  if (isAtEnd)
    return;
  if (emptyRows > 0 && --emptyRows > 0)
    return;
  while (true) {
    unsigned count = source.byte(), value = source.byte();
    if (count > 0) {
      putRun(count, static_cast<uint8_t>(value));
    } else if (value == 0) { // the end of a row
      column = 0;
      return;
    } else if (value == 1) { // the end of all
      isAtEnd = true;
      return;
    } else if (value == 2) { // on to the right, and up
      column += source.byte();
      emptyRows = source.byte();
      if (emptyRows > 0)
        return;
    } else {
      putPlain(value);
    }
  }
}

} // namespace

PictureHeader decodeBmp(std::FILE *file, const PixelRequest &request,
                        RowSink *sink) {
  Source source(file);
  Header header = readHeader(source, /*headerAlone=*/!sink);
  if (!sink)
    return {header.size, 8};
  RowReader reader(source, header);
  std::vector<uint8_t> rgb(static_cast<size_t>(header.size.width * 3));
  std::vector<uint8_t> row(
      static_cast<size_t>(header.size.width * request.channels));
  sink->begin(header.size, {.flipsRows = !header.isTopDown});
  for (int64_t y = 0; y < header.size.height; ++y) {
    reader.read(rgb.data());
    sink->row(convertRow(rgb.data(), header.size.width, 3, request.channels,
                         row.data()));
  }
  return {header.size, 8};
}

} // namespace netc::runtime::data
