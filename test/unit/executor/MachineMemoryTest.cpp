// What a machine can give, from files as the system has them; and the batch
// that an executable which does not fit is told of.
#include "runtime/cpu/MachineMemory.h"

#include "SmallExecutable.h"
#include "runtime/executor/Devices.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace fs = std::filesystem;
using netc::runtime::cpu::machineMemory;
using netc::runtime::cpu::MachineMemory;

namespace {

constexpr int64_t mebi = 1 << 20, gibi = 1 << 30;

/// A folder with the files that are read, gone with the test.
class FakeSystem {
public:
  FakeSystem() {
    fs::remove_all(root);
    put("/proc/meminfo", "MemTotal: 16777216 kB\nMemFree: 1 kB\n"
                         "MemAvailable: 8388608 kB\nSwapTotal: 0 kB\n"
                         "CommitLimit: 4194304 kB\nCommitted_AS: 1048576 kB\n");
  }
  ~FakeSystem() { fs::remove_all(root); }

  void put(const std::string &path, const std::string &text) {
    fs::create_directories(fs::path(root + path).parent_path());
    std::ofstream(root + path) << text;
  }
  MachineMemory read() const { return machineMemory(root); }

  const std::string root =
      fs::temp_directory_path() / ("netc-memory-" + std::to_string(getpid()));
};

/// Less what a run takes besides.
int64_t freeOf(int64_t bytes) { return bytes - bytes / 16 - 256 * mebi; }

TEST(MachineMemory, IsTheMachines) {
  FakeSystem system;
  EXPECT_EQ(system.read().total, 16 * gibi);
  EXPECT_EQ(system.read().free, freeOf(8 * gibi));
  system.put("/proc/sys/vm/overcommit_memory", "2\n"); // promises are kept
  EXPECT_EQ(system.read().total, 3 * gibi);
}

TEST(MachineMemory, IsTheControlGroups) {
  FakeSystem system;
  system.put("/proc/self/cgroup", "0::/app/worker\n");
  system.put("/sys/fs/cgroup/app/worker/memory.max", "max\n");
  EXPECT_EQ(system.read().total, 16 * gibi);
  // The limit of a group above holds too; cached files make room.
  system.put("/sys/fs/cgroup/app/memory.max", std::to_string(4 * gibi));
  system.put("/sys/fs/cgroup/app/memory.current", std::to_string(3 * gibi));
  system.put("/sys/fs/cgroup/app/memory.stat",
             "anon 1\ninactive_file " + std::to_string(2 * gibi) + "\n");
  EXPECT_EQ(system.read().total, 4 * gibi);
  EXPECT_EQ(system.read().free, freeOf(3 * gibi));
}

TEST(MachineMemory, IsTheOldControlGroups) {
  FakeSystem system;
  system.put("/proc/self/cgroup", "5:devices:/\n4:memory:/job\n0::/\n");
  system.put("/sys/fs/cgroup/memory/job/memory.limit_in_bytes",
             std::to_string(2 * gibi));
  system.put("/sys/fs/cgroup/memory/memory.limit_in_bytes",
             "9223372036854771712\n");
  EXPECT_EQ(system.read().total, 2 * gibi);
}

TEST(MachineMemory, IsUnboundedWhereNothingIsKnown) {
  MachineMemory memory = machineMemory("/nowhere");
  EXPECT_GT(memory.total, 1000 * gibi);
  EXPECT_GT(memory.free, 1000 * gibi);
}

TEST(MachineMemory, AnExecutableIsToldOfABatch) {
  using namespace netc::runtime;
  fb::ExecutableT tables = smallExecutable();
  tables.batch = 1024;
  tables.arena_bytes = 8 * gibi;
  Executable executable = Executable::fromTables(pack(tables));
  EXPECT_NO_THROW(requireMemory(executable.tables(), {8 * gibi, 4 * gibi}));
  try {
    requireMemory(executable.tables(), {4 * gibi, 2 * gibi});
    FAIL() << "it does not fit";
  } catch (const netc::Error &error) {
    std::string said = error.what();
    EXPECT_NE(said.find("needs 8.0 GiB for a step of 1024 examples; this "
                        "machine has 4.0 GiB for it; an executable made with "
                        "`--batch 127` would fit"),
              said.npos)
        << said; // a quarter of 1024, halved for what does not grow
  }
}

} // namespace
