// zlib's inflate over stdio. Not gzread: that one passes over bytes after the
// end of the stream in silence.
#include "runtime/data/ByteReader.h"

#include "runtime/InputFile.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <new>
#include <sys/stat.h>
#include <zlib.h>

namespace netc::runtime::data {
namespace {

// Deflate's best: 258 bytes from two bits, and no more than 1032 from one byte
// with its overhead (zlib's technical details).
constexpr uint64_t maximumRatio = 1032;

constexpr uint8_t gzipMagic[2] = {0x1f, 0x8b};

} // namespace

struct ByteReader::Impl {
  std::string path;
  std::FILE *file = nullptr;
  uint64_t fileSize = 0;
  bool gzipped = false, streamOpen = false, finished = false;
  z_stream stream{};
  // Small, so that reading a header alone inflates next to nothing.
  std::array<uint8_t, 16384> buffer{};

  explicit Impl(const std::string &path) : path(path) {}
  ~Impl() {
    if (streamOpen)
      inflateEnd(&stream);
    if (file)
      std::fclose(file);
  }

  [[noreturn]] void fail(const std::string &what) const {
    throw Error(fmt::format("{}: {}", path, what));
  }

  void open() {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0)
      fail(std::strerror(errno));
    if (std::string problem = problemOfInput(path); !problem.empty())
      fail(problem);
    fileSize = static_cast<uint64_t>(status.st_size);
    file = std::fopen(path.c_str(), "rb");
    if (!file)
      fail(std::strerror(errno));

    refill();
    gzipped = stream.avail_in >= 2 &&
              std::memcmp(buffer.data(), gzipMagic, sizeof gzipMagic) == 0;
    if (!gzipped)
      return;
    constexpr int gzipOnly = 16; // added to the window's bits, says zlib.h
    if (inflateInit2(&stream, MAX_WBITS + gzipOnly) != Z_OK)
      throw std::bad_alloc();
    streamOpen = true;
  }

  /// Reads on once the buffered bytes are used up; false at the file's end.
  bool refill() {
    if (stream.avail_in > 0)
      return true;
    size_t count = std::fread(buffer.data(), 1, buffer.size(), file);
    if (count < buffer.size() && std::ferror(file))
      fail(fmt::format("cannot be read: {}", std::strerror(errno)));
    stream.next_in = buffer.data();
    stream.avail_in = static_cast<uInt>(count);
    return count > 0;
  }

  size_t readPlain(uint8_t *out, size_t count) {
    size_t done = 0;
    while (done < count && refill()) {
      size_t some = std::min<size_t>(count - done, stream.avail_in);
      std::memcpy(out + done, stream.next_in, some);
      stream.next_in += some;
      stream.avail_in -= static_cast<uInt>(some);
      done += some;
    }
    return done;
  }

  /// Ends a gzip member: another may follow it, anything else may not.
  void finishMember() {
    if (!refill()) {
      finished = true;
      return;
    }
    if (stream.next_in[0] != gzipMagic[0])
      fail("has bytes after the end of its gzip stream");
    if (inflateReset(&stream) != Z_OK)
      fail("damaged gzip stream");
  }

  size_t readGzipped(uint8_t *out, size_t count) {
    size_t done = 0;
    while (done < count && !finished) {
      if (!refill())
        fail("truncated: its gzip stream ends early");
      constexpr size_t most = size_t{1} << 30; // uInt holds it
      size_t asked = std::min(count - done, most);
      stream.next_out = out + done;
      stream.avail_out = static_cast<uInt>(asked);
      int status = inflate(&stream, Z_NO_FLUSH);
      done += asked - stream.avail_out;
      if (status == Z_STREAM_END)
        finishMember();
      else if (status == Z_MEM_ERROR)
        throw std::bad_alloc();
      else if (status != Z_OK && status != Z_BUF_ERROR)
        fail(fmt::format("damaged gzip stream ({})",
                         stream.msg ? stream.msg : "wrong data"));
    }
    return done;
  }
};

ByteReader::ByteReader(const std::string &path)
    : impl(std::make_unique<Impl>(path)) {
  impl->open();
}

ByteReader::~ByteReader() = default;

size_t ByteReader::read(uint8_t *out, size_t count) {
  return impl->gzipped ? impl->readGzipped(out, count)
                       : impl->readPlain(out, count);
}

uint64_t ByteReader::maximumSize() const {
  uint64_t size = 0;
  if (!impl->gzipped)
    return impl->fileSize;
  if (__builtin_mul_overflow(impl->fileSize, maximumRatio, &size))
    return UINT64_MAX;
  return size;
}

} // namespace netc::runtime::data
