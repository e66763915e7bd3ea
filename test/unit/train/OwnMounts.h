// File systems that a test mounts, where it may: root alone does.
#pragma once

#include <gtest/gtest.h>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <vector>

namespace netc::test {

/// Mounts that nothing outside this process sees, gone with the object.
class OwnMounts {
public:
  OwnMounts() {
    isAllowed = unshare(CLONE_NEWNS) == 0 &&
                mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }
  ~OwnMounts() {
    for (auto place = places.rbegin(); place != places.rend(); ++place)
      umount2(place->c_str(), MNT_DETACH);
  }
  OwnMounts(const OwnMounts &) = delete;
  OwnMounts &operator=(const OwnMounts &) = delete;

  /// False where this process may not mount.
  bool bind(const std::string &from, const std::string &to) {
    return isAllowed &&
           add(to, mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr));
  }
  /// A disk of so many bytes at a folder.
  bool disk(const std::string &folder, size_t bytes) {
    std::string options = "size=" + std::to_string(bytes);
    return isAllowed && add(folder, mount("tmpfs", folder.c_str(), "tmpfs", 0,
                                          options.c_str()));
  }

private:
  bool add(const std::string &place, int status) {
    if (status == 0)
      places.push_back(place);
    return status == 0;
  }

  bool isAllowed;
  std::vector<std::string> places;
};

} // namespace netc::test
