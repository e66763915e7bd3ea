// What runs again in the backward pass: an optimal choice for chains, by size
// and time elsewhere. Both are judged by the step that comes out.
#include "compiler/passes/Passes.h"

#include "compiler/passes/CheckpointChain.h"
#include "compiler/passes/StepMemory.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_RECOMPUTE
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
/// A choice, and what comes of it.
struct Choice {
  RunsAgain again;
  int64_t peak = 0; // bytes
  double time = 0;  // that it adds
};

class StepRecompute {
public:
  StepRecompute(MinimizeOp minimize, StepMemory memory, int64_t budget)
      : minimize(minimize), memory(std::move(memory)), budget(budget) {
    for (int64_t i = 0; i < count(); ++i)
      for (Value operand : op(i)->getOperands())
        lastReader[operand] = i;
  }

  /// The best choice found; an error is reported.
  FailureOr<Choice> choose();

private:
  /// The ops [begin, end) of the forward pass.
  struct Range {
    int64_t begin, end;
  };

  Operation *op(int64_t number) const {
    return memory.ops()[static_cast<size_t>(number)];
  }
  int64_t count() const { return static_cast<int64_t>(memory.ops().size()); }

  /// Whether the op is the last of the forward pass that has to do with the
  /// value: reads it, or makes what only gradients read.
  bool endsAt(Value value, int64_t number) const {
    auto reader = lastReader.find(value);
    return reader == lastReader.end() || reader->second == number;
  }
  SmallVector<Range> findStages() const;
  ChainStage describe(const Range &range) const;
  Choice choiceOf(const ChainSchedule &schedule, ArrayRef<Range> stages) const;
  LogicalResult tryChain();

  SmallVector<int64_t> again(int64_t number,
                             const llvm::DenseSet<Value> &dropped,
                             llvm::DenseSet<int64_t> &done) const;
  Choice choiceWithout(const llvm::DenseSet<Value> &dropped) const;
  LogicalResult tryDropping();

  /// Makes the choice with its peak. An error is reported.
  FailureOr<Choice> measured(Choice choice);
  /// Takes the choice if it is better than the one so far.
  void consider(Choice choice);

  MinimizeOp minimize;
  StepMemory memory;
  llvm::DenseMap<Value, int64_t> lastReader; // in the forward pass
  int64_t budget;
  Choice best;
};

struct Recompute : netc::net::impl::RecomputeBase<Recompute> {
  using RecomputeBase::RecomputeBase;
  void runOnOperation() override;
};
} // namespace

void Recompute::runOnOperation() {
  if (bytes < 0)
    return;
  SmallVector<MinimizeOp> steps;
  for (auto func : getOperation().getOps<func::FuncOp>())
    if (!func.isDeclaration())
      llvm::append_range(steps, func.getOps<MinimizeOp>());
  for (MinimizeOp minimize : steps) {
    FailureOr<StepMemory> memory = StepMemory::of(minimize);
    if (failed(memory))
      return signalPassFailure();
    FailureOr<Choice> choice =
        StepRecompute(minimize, std::move(*memory), bytes).choose();
    if (failed(choice))
      return signalPassFailure();
    if (!choice->again.isEmpty())
      choice->again.set(minimize);
  }
}

FailureOr<Choice> StepRecompute::choose() {
  best.peak = memory.peakBytes();
  if (best.peak <= budget)
    return best;
  if (failed(tryChain()))
    return failure();
  if (best.peak > budget && failed(tryDropping()))
    return failure();
  return best;
}

FailureOr<Choice> StepRecompute::measured(Choice choice) {
  FailureOr<int64_t> peak = peakBytesWith(minimize, choice.again);
  if (failed(peak))
    return failure();
  choice.peak = *peak;
  return choice;
}

void StepRecompute::consider(Choice choice) {
  bool fits = choice.peak <= budget, bestFits = best.peak <= budget;
  if (fits ? !bestFits || choice.time < best.time
           : !bestFits && choice.peak < best.peak)
    best = std::move(choice);
}

