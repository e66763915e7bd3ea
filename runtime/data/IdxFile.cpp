// Reads IDX files; a header is believed only as far as the file's size allows.
#include "runtime/data/IdxFile.h"

#include "runtime/data/ByteReader.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace netc::runtime::data {
namespace {

[[noreturn]] void fail(const std::string &path, const std::string &what) {
  throw Error(fmt::format("{}: {}", path, what));
}

uint32_t bigEndian(const uint8_t *bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 |
         uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
}

uint32_t readWord(ByteReader &reader, const std::string &path) {
  std::array<uint8_t, 4> word{};
  if (reader.read(word.data(), word.size()) != word.size())
    fail(path, "truncated: it ends within its header");
  return bigEndian(word.data());
}

/// The header, checked; `elements` is the product of the dimensions.
std::vector<int64_t> readHeader(ByteReader &reader, const std::string &path,
                                int rank, uint64_t &elements) {
  constexpr uint32_t unsignedBytes = 0x08;
  uint32_t magic = readWord(reader, path);
  constexpr uint32_t tags[] = {0x3c21444f, 0x3c21646f, 0x3c68746d, 0x3c48544d,
                               0x3c3f786d}; // <!DO <!do <htm <HTM <?xm
  if (std::find(std::begin(tags), std::end(tags), magic) != std::end(tags))
    fail(path, "is a page of the web, not IDX: what a server answered that "
               "did not have the file");
  uint32_t expected = unsignedBytes << 8 | static_cast<uint32_t>(rank);
  if (magic != expected)
    fail(path, fmt::format("magic number {:#010x}, expected {:#010x} "
                           "(unsigned bytes in {} dimension{})",
                           magic, expected, rank, rank == 1 ? "" : "s"));

  std::vector<int64_t> shape;
  elements = 1;
  bool overflow = false;
  for (int i = 0; i < rank; ++i) {
    shape.push_back(readWord(reader, path));
    overflow |= __builtin_mul_overflow(
        elements, static_cast<uint64_t>(shape.back()), &elements);
  }
  if (shape.front() == 0)
    fail(path, "holds no examples");
  if (std::find(shape.begin(), shape.end(), 0) != shape.end())
    fail(path, fmt::format("its examples are empty: dimensions {}",
                           fmt::join(shape, "x")));
  uint64_t headerBytes = 4 + 4 * static_cast<uint64_t>(rank);
  uint64_t most = reader.maximumSize();
  if (overflow || most < headerBytes || elements > most - headerBytes)
    fail(path, fmt::format("its header says {} bytes of data, more than the "
                           "file can hold (truncated?)",
                           fmt::join(shape, "x")));
  return shape;
}

} // namespace

std::vector<int64_t> readIdxShape(const std::string &path, int rank) {
  ByteReader reader(path);
  uint64_t elements = 0;
  return readHeader(reader, path, rank, elements);
}

IdxContent readIdx(const std::string &path, int rank) {
  ByteReader reader(path);
  uint64_t elements = 0;
  IdxContent content;
  content.shape = readHeader(reader, path, rank, elements);

  // A gzipped file may still promise a thousand times its size: memory grows
  // with what has really come.
  size_t done = 0;
  while (done < elements) {
    constexpr uint64_t firstChunk = uint64_t{64} << 20;
    uint64_t wanted =
        std::min(elements, std::max<uint64_t>(firstChunk, 2 * done));
    content.bytes.resize(wanted);
    size_t some = reader.read(content.bytes.data() + done, wanted - done);
    done += some;
    if (done < wanted)
      fail(path, fmt::format("truncated: its header says {} bytes of data "
                             "({}), it has {}",
                             elements, fmt::join(content.shape, "x"), done));
  }
  uint8_t extra = 0;
  if (reader.read(&extra, 1) != 0)
    fail(path, fmt::format("has bytes after the {} of data that its header "
                           "says ({})",
                           elements, fmt::join(content.shape, "x")));
  return content;
}

} // namespace netc::runtime::data
