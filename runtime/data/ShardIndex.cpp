// One pass over the headers of each tar, which seeks over the pictures.
#include "runtime/data/ShardIndex.h"
#include "runtime/Printable.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

namespace netc::runtime::data {
namespace {

constexpr uint64_t largestPicture = uint64_t{1} << 28; // bytes, encoded

/// `a/000017.seg.png` has the key `a/000017` and the ending `seg.png`.
struct MemberName {
  std::string_view key, ending;

  explicit MemberName(std::string_view path) {
    size_t slash = path.rfind('/');
    size_t begin = slash == path.npos ? 0 : slash + 1;
    size_t dot = path.find('.', begin);
    key = path.substr(0, dot);
    ending = dot == path.npos ? "" : path.substr(dot + 1);
  }
};

bool isPicture(std::string_view ending) {
  constexpr std::array<std::string_view, 7> endings = {
      "jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"};
  std::string lower(ending.substr(0, 8));
  for (char &c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 32);
  return std::find(endings.begin(), endings.end(), lower) != endings.end();
}

class ShardReader {
public:
  ShardReader(ShardIndex &index, uint32_t shard)
      : index(index), shard(shard),
        archive(index.paths[shard], ArchiveKind::Tar) {}

  void read() {
    while (const Archive::Entry *entry = archive.next())
      add(*entry);
    finishKey();
  }

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw Error(fmt::format("{}: `{}` {}", printable(index.paths[shard]),
                            printable(key.substr(0, 128)), what));
  }
  void add(const Archive::Entry &entry);
  void readLabel(const Archive::Entry &entry);
  void finishKey();

  ShardIndex &index;
  const uint32_t shard;
  Archive archive;
  std::string key; // of the members that are being read
  std::optional<ShardExample> picture;
  std::optional<uint16_t> label;
};

void ShardReader::readLabel(const Archive::Entry &entry) {
  std::array<uint8_t, 32> bytes{};
  if (label)
    fail("has two labels");
  size_t count = entry.size < bytes.size()
                     ? archive.content().read(bytes.data(), bytes.size())
                     : bytes.size();
  std::string_view text(reinterpret_cast<const char *>(bytes.data()), count);
  auto isBlank = [](char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  };
  while (!text.empty() && isBlank(text.back()))
    text.remove_suffix(1);
  while (!text.empty() && isBlank(text.front()))
    text.remove_prefix(1);
  uint16_t value = 0;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    fail("has a .cls that is no whole number below 65536");
  label = value;
}

void ShardReader::add(const Archive::Entry &entry) {
  MemberName name(entry.name);
  if (name.key != key) {
    finishKey();
    key = name.key;
  }
  if (name.ending == "cls")
    return readLabel(entry);
  if (!isPicture(name.ending)) {
    ++index.others;
    return;
  }
  if (picture)
    fail("has two pictures");
  if (entry.size > largestPicture)
    fail(fmt::format("has a picture of {} bytes", entry.size));
  picture = {entry.offset, static_cast<uint32_t>(entry.size), shard, 0};
}

void ShardReader::finishKey() {
  if (picture && !label)
    fail("has a picture and no label: no .cls follows or precedes it");
  if (label && !picture)
    fail("has a label and no picture");
  if (picture) {
    picture->label = *label;
    index.examples.push_back(*picture);
  }
  picture.reset();
  label.reset();
}

} // namespace

int64_t ShardIndex::largestLabel() const {
  int64_t largest = 0;
  for (const ShardExample &example : examples)
    largest = std::max<int64_t>(largest, example.label);
  return largest;
}

std::string ShardIndex::nameOf(const ShardExample &example) const {
  const std::string &path = paths[example.shard];
  try {
    Archive archive(path, ArchiveKind::Tar);
    while (const Archive::Entry *entry = archive.next())
      if (entry->offset == example.offset)
        return fmt::format("{}: {}", printable(path), printable(entry->name));
  } catch (const Error &) { // the picture's own error says more
  }
  return printable(path);
}

ShardIndex indexShards(std::vector<std::string> paths) {
  ShardIndex index;
  index.paths = std::move(paths);
  for (uint32_t shard = 0; shard < index.paths.size(); ++shard)
    ShardReader(index, shard).read();
  return index;
}

ShardFile::ShardFile(const std::string &path) : path(path) {
  file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    throw Error(fmt::format("{}: {}", printable(path), std::strerror(errno)));
  posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL); // a hint: it may fail
}

ShardFile::~ShardFile() { close(file); }

std::vector<uint8_t> ShardFile::read(const ShardExample &example) const {
  std::vector<uint8_t> bytes(example.size);
  for (size_t done = 0; done < bytes.size();) {
    ssize_t got = pread(file, bytes.data() + done, bytes.size() - done,
                        static_cast<off_t>(example.offset + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      throw Error(fmt::format("{}: {}", printable(path),
                              got < 0 ? std::strerror(errno)
                                      : "is shorter than when its headers "
                                        "were read"));
    done += static_cast<size_t>(got);
  }
  return bytes;
}

} // namespace netc::runtime::data