/// The parts between which one value alone goes on, which gradients read too.
/// What is no number (labels that transforms move) may go past.
SmallVector<StepRecompute::Range> StepRecompute::findStages() const {
  SmallVector<Range> stages;
  int64_t begin = 0;
  llvm::SmallDenseSet<Value> open;
  for (int64_t i = 0; i + 1 < count(); ++i) {
    for (Value operand : op(i)->getOperands())
      if (endsAt(operand, i))
        open.erase(operand);
    for (Value result : op(i)->getResults())
      if (bytesOf(result) > 0 && lastReader.lookup(result) > i &&
          cast<RankedTensorType>(result.getType()).getElementType().isF32())
        open.insert(result);
    if (open.size() == 1 && memory.isRead(*open.begin()) &&
        memory.numberOf(open.begin()->getDefiningOp()) >= begin) {
      stages.push_back({begin, i + 1});
      begin = i + 1;
    }
  }
  stages.push_back({begin, count()});
  return stages;
}

ChainStage StepRecompute::describe(const Range &range) const {
  ChainStage stage;
  llvm::SmallDenseSet<Value> inside, saved, output;
  for (int64_t i = range.begin; i < range.end; ++i) {
    stage.forward += timeOf(op(i));
    stage.backward += memory.gradientTime(i);
    stage.gradients = std::max(stage.gradients, memory.gradientBytes(i));
    for (Value result : op(i)->getResults()) {
      if (bytesOf(result) == 0)
        continue;
      inside.insert(result);
      bool goesOn = lastReader.lookup(result) >= range.end;
      if (goesOn && output.insert(result).second)
        stage.output += bytesOf(result);
      if ((goesOn || memory.isRead(result)) && saved.insert(result).second)
        stage.saved += bytesOf(result);
    }
  }
  // Held in the forward pass, op by op.
  int64_t passing = 0, beside = 0;
  auto change = [&](Value value, int64_t sign) {
    if (!inside.contains(value))
      return;
    if (!output.contains(value))
      passing += sign * bytesOf(value);
    if (!saved.contains(value))
      beside += sign * bytesOf(value);
  };
  for (int64_t i = range.begin; i < range.end; ++i) {
    for (Value result : op(i)->getResults())
      change(result, 1);
    stage.passing = std::max(stage.passing, passing);
    stage.beside = std::max(stage.beside, beside);
    llvm::SmallDenseSet<Value> ended;
    for (Value value :
         llvm::concat<Value>(SmallVector<Value>(op(i)->getOperands()),
                             SmallVector<Value>(op(i)->getResults())))
      if (endsAt(value, i) && ended.insert(value).second)
        change(value, -1);
  }
  return stage;
}

/// Stages that ran forward once run again before the next gradient.
Choice StepRecompute::choiceOf(const ChainSchedule &schedule,
                               ArrayRef<Range> stages) const {
  Choice choice;
  SmallVector<bool> hasRun(stages.size(), false);
  SmallVector<int64_t> again;
  for (int64_t step : schedule.steps) {
    auto stage = static_cast<size_t>(ChainSchedule::stageOf(step));
    const Range &range = stages[stage];
    if (!ChainSchedule::isForward(step)) {
      for (int64_t number : again)
        choice.again.add(range.end - 1, number);
      again.clear();
    } else if (!hasRun[stage]) {
      hasRun[stage] = true;
    } else {
      for (int64_t i = range.begin; i < range.end; ++i) {
        again.push_back(i);
        choice.time += timeOf(op(i));
      }
    }
  }
  return choice;
}

