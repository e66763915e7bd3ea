// O_TMPFILE, fsync, a name, rename; where the file system knows no nameless
// files, a named one from the start.
#include "runtime/OutputFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/resource.h>
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

void OutputFile::refuse(const std::string &why) const {
  throw WriteError(fmt::format("{}: cannot be written: {}", path, why));
}

void OutputFile::fail() const { refuse(std::strerror(errno)); }

OutputFile::OutputFile(const std::string &path)
    : path(path), target(followLinks(path)) {
  struct stat status{};
  if (stat(path.c_str(), &status) == 0) {
    // Renaming onto a device would replace the device.
    if (!S_ISREG(status.st_mode))
      refuse(S_ISDIR(status.st_mode) ? "it is a folder"
                                     : "it is not a regular file");
    if (access(target.c_str(), W_OK) != 0)
      fail();
    checkReplaceable();
  } else if (errno != ENOENT) { // a name too long, links in a circle
    fail();
  }
  open();
}

/// A mount point, as containers make of a single file.
static bool isMountPoint(const std::string &path) {
  struct statx status{};
  return statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, 0, &status) == 0 &&
         (status.stx_attributes & status.stx_attributes_mask &
          STATX_ATTR_MOUNT_ROOT) != 0;
}

void OutputFile::checkReplaceable() const {
  if (isMountPoint(target))
    refuse("it is mounted by itself, and no other file can take its place; "
           "mount its folder");
  // rmdir() asks what rename() will, who may remove what, before it finds that
  // this is no folder: sticky folders, immutable files, and what a capability
  // allows.
  if (rmdir(target.c_str()) == 0 || errno != EPERM)
    return;
  struct stat folder{};
  if (stat(folderOf(target).c_str(), &folder) == 0 &&
      (folder.st_mode & S_ISVTX) != 0)
    refuse("it is another user's, in a folder where only owners replace files "
           "(sticky)");
  refuse("it is protected from being replaced (immutable)");
}

std::string OutputFile::temporaryName(int attempt) const {
  return fmt::format("{}/.netc-{}-{}.part", folderOf(target), getpid(),
                     attempt);
}

void OutputFile::open() {
  int descriptor = -1;
  if (access("/proc/self/fd", X_OK) == 0) // what gives a name afterwards
    descriptor = ::open(folderOf(target).c_str(),
                        O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
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

std::unique_ptr<OutputFile> OutputFile::reserved(const std::string &path,
                                                 uint64_t bytes) {
  auto output = std::make_unique<OutputFile>(path);
  if (!output->temporary.empty())
    return nullptr;
  // The size stays 0: what reads the file meanwhile sees what is written.
  while (fallocate(fileno(output->file), FALLOC_FL_KEEP_SIZE, 0,
                   static_cast<off_t>(bytes)) != 0) {
    if (errno == EOPNOTSUPP || errno == ENOSYS)
      break;
    if (errno != EINTR)
      output->fail();
  }
  return output;
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
  // What was reserved and is not used goes back.
  if (std::fflush(file) != 0 ||
      ftruncate(fileno(file), std::ftell(file)) != 0 ||
      fsync(fileno(file)) != 0)
    fail();
  struct stat status{};
  if (stat(target.c_str(), &status) == 0)
    fchmod(fileno(file), status.st_mode & 0777); // as far as it may
  if (temporary.empty())
    giveName();
  if (std::fclose(std::exchange(file, nullptr)) != 0)
    fail();
  if (std::rename(temporary.c_str(), target.c_str()) != 0)
    keep(std::strerror(errno));
  temporary.clear();
}

void OutputFile::keep(const std::string &why) {
  std::string kept = std::exchange(temporary, "");
  std::string seen = fmt::format("{}/{}", folderOf(target), spareName(path));
  if (renameat2(AT_FDCWD, kept.c_str(), AT_FDCWD, seen.c_str(),
                RENAME_NOREPLACE) == 0)
    kept = seen;
  throw WriteError(fmt::format("{}: cannot be written: {}; what was to be in "
                               "it is whole in {}",
                               path, why, kept),
                   kept);
}

std::string spareName(const std::string &path) {
  constexpr size_t longest = 100; // both and the number are a name everywhere
  filesystem::path name = filesystem::path(path).filename();
  return fmt::format("{}.{}{}", name.stem().string().substr(0, longest),
                     getpid(), name.extension().string().substr(0, longest));
}

void checkWritable(const std::string &path, uint64_t bytes) {
  OutputFile probe(path);
  struct rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < bytes)
    throw WriteError(fmt::format("{}: cannot be written: it takes {} bytes, a "
                                 "file may have {} here (ulimit -f)",
                                 path, bytes, limit.rlim_cur));
  struct statvfs room{};
  // Some file systems do not say; of those nothing is asked.
  if (statvfs(folderOf(followLinks(path)).c_str(), &room) != 0 ||
      room.f_blocks == 0)
    return;
  uint64_t free = uint64_t{room.f_bavail} * room.f_frsize;
  if (free < bytes)
    throw WriteError(fmt::format("{}: cannot be written: it takes {} bytes, "
                                 "its disk has {} left",
                                 path, bytes, free));
}

std::string followLinks(const std::string &path) {
  constexpr int most = 40; // as Linux does
  filesystem::path followed = path;
  std::error_code error;
  for (int i = 0; i < most && filesystem::is_symlink(followed, error); ++i) {
    filesystem::path next = filesystem::read_symlink(followed, error);
    if (error)
      break;
    followed = followed.parent_path() / next; // which is all, if it is absolute
  }
  return followed.string();
}

bool sameFile(const std::string &a, const std::string &b) {
  if (a.empty() || b.empty())
    return false;
  std::error_code error; // of files that are not there yet
  if (filesystem::equivalent(a, b, error) && !error)
    return true;
  auto whole = [&](const std::string &path) {
    return filesystem::weakly_canonical(
        filesystem::absolute(followLinks(path), error), error);
  };
  return whole(a) == whole(b);
}

} // namespace netc::runtime
