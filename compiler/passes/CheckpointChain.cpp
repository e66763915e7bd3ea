// Dynamic programming over the parts of a chain and the memory that is left.
#include "compiler/passes/CheckpointChain.h"

#include <algorithm>
#include <limits>

namespace netc::net {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

class Table {
public:
  Table(std::span<const ChainStage> stages, int64_t bytes, int64_t slots);

  std::optional<ChainSchedule> schedule();

private:
  /// How the part of a chain is begun: its first stage keeps all that its
  /// backward pass reads, or the stages before `restart` keep nothing and run
  /// again later.
  static constexpr int32_t keepsAll = 0;
  struct Entry {
    double time = never;
    int32_t restart = keepsAll;
  };

  int64_t inSlots(int64_t size) const { return (size + slot - 1) / slot; }
  size_t place(int64_t first, int64_t last, int64_t memory) const {
    // Behind those that begin earlier: a triangle.
    auto count = static_cast<int64_t>(stages.size());
    int64_t before = first * (2 * count - first + 1) / 2;
    return static_cast<size_t>((before + last - first) * (slots + 1) + memory);
  }
  /// The gradient of the stage's output.
  int64_t gradientOf(int64_t stage) const { return output[at(stage)]; }
  static size_t at(int64_t stage) { return static_cast<size_t>(stage); }

  void fill(int64_t first, int64_t last);
  void emit(int64_t first, int64_t last, int64_t memory,
            std::vector<int64_t> &steps) const;

  std::span<const ChainStage> stages;
  int64_t slots, slot;
  std::vector<int64_t> output, saved, passing, beside, gradients; // in slots
  std::vector<Entry> entries; // by first stage, last stage, memory
};

Table::Table(std::span<const ChainStage> stages, int64_t bytes, int64_t slots)
    : stages(stages), slots(slots),
      slot(std::max<int64_t>(1, (bytes + slots - 1) / slots)) {
  this->slots = std::min(slots, bytes / slot);
  for (const ChainStage &stage : stages) {
    output.push_back(inSlots(stage.output));
    saved.push_back(inSlots(std::max(stage.saved, stage.output)));
    passing.push_back(inSlots(stage.passing));
    beside.push_back(inSlots(stage.beside));
    gradients.push_back(inSlots(stage.gradients));
  }
  entries.resize(stages.size() * (stages.size() + 1) / 2 *
                 static_cast<size_t>(this->slots + 1));
}

/// The best ways to do the stages [first, last], whose input is kept elsewhere,
/// for each memory; the gradient of the last one's output is within it.
void Table::fill(int64_t first, int64_t last) {
  int64_t above = gradientOf(last);
  for (int64_t memory = 0; memory <= slots; ++memory) {
    Entry &best = entries[place(first, last, memory)];
    // All of the first stage is kept until its backward pass.
    int64_t left = memory - saved[at(first)];
    bool fits =
        left >= beside[at(first)] + above && left >= gradients[at(first)];
    double rest = first == last ? 0 : never;
    if (fits && first < last)
      rest = entries[place(first + 1, last, left)].time;
    if (fits)
      best = {stages[at(first)].forward + stages[at(first)].backward + rest,
              keepsAll};
    // The stages before `restart` run through, and again when those behind have
    // been done.
    double forward = 0;
    for (int64_t restart = first + 1; restart <= last; ++restart) {
      int64_t stage = restart - 1;
      forward += stages[at(stage)].forward;
      int64_t input = stage > first ? output[at(stage - 1)] : 0;
      if (above + input + passing[at(stage)] + output[at(stage)] > memory)
        break;
      int64_t behind = memory - output[at(stage)];
      double time = forward + entries[place(restart, last, behind)].time +
                    entries[place(first, stage, memory)].time;
      if (time < best.time)
        best = {time, static_cast<int32_t>(restart)};
    }
  }
}

void Table::emit(int64_t first, int64_t last, int64_t memory,
                 std::vector<int64_t> &steps) const {
  const Entry &entry = entries[place(first, last, memory)];
  if (entry.restart == keepsAll) {
    steps.push_back(first);
    if (first < last)
      emit(first + 1, last, memory - saved[at(first)], steps);
    steps.push_back(ChainSchedule::backward(first));
    return;
  }
  for (int64_t stage = first; stage < entry.restart; ++stage)
    steps.push_back(stage);
  emit(entry.restart, last, memory - output[at(entry.restart - 1)], steps);
  emit(first, entry.restart - 1, memory, steps);
}

std::optional<ChainSchedule> Table::schedule() {
  auto count = static_cast<int64_t>(stages.size());
  for (int64_t length = 1; length <= count; ++length)
    for (int64_t first = 0; first + length <= count; ++first)
      fill(first, first + length - 1);
  const Entry &whole = entries[place(0, count - 1, slots)];
  if (whole.time == never)
    return std::nullopt;
  ChainSchedule schedule;
  schedule.time = whole.time;
  emit(0, count - 1, slots, schedule.steps);
  return schedule;
}

} // namespace

std::optional<ChainSchedule> scheduleChain(std::span<const ChainStage> stages,
                                           int64_t bytes, int64_t slots) {
  if (stages.empty())
    return ChainSchedule();
  if (bytes < 0)
    return std::nullopt;
  return Table(stages, bytes, slots).schedule();
}

} // namespace netc::net