/// Schedules the chain for what may be held, then for less, where the step that
/// comes out takes more than was thought; or for the least that there is.
LogicalResult StepRecompute::tryChain() {
  // The time grows with the third power: neighbours that keep little are one.
  constexpr size_t mostStages = 80;
  SmallVector<Range> ranges = findStages();
  std::vector<ChainStage> stages;
  for (const Range &range : ranges)
    stages.push_back(describe(range));
  while (stages.size() > mostStages) {
    size_t least = 0;
    for (size_t i = 1; i + 1 < stages.size(); ++i)
      if (stages[i].saved + stages[i + 1].saved <
          stages[least].saved + stages[least + 1].saved)
        least = i;
    ranges[least].end = ranges[least + 1].end;
    ranges.erase(ranges.begin() + static_cast<int64_t>(least) + 1);
    stages.erase(stages.begin() + static_cast<int64_t>(least) + 1);
    stages[least] = describe(ranges[least]);
  }
  if (stages.size() < 2)
    return success();

  constexpr int attempts = 6;
  int64_t bytes = budget, none = 0; // bytes with which there is no schedule
  for (int attempt = 0; attempt < attempts && bytes > none; ++attempt) {
    std::optional<ChainSchedule> schedule = scheduleChain(stages, bytes);
    if (!schedule) {
      none = bytes;
      break;
    }
    FailureOr<Choice> choice = measured(choiceOf(*schedule, ranges));
    if (failed(choice))
      return failure();
    int64_t tooMuch = choice->peak - budget;
    consider(std::move(*choice));
    if (tooMuch <= 0)
      return success();
    bytes -= tooMuch;
  }
  // The least that has a schedule, to a hundredth.
  int64_t most = memory.peakBytes();
  std::optional<ChainSchedule> schedule;
  while (most - none > most / 100 + 1) {
    int64_t middle = none + (most - none) / 2;
    if (auto found = scheduleChain(stages, middle)) {
      schedule = std::move(found);
      most = middle;
    } else {
      none = middle;
    }
  }
  if (!schedule)
    return success();
  FailureOr<Choice> choice = measured(choiceOf(*schedule, ranges));
  if (failed(choice))
    return failure();
  consider(std::move(*choice));
  return success();
}

/// The ops that make again what the op gives from what is kept, in order; those
/// of `done` have run again already, and these now have.
SmallVector<int64_t> StepRecompute::again(int64_t number,
                                          const llvm::DenseSet<Value> &dropped,
                                          llvm::DenseSet<int64_t> &done) const {
  SmallVector<int64_t> order, open{number};
  while (!open.empty()) {
    int64_t next = open.pop_back_val();
    if (!done.insert(next).second)
      continue;
    order.push_back(next);
    for (Value operand : op(next)->getOperands()) {
      Operation *maker = operand.getDefiningOp();
      bool isKept = memory.isRead(operand) && !dropped.contains(operand);
      if (maker && bytesOf(operand) > 0 && !isKept)
        open.push_back(memory.numberOf(maker));
    }
  }
  llvm::sort(order);
  return order;
}

/// Values that are not kept are made again before the first gradient that reads
/// them.
Choice
StepRecompute::choiceWithout(const llvm::DenseSet<Value> &dropped) const {
  Choice choice;
  llvm::DenseSet<int64_t> done;
  for (int64_t i = count() - 1; i >= 0; --i)
    for (Value value : memory.readBy(i)) {
      if (!dropped.contains(value))
        continue;
      for (int64_t number :
           again(memory.numberOf(value.getDefiningOp()), dropped, done)) {
        choice.again.add(i, number);
        choice.time += timeOf(op(number));
      }
    }
  return choice;
}

/// Drops one value after the other, those first that give most for their time,
/// as long as the step takes less by it.
LogicalResult StepRecompute::tryDropping() {
  constexpr size_t mostTrials = 200; // each differentiates the step once
  struct Candidate {
    Value value;
    double bytesForTime;
  };
  SmallVector<Candidate> candidates;
  for (int64_t i = 0; i < count(); ++i)
    for (Value value : op(i)->getResults()) {
      if (!memory.isRead(value))
        continue;
      double time = 0;
      llvm::DenseSet<int64_t> done;
      for (int64_t number : again(i, {value}, done))
        time += timeOf(op(number));
      candidates.push_back({value, static_cast<double>(bytesOf(value)) / time});
    }
  llvm::stable_sort(candidates, [](const Candidate &a, const Candidate &b) {
    return a.bytesForTime > b.bytesForTime;
  });
  if (candidates.size() > mostTrials)
    candidates.truncate(mostTrials);

  llvm::DenseSet<Value> dropped;
  int64_t least = memory.peakBytes();
  for (const Candidate &candidate : candidates) {
    dropped.insert(candidate.value);
    FailureOr<Choice> choice = measured(choiceWithout(dropped));
    if (failed(choice))
      return failure();
    if (choice->peak >= least) {
      dropped.erase(candidate.value);
      continue;
    }
    least = choice->peak;
    consider(std::move(*choice));
    if (least <= budget)
      return success();
  }
  return success();
}
