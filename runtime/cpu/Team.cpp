// Threads that wait for work, first awake and then asleep, and OpenMP's entry
// points for them.
#include "runtime/cpu/Team.h"

#include "runtime/Error.h"
#include "runtime/Thread.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <sched.h>
#include <string_view>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace netc::runtime::cpu {
namespace {

using Word = std::atomic<uint32_t>;
using Clock = std::chrono::steady_clock;

/// How long a thread waits awake. Longer than the parts of a launch mostly
/// differ, so that nobody sleeps who is alone on the machine; and short, for
/// beside other processes a wait that is longer is one for a thread that has no
/// processor, and the waiting one's own is better given away: else the two take
/// turns at being without. A user's OMP_WAIT_POLICY is obeyed.
std::chrono::microseconds timeAwake() {
  const char *policy = std::getenv("OMP_WAIT_POLICY");
  std::string_view asked = policy ? policy : "";
  if (asked == "passive" || asked == "PASSIVE")
    return std::chrono::microseconds(0);
  if (asked == "active" || asked == "ACTIVE")
    return std::chrono::milliseconds(20);
  return std::chrono::microseconds(50);
}

/// What the kernel's `sched_setattr` takes, as its first version had it: no
/// header has it that goes with the C library's.
struct SchedulerAttributes {
  uint32_t size = 48, policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0, deadline = 0, period = 0; // ns
};
static_assert(sizeof(SchedulerAttributes) == 48);

/// Asks the scheduler for short turns, often. A thread that was asleep has then
/// its processor again at once; the share of it stays the same. Since Linux
/// 6.12; earlier ones, and what refuses, change nothing.
void askForShortTurns() {
  constexpr uint64_t turn = 100'000; // ns, the least that there is
  SchedulerAttributes attributes;
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0 ||
      attributes.policy != SCHED_OTHER)
    return;
  attributes.runtime = turn;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

/// Where a thread is: in the region that the team works at, or in none.
struct Place {
  int number = 0, size = 1;
  bool isInside = false;
};
thread_local Place place;

class PlaceScope {
public:
  PlaceScope(int number, int size) : outer(place) {
    place = {number, size, true};
  }
  ~PlaceScope() { place = outer; }
  PlaceScope(const PlaceScope &) = delete;
  PlaceScope &operator=(const PlaceScope &) = delete;

private:
  Place outer;
};

class Team {
public:
  static Team &instance() {
    // oneDNN's calls say no object. Never destroyed: its threads wait, asleep,
    // until the process ends.
    static Team *team = new Team;
    return *team;
  }

  int size() const { return wanted; }
  void resize(int threads);
  /// Each of `size` threads calls the function.
  void run(int size, void (*function)(void *), void *data);
  /// The parts are there to be taken: each thread begins with its own, and
  /// those of one that has no processor at the time are done by the others.
  void runParts(int parts, const std::function<void(int)> &part);
  void barrier();

private:
  enum Call : uint32_t { Idle, Work, Stop };
  struct alignas(64) Member { // a cache line each
    Word call{Idle};
    std::atomic<bool> isTaken{false}; // its part of the region
    std::unique_ptr<Thread> thread;
  };

  template <typename Condition> void wait(Word &word, Condition isMet) const;
  void work(Member &member, int number);
  void grow(size_t threads);
  void begin(int size, void (*work)(void *), void *argument);
  void finish();
  void takeParts(const std::function<void(int)> &part);
  std::atomic<bool> &isTaken(int part) {
    return part == 0 ? isFirstTaken
                     : members[static_cast<size_t>(part) - 1]->isTaken;
  }

  const std::chrono::microseconds awake = timeAwake();
  std::atomic<int> wanted =
      static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::mutex mutex;                             // one region at a time
  std::vector<std::unique_ptr<Member>> members; // without the caller's thread

