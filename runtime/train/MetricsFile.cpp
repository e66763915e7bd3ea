// Opens without waiting, locks with flock(), writes with write(2): what was
// written of a line is known, and can be taken back.
#include "runtime/train/MetricsFile.h"

#include "runtime/OutputFile.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace netc::runtime::train {
namespace {

constexpr int openFlags =
    O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

bool isSame(const struct stat &a, const struct stat &b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

} // namespace

void MetricsFile::fail(std::string_view why) const {
  throw Error(fmt::format("{}: cannot be written: {}", path, why));
}

MetricsFile::MetricsFile(const std::string &path) : path(path) {
  // Another run's check may remove the file between our opening and our lock:
  // then it is made anew.
  constexpr int attempts = 100;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    descriptor = openOnce();
    if (descriptor < 0)
      continue;
    struct stat status{};
    if (fstat(descriptor, &status) != 0)
      fail(std::strerror(errno));
    pipe = S_ISFIFO(status.st_mode);
    regular = S_ISREG(status.st_mode);
    if (!regular)
      return;
    shareStandardStream();
    if (shared)
      return;
    try {
      lock();
    } catch (...) {
      ::close(descriptor);
      throw;
    }
    if (isInPlace())
      return;
    ::close(std::exchange(descriptor, -1));
  }
  fail("others make and remove it");
}

/// Opens what is there; a pipe's reader may start beside us, so it has a moment
/// to come.
int MetricsFile::openThere() const {
  constexpr int attempts = 20;
  constexpr std::chrono::milliseconds pause(10);
  for (int attempt = 0;; ++attempt) {
    int opened = ::open(path.c_str(), openFlags);
    struct stat status{};
    if (opened >= 0 || errno != ENXIO || stat(path.c_str(), &status) != 0 ||
        !S_ISFIFO(status.st_mode))
      return opened;
    if (attempt == attempts)
      fail("it is a pipe that nothing reads");
    std::this_thread::sleep_for(pause);
  }
}

/// -1 where the file came or went meanwhile.
int MetricsFile::openOnce() {
  made = false;
  int opened = openThere();
  if (opened >= 0)
    return opened;
  if (errno != ENOENT)
    fail(std::strerror(errno));
  opened =
      ::open(followLinks(path).c_str(), openFlags | O_CREAT | O_EXCL, 0666);
  if (opened < 0 && errno != EEXIST)
    fail(std::strerror(errno));
  made = opened >= 0;
  return opened;
}

void MetricsFile::lock() const {
  while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      fail("another run writes it");
    if (errno != EINTR)
      return; // the file system knows no locks
  }
}

bool MetricsFile::isInPlace() const {
  struct stat opened{}, there{};
  return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &there) == 0 &&
         isSame(opened, there);
}

/// Where a standard stream goes to the same file, both write behind one
/// another: they have one position.
void MetricsFile::shareStandardStream() {
  struct stat own{}, stream{};
  if (fstat(descriptor, &own) != 0)
    return;
  for (int standard : {STDOUT_FILENO, STDERR_FILENO}) {
    if (fstat(standard, &stream) != 0 || !isSame(own, stream) ||
        (fcntl(standard, F_GETFL) & O_ACCMODE) == O_RDONLY)
      continue;
    int copy = fcntl(standard, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
      return;
    ::close(std::exchange(descriptor, copy));
    shared = true;
    return;
  }
}

MetricsFile::~MetricsFile() {
  if (descriptor < 0)
    return;
  if (made && !begun && isInPlace())
    unlink(followLinks(path).c_str()); // under the lock
  ::close(descriptor);
}

void MetricsFile::begin() {
  begun = true;
  if (regular && !shared && ftruncate(descriptor, 0) != 0)
    fail(std::strerror(errno));
}

/// Whether there may be room for more; false once there is no wish to wait.
bool MetricsFile::waitForReader(const std::atomic<bool> &interrupted) const {
  constexpr int milliseconds = 100;
  struct pollfd end{descriptor, POLLOUT, 0};
  while (true) {
    int ready = poll(&end, 1, milliseconds);
    if (ready > 0)
      return true;
    if (interrupted || (ready < 0 && errno != EINTR))
      return false;
  }
}

int MetricsFile::undo(size_t written, int reason) {
  if (written == 0)
    return reason;
  off_t start = lseek(descriptor, 0, SEEK_CUR) - static_cast<off_t>(written);
  hasHalfLine = !regular || ftruncate(descriptor, start) != 0 ||
                lseek(descriptor, start, SEEK_SET) != start;
  return reason;
}

int MetricsFile::write(std::string_view line,
                       const std::atomic<bool> &interrupted) {
  if (hasHalfLine)
    return EPIPE;
  size_t done = 0;
  while (done < line.size()) {
    ssize_t count = ::write(descriptor, line.data() + done, line.size() - done);
    if (count > 0)
      done += static_cast<size_t>(count);
    else if (count == 0)
      return undo(done, EIO);
    else if (errno == EAGAIN && !waitForReader(interrupted))
      return undo(done, EAGAIN);
    else if (errno != EAGAIN && errno != EINTR)
      return undo(done, errno);
  }
  return 0;
}

int MetricsFile::close() {
  return ::close(std::exchange(descriptor, -1)) == 0 ? 0 : errno;
}

} // namespace netc::runtime::train
