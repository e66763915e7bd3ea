// O_TMPFILE, fsync, a name, rename; where the file system knows no nameless
// files, a named one from the start.
#include "runtime/OutputFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace netc::runtime {

namespace filesystem = std::filesystem;

static std::string folderOf(const std::string &path) {
  std::string folder = filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

void OutputFile::fail() const {
  throw Error(
      fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

OutputFile::OutputFile(const std::string &path) : path(path), target(path) {
  struct stat status{};
  if (stat(path.c_str(), &status) == 0) {
    // Renaming onto a device would replace the device.
    if (!S_ISREG(status.st_mode))
      throw Error(fmt::format("{}: cannot be written: it is {}", path,
                              S_ISDIR(status.st_mode) ? "a folder"
                                                      : "not a regular file"));
    std::error_code error;
    filesystem::path real = filesystem::canonical(path, error);
    if (!error)
      target = real.string();
    if (access(target.c_str(), W_OK) != 0)
      fail();
  } else if (errno != ENOENT) { // a name too long, links in a circle
    fail();
  }
  open();
}

std::string OutputFile::temporaryName(int attempt) const {
  return fmt::format("{}/.netc-{}-{}.part", folderOf(target), getpid(),
                     attempt);
}

void OutputFile::open() {
  int descriptor =
      ::open(folderOf(target).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  for (int attempt = 0; descriptor < 0; ++attempt) {
    temporary = temporaryName(attempt);
    descriptor = ::open(temporary.c_str(),
                        O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != EEXIST) {
      temporary.clear();
      fail();
    }
  }
  file = fdopen(descriptor, "wb");
  if (file)
    return;
  int reason = errno;
  close(descriptor);
  if (!temporary.empty())
    unlink(temporary.c_str());
  errno = reason;
  fail();
}

OutputFile::~OutputFile() {
  if (file)
    std::fclose(file);
  if (!temporary.empty())
    unlink(temporary.c_str());
}

void OutputFile::write(const void *bytes, size_t count) {
  if (std::fwrite(bytes, 1, count, file) != count)
    fail();
}

/// A link cannot replace what is there, so the name is a temporary one.
void OutputFile::giveName() {
  std::string nameless = fmt::format("/proc/self/fd/{}", fileno(file));
  for (int attempt = 0;; ++attempt) {
    std::string name = temporaryName(attempt);
    if (linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, name.c_str(),
               AT_SYMLINK_FOLLOW) == 0) {
      temporary = std::move(name);
      return;
    }
    if (errno != EEXIST)
      fail();
  }
}

void OutputFile::commit() {
  if (std::fflush(file) != 0 || fsync(fileno(file)) != 0)
    fail();
  struct stat status{};
  if (stat(target.c_str(), &status) == 0)
    fchmod(fileno(file), status.st_mode & 0777); // as far as it may
  if (temporary.empty())
    giveName();
  if (std::fclose(std::exchange(file, nullptr)) != 0)
    fail();
  if (std::rename(temporary.c_str(), target.c_str()) != 0)
    fail();
  temporary.clear();
}

void checkWritable(const std::string &path, uint64_t bytes) {
  OutputFile probe(path);
  struct statvfs room{};
  // Some file systems do not say; of those nothing is asked.
  if (statvfs(folderOf(path).c_str(), &room) != 0 || room.f_blocks == 0)
    return;
  uint64_t free = uint64_t{room.f_bavail} * room.f_frsize;
  if (free < bytes)
    throw Error(fmt::format("{}: cannot be written: it takes {} bytes, its "
                            "disk has {} left",
                            path, bytes, free));
}

bool sameFile(const std::string &a, const std::string &b) {
  if (a.empty() || b.empty())
    return false;
  std::error_code error; // of files that are not there yet
  if (filesystem::equivalent(a, b, error) && !error)
    return true;
  auto whole = [&](const std::string &path) {
    return filesystem::weakly_canonical(filesystem::absolute(path, error),
                                        error);
  };
  return whole(a) == whole(b);
}

} // namespace netc::runtime
