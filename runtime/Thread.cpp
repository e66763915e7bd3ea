// Starts threads, and words what forbids one.
#include "runtime/Thread.h"

#include "runtime/Error.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace netc::runtime {
namespace {

/// What this process's control group and those above it allow, the least;
/// empty where they allow any number.
std::string allowedByGroups() {
  std::ifstream groups("/proc/self/cgroup");
  std::string line, least;
  uint64_t most = UINT64_MAX;
  while (std::getline(groups, line)) {
    if (!line.starts_with("0::/")) // the one hierarchy of version 2
      continue;
    for (std::string path = line.substr(3); !path.empty();
         path.resize(path.rfind('/'))) {
      uint64_t value = 0;
      std::ifstream file("/sys/fs/cgroup" + path + "/pids.max");
      if (file >> value && value < most) {
        most = value;
        least = fmt::format("{} threads in its control group (pids.max)", most);
      }
    }
  }
  return least;
}

std::string limitsText() {
  std::vector<std::string> limits;
  rlimit limit{};
  if (getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    limits.push_back(
        fmt::format("{} threads of this user (ulimit -u)", limit.rlim_cur));
  if (std::string group = allowedByGroups(); !group.empty())
    limits.push_back(std::move(group));
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    limits.push_back(
        fmt::format("{} MiB of memory (ulimit -v)", limit.rlim_cur >> 20));
  return limits.empty()
             ? ""
             : fmt::format("; the limits here: {}", fmt::join(limits, ", "));
}

void *runWork(void *work) {
  (*static_cast<std::function<void()> *>(work))();
  return nullptr;
}

} // namespace

Thread::Thread(size_t stackBytes, std::function<void()> given)
    : work(std::move(given)) {
  pthread_attr_t attributes;
  int status = pthread_attr_init(&attributes);
  if (status == 0) {
    status = pthread_attr_setstacksize(&attributes, stackBytes);
    if (status == 0)
      status = pthread_create(&handle, &attributes, runWork, &work);
    pthread_attr_destroy(&attributes);
  }
  if (status != 0)
    throw Error(fmt::format("the system gives no other thread: {}{}",
                            std::strerror(status), limitsText()));
}

Thread::~Thread() { pthread_join(handle, nullptr); }

void runWithStack(size_t bytes, const std::function<void()> &work) {
  std::exception_ptr thrown;
  bool isDone = false;
  try {
    Thread thread(bytes, [&] {
      try {
        work();
      } catch (...) {
        thrown = std::current_exception();
      }
      isDone = true;
    });
  } catch (const Error &) { // of the thread, which has not begun
  }
  if (!isDone)
    work();
  if (thrown)
    std::rethrow_exception(thrown);
}

} // namespace netc::runtime
