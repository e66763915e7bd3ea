// The team of threads, and that oneDNN's OpenMP is it.
#include "runtime/cpu/Team.h"

#include "TestSettings.h"
#include "runtime/Error.h"
#include "runtime/cpu/Primitive.h"

#include <algorithm>
#include <atomic>
#include <dlfcn.h>
#include <fstream>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <sys/resource.h>
#include <thread>
#include <vector>

extern "C" {
int omp_get_max_threads();
int omp_get_num_threads();
int omp_get_thread_num();
int omp_in_parallel();
void GOMP_barrier();
void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);
}

namespace netc::runtime::cpu {
namespace {

class TeamTest : public testing::Test {
protected:
  ~TeamTest() override { setTeam(testSettings().threads); }
};

int threadsOfProcess() {
  std::ifstream status("/proc/self/status");
  std::string word;
  int count = 0;
  while (status >> word)
    if (word == "Threads:")
      status >> count;
  return count;
}

struct Region {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::multiset<int> numbers;
};

TEST_F(TeamTest, ARegionHasAThreadForEachNumber) {
  for (int size : {1, 2, 5, 3}) {
    setTeam(size);
    EXPECT_EQ(teamSize(), size);
    Region region;
    GOMP_parallel(
        [](void *data) {
          auto &region = *static_cast<Region *>(data);
          std::lock_guard lock(region.mutex);
          region.threads.insert(std::this_thread::get_id());
          region.numbers.insert(omp_get_thread_num());
          EXPECT_EQ(omp_get_num_threads(), omp_get_max_threads());
        },
        &region, 0, 0);
    EXPECT_EQ(region.threads.size(), size_t(size));
    EXPECT_EQ(region.numbers.size(), size_t(size));
    for (int number = 0; number < size; ++number)
      EXPECT_EQ(region.numbers.count(number), 1u);
  }
  EXPECT_EQ(omp_get_num_threads(), 1);
  EXPECT_EQ(omp_in_parallel(), 0);
}

TEST_F(TeamTest, EachPartIsDoneOnce) {
  for (int parts : {1, 2, 5, 3, 40}) { // more than the team has, too
    setTeam(std::min(parts, 8));
    for (int round = 0; round < 300; ++round) {
      std::vector<std::atomic<int>> done(static_cast<size_t>(parts));
      runInTeam(parts, [&](int part) { ++done[static_cast<size_t>(part)]; });
      for (const std::atomic<int> &count : done)
        ASSERT_EQ(count, 1);
    }
  }
}

TEST_F(TeamTest, WithinARegionPartsAreDoneInTurn) {
  setTeam(3);
  std::atomic<int> count = 0;
  runInTeam(3, [&](int) {
    int outer = omp_get_thread_num();
    setTeam(5); // in vain: this region has the team
    runInTeam(4, [&](int) {
      EXPECT_EQ(omp_get_num_threads(), 1);
      ++count;
    });
    EXPECT_EQ(omp_get_thread_num(), outer); // as before
    EXPECT_EQ(omp_in_parallel(), 1);
  });
  EXPECT_EQ(count, 12);
  EXPECT_EQ(teamSize(), 3);
}

TEST_F(TeamTest, ThreadsShareTheTeamInTurns) {
  setTeam(4);
  std::atomic<int> inside = 0, total = 0;
  auto use = [&] {
    for (int i = 0; i < 200; ++i)
      runInTeam(4, [&](int) {
        EXPECT_LE(++inside, 4);
        ++total;
        --inside;
      });
  };
  std::thread other(use);
  use();
  other.join();
  EXPECT_EQ(total, 1600);
}

TEST_F(TeamTest, BarriersHoldEachThread) {
  setTeam(4);
  struct Counts {
    std::atomic<int> before = 0, wrong = 0;
  } counts;
  GOMP_parallel(
      [](void *data) {
        auto &counts = *static_cast<Counts *>(data);
        for (int round = 1; round <= 100; ++round) {
          ++counts.before;
          GOMP_barrier();
          if (counts.before != 4 * round)
            ++counts.wrong;
          GOMP_barrier();
        }
      },
      &counts, 4, 0);
  EXPECT_EQ(counts.before, 400);
  EXPECT_EQ(counts.wrong, 0);
  GOMP_barrier(); // outside: none to wait for
}

TEST_F(TeamTest, IsWhatTheLibraryFinds) {
  // A reference of oneDNN's is bound as this one is.
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "GOMP_parallel"),
            reinterpret_cast<void *>(&GOMP_parallel));
  for (const char *name :
       {"GOMP_parallel", "GOMP_barrier", "omp_get_max_threads",
        "omp_get_num_threads", "omp_get_thread_num", "omp_in_parallel"}) {
    Dl_info found{}, own{};
    ASSERT_NE(dladdr(dlsym(RTLD_DEFAULT, name), &found), 0) << name;
    ASSERT_NE(dladdr(reinterpret_cast<void *>(&GOMP_parallel), &own), 0);
    EXPECT_EQ(found.dli_fbase, own.dli_fbase) << name;
  }
  setTeam(3);
  EXPECT_EQ(omp_get_max_threads(), 3);
}

TEST_F(TeamTest, WhatCannotBeMadeIsAnErrorAndLeavesNoThread) {
  setTeam(2);
  int before = threadsOfProcess();
  rlimit memory{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &memory), 0);
  std::ifstream statm("/proc/self/statm");
  uint64_t pages = 0;
  statm >> pages;
  // Room for a few stacks.
  rlimit small{pages * 4096 + (uint64_t(16) << 20), memory.rlim_max};
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer has terabytes of address space";
#endif
  ASSERT_EQ(setrlimit(RLIMIT_AS, &small), 0);
  std::string message;
  try {
    setTeam(64);
  } catch (const Error &error) {
    message = error.what();
  }
  setrlimit(RLIMIT_AS, &memory);
  EXPECT_NE(message.find("a step takes 64 threads"), std::string::npos)
      << message;
  EXPECT_NE(message.find("(ulimit -v)"), std::string::npos) << message;
  EXPECT_EQ(threadsOfProcess(), before);
  EXPECT_EQ(teamSize(), 2);
}

} // namespace
} // namespace netc::runtime::cpu