  // The region: written by the caller while all members are idle.
  void (*function)(void *) = nullptr;
  void *data = nullptr;
  int regionSize = 1;
  std::atomic<bool> isFirstTaken{false};
  alignas(64) Word running{0}; // members that are not done
  alignas(64) Word arrived{0}; // at the region's barrier
  alignas(64) Word barriers{0};
};

template <typename Condition>
void Team::wait(Word &word, Condition isMet) const {
  constexpr int pauses = 32; // between two looks at the clock
  uint32_t value = word.load(std::memory_order_acquire);
  if (isMet(value))
    return;
  const Clock::time_point end = Clock::now() + awake;
  do
    for (int i = 0; i < pauses; ++i) {
      value = word.load(std::memory_order_acquire);
      if (isMet(value))
        return;
      __builtin_ia32_pause();
    }
  while (Clock::now() < end);
  while (!isMet(value)) {
    word.wait(value, std::memory_order_acquire);
    value = word.load(std::memory_order_acquire);
  }
}

void Team::work(Member &member, int number) {
  askForShortTurns();
  while (true) {
    wait(member.call, [](uint32_t call) { return call != Idle; });
    uint32_t call = Work;
    if (!member.call.compare_exchange_strong(call, Idle,
                                             std::memory_order_acquire)) {
      if (call == Stop)
        return;
      continue; // called off
    }
    {
      PlaceScope scope(number, regionSize);
      function(data);
    }
    if (running.fetch_sub(1, std::memory_order_acq_rel) == 1)
      running.notify_one();
  }
}

void Team::grow(size_t threads) {
  const size_t before = members.size();
  try {
    while (members.size() < threads) {
      auto member = std::make_unique<Member>();
      auto number = static_cast<int>(members.size()) + 1;
      member->thread = std::make_unique<Thread>(
          Thread::workerStack,
          [this, made = member.get(), number] { work(*made, number); });
      members.push_back(std::move(member));
    }
  } catch (...) {
    for (size_t i = before; i < members.size(); ++i) {
      members[i]->call = Stop;
      members[i]->call.notify_one();
    }
    members.resize(before); // waits for their ends
    throw;
  }
}

void Team::resize(int threads) {
  if (place.isInside) // its region keeps the team that it has
    return;
  std::lock_guard lock(mutex);
  askForShortTurns(); // the caller's too: it is one of the team
  grow(static_cast<size_t>(threads) - 1);
  wanted = threads;
}

void Team::run(int size, void (*work)(void *), void *argument) {
  if (place.isInside || size == 1) {
    PlaceScope scope(0, 1);
    work(argument);
    return;
  }
  std::lock_guard lock(mutex);
  begin(size, work, argument);
  {
    PlaceScope scope(0, size);
    work(argument);
  }
  finish();
}

void Team::begin(int size, void (*work)(void *), void *argument) {
  grow(static_cast<size_t>(size) - 1);
  function = work;
  data = argument;
  regionSize = size;
  running.store(static_cast<uint32_t>(size) - 1, std::memory_order_relaxed);
  // Before the first member begins, who may take any of the parts.
  isFirstTaken.store(false, std::memory_order_relaxed);
  for (size_t i = 0; i + 1 < static_cast<size_t>(size); ++i)
    members[i]->isTaken.store(false, std::memory_order_relaxed);
  for (size_t i = 0; i + 1 < static_cast<size_t>(size); ++i) {
    members[i]->call.store(Work, std::memory_order_release);
    members[i]->call.notify_one();
  }
}

void Team::finish() {
  wait(running, [](uint32_t left) { return left == 0; });
}

void Team::takeParts(const std::function<void(int)> &part) {
  for (int i = 0; i < regionSize; ++i) {
    int next = (place.number + i) % regionSize;
    if (!isTaken(next).exchange(true, std::memory_order_relaxed))
      part(next);
  }
}

void Team::runParts(int parts, const std::function<void(int)> &part) {
  if (place.isInside || parts == 1) {
    PlaceScope scope(0, 1);
    for (int i = 0; i < parts; ++i)
      part(i);
    return;
  }
  std::lock_guard lock(mutex);
  begin(
      parts,
      [](void *data) {
        instance().takeParts(
            *static_cast<const std::function<void(int)> *>(data));
      },
      const_cast<std::function<void(int)> *>(&part));
  {
    PlaceScope scope(0, parts);
    takeParts(part);
  }
  // All are taken: who has not begun need not begin.
  for (int i = 1; i < parts; ++i) {
    uint32_t call = Work;
    if (members[static_cast<size_t>(i) - 1]->call.compare_exchange_strong(
            call, Idle, std::memory_order_relaxed))
      running.fetch_sub(1, std::memory_order_relaxed);
  }
  finish();
}

void Team::barrier() {
  if (place.size == 1)
    return;
  uint32_t before = barriers.load(std::memory_order_acquire);
  if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 ==
      static_cast<uint32_t>(place.size)) {
    arrived.store(0, std::memory_order_relaxed);
    barriers.store(before + 1, std::memory_order_release);
    barriers.notify_all();
    return;
  }
  wait(barriers, [before](uint32_t now) { return now != before; });
}

} // namespace

void setTeam(int threads) {
  assert(threads >= 1);
  try {
    Team::instance().resize(threads);
  } catch (const Error &error) {
    throw Error(
        fmt::format("a step takes {} threads: {}", threads, error.what()));
  }
}

int teamSize() { return Team::instance().size(); }

void runInTeam(int parts, const std::function<void(int)> &part) {
  Team::instance().runParts(parts, part);
}

} // namespace netc::runtime::cpu

// What oneDNN, compiled by g++ for OpenMP, calls. libgomp's documentation ("The
// libgomp ABI") says what each does.
extern "C" {

void GOMP_parallel(void (*function)(void *), void *data, unsigned threads,
                   unsigned /*flags*/) {
  using namespace netc::runtime::cpu;
  Team &team = Team::instance();
  team.run(threads == 0 ? team.size() : static_cast<int>(threads), function,
           data);
}

void GOMP_barrier() { netc::runtime::cpu::Team::instance().barrier(); }

int omp_get_max_threads() { return netc::runtime::cpu::teamSize(); }
int omp_get_num_threads() { return netc::runtime::cpu::place.size; }
int omp_get_thread_num() { return netc::runtime::cpu::place.number; }
int omp_in_parallel() { return netc::runtime::cpu::place.size > 1 ? 1 : 0; }

} // extern "C"
