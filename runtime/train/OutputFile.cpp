// Temporary file, fsync, rename.
#include "runtime/train/OutputFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace netc::runtime::train {

namespace filesystem = std::filesystem;

void OutputFile::fail() const {
  throw Error(
      fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

OutputFile::OutputFile(const std::string &path) : path(path), target(path) {
  std::error_code error;
  filesystem::file_status status = filesystem::status(path, error);
  if (filesystem::exists(status)) {
    // Renaming onto a device would replace the device.
    if (!filesystem::is_regular_file(status))
      throw Error(fmt::format("{}: cannot be written: it is {}", path,
                              filesystem::is_directory(status)
                                  ? "a folder"
                                  : "not a regular file"));
    filesystem::path real = filesystem::canonical(path, error);
    if (!error)
      target = real.string();
    if (access(target.c_str(), W_OK) != 0)
      fail();
  }

  int descriptor = -1;
  for (int attempt = 0; descriptor < 0; ++attempt) {
    temporary = fmt::format("{}.{}.{}.part", target, getpid(), attempt);
    descriptor =
        open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != EEXIST) {
      temporary.clear();
      fail();
    }
  }
  file = fdopen(descriptor, "wb");
  if (!file) {
    close(descriptor);
    unlink(temporary.c_str());
    fail();
  }
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

void OutputFile::commit() {
  if (std::fflush(file) != 0 || fsync(fileno(file)) != 0)
    fail();
  if (std::fclose(std::exchange(file, nullptr)) != 0)
    fail();
  if (std::rename(temporary.c_str(), target.c_str()) != 0)
    fail();
  temporary.clear();
}

void checkWritable(const std::string &path) { OutputFile probe(path); }

} // namespace netc::runtime::train
