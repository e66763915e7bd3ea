// libarchive behind an interface that names the archive in its errors.
#include "runtime/data/Archive.h"
#include "runtime/Printable.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/stat.h>

namespace netc::runtime::data {

struct Archive::Impl final : ByteStream {
  std::string path;
  uint64_t fileSize = 0;
  struct archive *handle = nullptr;
  Entry entry;

  explicit Impl(const std::string &path) : path(path) {}
  ~Impl() override { archive_read_free(handle); }

  [[noreturn]] void fail(const std::string &what) const {
    throw Error(fmt::format("{}: {}", printable(path), what));
  }
  [[noreturn]] void failBy(const char *what) const {
    const char *reason = archive_error_string(handle);
    fail(fmt::format("{}: {}", what,
                     reason ? printable(std::string(reason).substr(0, 200))
                            : "no reason is given"));
  }

  void open(ArchiveKind kind);
  const Entry *next();
  size_t read(uint8_t *out, size_t count) override;
  uint64_t maximumSize() const override {
    constexpr uint64_t mostRatio = 1032; // deflate's
    return std::min(entry.size, fileSize * mostRatio);
  }
};

/// Not the constructor: what fails here is freed by the destructor.
void Archive::Impl::open(ArchiveKind kind) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0)
    fail(std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    fail("not a regular file");
  fileSize = static_cast<uint64_t>(status.st_size);
  handle = archive_read_new();
  if (!handle)
    throw std::bad_alloc();
  // No filters: what is compressed as a whole cannot be read from the middle.
  int result = kind == ArchiveKind::Zip
                   ? archive_read_support_format_zip_seekable(handle)
                   : archive_read_support_format_tar(handle);
  constexpr size_t block = size_t{1} << 16;
  if (result == ARCHIVE_OK)
    result = archive_read_open_filename(handle, path.c_str(), block);
  if (result != ARCHIVE_OK)
    failBy("cannot be opened");
}

const Archive::Entry *Archive::Impl::next() {
  struct archive_entry *header = nullptr;
  while (true) {
    int result = archive_read_next_header(handle, &header);
    if (result == ARCHIVE_EOF)
      return nullptr;
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
      failBy("damaged, or no archive of its kind");
    const char *name = archive_entry_pathname(header);
    if (archive_entry_filetype(header) != AE_IFREG || !name)
      continue;
    if (archive_entry_is_encrypted(header))
      fail("is encrypted");
    if (!archive_entry_size_is_set(header))
      fail("an entry of it does not say its size");
    entry.name = name;
    entry.size = static_cast<uint64_t>(archive_entry_size(header));
    // Headers are consumed when they are read: the content is next.
    entry.offset = static_cast<uint64_t>(archive_filter_bytes(handle, 0));
    return &entry;
  }
}

size_t Archive::Impl::read(uint8_t *out, size_t count) {
  size_t done = 0;
  while (done < count) {
    la_ssize_t got = archive_read_data(handle, out + done, count - done);
    if (got < 0)
      failBy("damaged");
    if (got == 0)
      break;
    done += static_cast<size_t>(got);
  }
  return done;
}

Archive::Archive(const std::string &path, ArchiveKind kind)
    : impl(std::make_unique<Impl>(path)) {
  impl->open(kind);
}

Archive::~Archive() = default;

const Archive::Entry *Archive::next() { return impl->next(); }

ByteStream &Archive::content() { return *impl; }

} // namespace netc::runtime::data
