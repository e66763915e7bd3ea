// Schedules of chains beside the best of all that there are, and each run as it
// stands, with what it holds counted.
#include "compiler/passes/CheckpointChain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>

using namespace netc::net;

namespace {

using Chain = std::vector<ChainStage>;

constexpr double never = std::numeric_limits<double>::infinity();

Chain drawChain(unsigned seed) {
  std::mt19937 generator(seed);
  auto number = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(generator);
  };
  Chain chain(static_cast<size_t>(number(1, 5)));
  int64_t input = 0; // bytes of a stage's input
  for (ChainStage &stage : chain) {
    stage.forward = number(1, 9);
    stage.backward = number(1, 9);
    stage.output = &stage == &chain.back() ? 0 : number(1, 4);
    stage.saved = stage.output + number(0, 3);
    stage.passing = number(0, 2);
    stage.beside = std::min<int64_t>(stage.passing, number(0, 2));
    stage.gradients = stage.output + input + number(0, 1);
    input = stage.output;
  }
  return chain;
}

/// The state of a run of a chain: which outputs and which sets of saved values
/// are there, and how many stages still have no gradient.
struct State {
  std::set<int64_t> outputs, saved;
  int64_t open = 0;
  auto operator<=>(const State &) const = default;
};

/// What the state holds, in bytes; a stage's saved values have its output.
int64_t heldBy(const Chain &chain, const State &state) {
  int64_t bytes = 0;
  for (int64_t stage : state.saved)
    bytes += chain[static_cast<size_t>(stage)].saved;
  for (int64_t stage : state.outputs)
    if (!state.saved.contains(stage))
      bytes += chain[static_cast<size_t>(stage)].output;
  if (state.open > 0 && state.open < static_cast<int64_t>(chain.size()))
    bytes += chain[static_cast<size_t>(state.open - 1)].output; // its gradient
  return bytes;
}

/// The least time to the end over every order of running a stage, which keeps
/// all of it or its output, and keeps its input or not: Dijkstra's search. What
/// has been kept stays until the gradient that reads it.
double leastTime(const Chain &chain, int64_t bytes) {
  std::map<State, double> best;
  std::set<std::pair<double, State>> queue;
  auto reach = [&](const State &state, double time) {
    auto [entry, isNew] = best.try_emplace(state, time);
    if (!isNew && entry->second <= time)
      return;
    queue.erase({entry->second, state});
    entry->second = time;
    queue.insert({time, state});
  };
  State start;
  start.open = static_cast<int64_t>(chain.size());
  reach(start, 0);
  while (!queue.empty()) {
    auto [time, state] = *queue.begin();
    queue.erase(queue.begin());
    if (state.open == 0)
      return time;
    int64_t held = heldBy(chain, state);
    for (int64_t stage = 0; stage < state.open; ++stage) {
      const ChainStage &part = chain[static_cast<size_t>(stage)];
      bool hasInput = stage == 0 || state.outputs.contains(stage - 1);
      if (!hasInput || state.saved.contains(stage))
        continue;
      State next = state;
      next.outputs.insert(stage);
      if (held + part.output + part.passing <= bytes) {
        reach(next, time + part.forward);
        State moved = next;
        if (!moved.saved.contains(stage - 1))
          moved.outputs.erase(stage - 1);
        reach(moved, time + part.forward);
      }
      next.saved.insert(stage);
      if (held + part.saved + part.beside <= bytes)
        reach(next, time + part.forward);
    }
    int64_t last = state.open - 1; // backward
    const ChainStage &part = chain[static_cast<size_t>(last)];
    int64_t gradient =
        state.open < static_cast<int64_t>(chain.size()) ? part.output : 0;
    bool hasInput = last == 0 || state.outputs.contains(last - 1);
    if (hasInput && state.saved.contains(last) &&
        held - gradient + part.gradients <= bytes) {
      State next = state;
      next.saved.erase(last);
      next.outputs.erase(last);
      if (!next.saved.contains(last - 1)) // nothing else reads its input
        next.outputs.erase(last - 1);
      next.open = last;
      reach(next, time + part.backward);
    }
  }
  return never;
}

/// Runs a schedule, in which what is kept goes with its last use; the time that
/// it takes, never where it uses what is not there.
double timeOf(const Chain &chain, const std::vector<int64_t> &steps) {
  double time = 0;
  std::set<int64_t> there; // stages whose forward pass was the last to run
  auto open = static_cast<int64_t>(chain.size());
  for (int64_t step : steps) {
    int64_t stage = ChainSchedule::stageOf(step);
    const ChainStage &part = chain[static_cast<size_t>(stage)];
    if (stage > 0 && !there.contains(stage - 1))
      return never;
    if (ChainSchedule::isForward(step)) {
      there.insert(stage);
      time += part.forward;
    } else {
      if (stage != --open || !there.contains(stage))
        return never;
      time += part.backward;
    }
  }
  return open == 0 ? time : never;
}

} // namespace

TEST(CheckpointChain, KeepsAllWhereThereIsRoom) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    Chain chain = drawChain(seed);
    double time = 0;
    for (const ChainStage &stage : chain)
      time += stage.forward + stage.backward;
    auto schedule = scheduleChain(chain, 500);
    ASSERT_TRUE(schedule);
    EXPECT_EQ(schedule->time, time);
    EXPECT_EQ(schedule->steps.size(), 2 * chain.size());
  }
}

TEST(CheckpointChain, RunsAsItSays) {
  for (unsigned seed = 0; seed < 200; ++seed)
    for (int64_t bytes : {5, 8, 11, 14, 18, 25}) {
      Chain chain = drawChain(seed);
      if (auto schedule = scheduleChain(chain, bytes)) {
        EXPECT_EQ(timeOf(chain, schedule->steps), schedule->time)
            << "seed " << seed << " in " << bytes;
      }
    }
}

// With as many slots as bytes nothing is rounded. The search may also drop what
// it has kept when it runs from there again, which rarely helps.
TEST(CheckpointChain, TakesTheLeastTime) {
  int all = 0, equal = 0;
  for (unsigned seed = 0; seed < 120; ++seed)
    for (int64_t bytes : {5, 8, 11, 14, 18}) {
      Chain chain = drawChain(seed);
      auto schedule = scheduleChain(chain, bytes, bytes);
      double time = schedule ? schedule->time : never;
      double least = leastTime(chain, bytes);
      EXPECT_GE(time, least) << "seed " << seed << " in " << bytes;
      ++all;
      equal += time == least ? 1 : 0;
    }
  EXPECT_GE(equal, all - 2);
}

TEST(CheckpointChain, SaysWhereThereIsNone) {
  Chain chain = drawChain(3);
  EXPECT_FALSE(scheduleChain(chain, 0));
  EXPECT_FALSE(scheduleChain(chain, -1));
  EXPECT_TRUE(scheduleChain({}, 0));
}
