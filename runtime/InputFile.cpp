// Looks at a path by stat and statfs.
#include "runtime/InputFile.h"

#include "runtime/Error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace netc::runtime {

/// Whether a path is on a file system that has no files but what the kernel
/// says. Its files are regular to `stat`, and have no size.
static bool isMadeUp(const std::string &path) {
  struct statfs system{};
  if (statfs(path.c_str(), &system) != 0)
    return false;
  switch (static_cast<unsigned long>(system.f_type)) {
  case PROC_SUPER_MAGIC:
  case SYSFS_MAGIC:
  case DEBUGFS_MAGIC:
  case TRACEFS_MAGIC:
  case SECURITYFS_MAGIC:
  case CGROUP_SUPER_MAGIC:
  case CGROUP2_SUPER_MAGIC:
    return true;
  default:
    return false;
  }
}

std::string problemOfInput(const std::string &path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0)
    return std::strerror(errno);
  if (!S_ISREG(status.st_mode))
    return "not a regular file";
  if (isMadeUp(path))
    return "not a regular file: the kernel makes it up while it is read";
  return "";
}

void requireInput(const std::string &path) {
  if (std::string problem = problemOfInput(path); !problem.empty())
    throw Error(fmt::format("{}: {}", path, problem));
}

} // namespace netc::runtime
