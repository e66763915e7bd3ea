// Takes the least of what several places allow.
#include "runtime/cpu/MachineMemory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace netc::runtime::cpu {

namespace {
/// Besides the arena: code, the library, batches ahead.
constexpr int64_t reserve = int64_t(256) << 20;

class Reader {
public:
  explicit Reader(const std::string &root) : root(root) {}

  MachineMemory read();

private:
  /// At most `most` bytes can be had, `used` of which are taken.
  void bound(int64_t most, int64_t used) {
    memory.total = std::min(memory.total, most);
    memory.free = std::min(memory.free, most - used);
  }
  std::optional<int64_t> number(const std::string &path) const;
  /// The value of `key` in a file of lines `key value`, or `key: value kB`.
  std::optional<int64_t> field(const std::string &path,
                               std::string_view key) const;
  void readMachine();
  void readGroups();
  void readGroup(const std::string &folder, const char *limit,
                 const char *usage, const char *cache);
  void readLimits();

  const std::string &root;
  MachineMemory memory{std::numeric_limits<int64_t>::max(),
                       std::numeric_limits<int64_t>::max()};
};
} // namespace

std::optional<int64_t> Reader::number(const std::string &path) const {
  std::ifstream in(root + path);
  int64_t value = 0;
  return in >> value ? std::optional(value) : std::nullopt; // "max" is none
}

std::optional<int64_t> Reader::field(const std::string &path,
                                     std::string_view key) const {
  std::ifstream in(root + path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, unit;
    int64_t value = 0;
    if (!(words >> name >> value))
      continue;
    if (name.ends_with(':'))
      name.pop_back();
    if (name == key)
      return words >> unit && unit == "kB" ? value * 1024 : value;
  }
  return std::nullopt;
}

void Reader::readMachine() {
  const char *path = "/proc/meminfo";
  auto total = field(path, "MemTotal"), available = field(path, "MemAvailable");
  if (total)
    memory.total =
        std::min(memory.total, *total + field(path, "SwapTotal").value_or(0));
  if (available)
    memory.free = std::min(memory.free, *available);
  constexpr int64_t strict = 2; // only what has been promised is given
  auto most = field(path, "CommitLimit");
  auto promised = field(path, "Committed_AS");
  if (number("/proc/sys/vm/overcommit_memory") == strict && most && promised)
    bound(std::max<int64_t>(*most - *promised, 0), 0);
}

void Reader::readGroup(const std::string &folder, const char *limit,
                       const char *usage, const char *cache) {
  std::optional<int64_t> most = number(folder + limit);
  if (!most)
    return;
  // What is kept of files makes room.
  int64_t used = number(folder + usage).value_or(0) -
                 field(folder + "/memory.stat", cache).value_or(0);
  bound(*most, std::max<int64_t>(used, 0));
}

/// Each group is within the limits of those above it.
void Reader::readGroups() {
  std::ifstream in(root + "/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    bool isUnified = line.starts_with("0::");
    size_t names = line.find(':');
    size_t colon = names == line.npos ? line.npos : line.find(':', names + 1);
    if (colon == line.npos ||
        (!isUnified && line.substr(names, colon - names) != ":memory"))
      continue;
    std::string group = line.substr(colon + 1);
    if (group == "/")
      group.clear();
    while (true) {
      if (isUnified)
        readGroup("/sys/fs/cgroup" + group, "/memory.max", "/memory.current",
                  "inactive_file");
      else
        readGroup("/sys/fs/cgroup/memory" + group, "/memory.limit_in_bytes",
                  "/memory.usage_in_bytes", "total_inactive_file");
      if (group.empty())
        break;
      group.resize(group.rfind('/') == group.npos ? 0 : group.rfind('/'));
    }
  }
}

/// Of addresses, and of data: both count what is mapped, not what is touched,
/// and threads map stacks and heaps of their own.
void Reader::readLimits() {
  std::ifstream in(root + "/proc/self/statm");
  int64_t pages = 0, resident = 0, shared = 0, code = 0, library = 0, data = 0;
  in >> pages >> resident >> shared >> code >> library >> data;
  const int64_t page = sysconf(_SC_PAGESIZE);
  constexpr int64_t mostReserve = int64_t(1) << 30;
  for (auto [resource, used] :
       {std::pair(RLIMIT_AS, pages * page), {RLIMIT_DATA, data * page}}) {
    struct rlimit limit{};
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
      continue;
    int64_t left =
        std::max<int64_t>(static_cast<int64_t>(limit.rlim_cur) - used, 0);
    bound(left, std::min(left / 2, mostReserve));
  }
}

MachineMemory Reader::read() {
  readMachine();
  readGroups();
  readLimits();
  memory.free = std::max<int64_t>(memory.free - memory.free / 16 - reserve, 0);
  memory.free = std::min(memory.free, memory.total);
  return memory;
}

MachineMemory machineMemory(const std::string &root) {
  return Reader(root).read();
}

} // namespace netc::runtime::cpu
