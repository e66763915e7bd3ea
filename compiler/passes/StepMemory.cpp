// Differentiates copies and sweeps over their values.
#include "compiler/passes/StepMemory.h"

using namespace mlir;

namespace netc::net {
namespace {

/// A copy of a function beside it, for as long as the object lives.
class Copy {
public:
  explicit Copy(MinimizeOp minimize) {
    auto original = minimize->getParentOfType<func::FuncOp>();
    OpBuilder builder(original);
    func = cast<func::FuncOp>(builder.clone(*original));
    func.setName((original.getName() + ".copy").str()); // no text has a dot
  }
  ~Copy() { func->erase(); }
  Copy(const Copy &) = delete;
  Copy &operator=(const Copy &) = delete;

  Block &block() { return func.getBody().front(); }
  MinimizeOp minimize() { return *block().getOps<MinimizeOp>().begin(); }

private:
  func::FuncOp func;
};

int64_t peakOf(Block &block) {
  int64_t peak = 0;
  for (auto [op, bytes] : heldBytes(block, [](Value) { return true; }))
    peak = std::max(peak, bytes);
  return peak;
}

} // namespace

int64_t bytesOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || value.getDefiningOp<ReadParameterOp>())
    return 0;
  return type.getNumElements() *
         static_cast<int64_t>((type.getElementTypeBitWidth() + 7) / 8);
}

double timeOf(Operation *op) {
  constexpr double addsAByte = 8;
  int64_t bytes = 0;
  for (Value value : op->getOperands())
    bytes += bytesOf(value);
  for (Value value : op->getResults())
    bytes += bytesOf(value);
  double time = addsAByte * static_cast<double>(bytes);
  if (auto cost = dyn_cast<CostOpInterface>(op))
    time += static_cast<double>(cost.getMultiplyAdds());
  return time;
}

llvm::DenseMap<Operation *, int64_t>
heldBytes(Block &block, llvm::function_ref<bool(Value)> counts) {
  llvm::DenseMap<Value, Operation *> lastReader;
  for (Operation &op : block)
    for (Value operand : op.getOperands())
      lastReader[operand] = &op;
  llvm::DenseMap<Operation *, int64_t> held;
  int64_t now = 0;
  auto bytes = [&](Value value) { return counts(value) ? bytesOf(value) : 0; };
  for (Operation &op : block) {
    for (Value result : op.getResults())
      now += bytes(result);
    held[&op] = now;
    llvm::SmallDenseSet<Value> ended;
    for (Value operand : op.getOperands())
      if (operand.getDefiningOp() && lastReader.lookup(operand) == &op &&
          ended.insert(operand).second)
        now -= bytes(operand);
    for (Value result : op.getResults())
      if (result.use_empty())
        now -= bytes(result);
  }
  return held;
}

FailureOr<StepMemory> StepMemory::of(MinimizeOp minimize) {
  StepMemory memory;
  for (Operation &op : *minimize->getBlock()) {
    if (&op == minimize)
      break;
    memory.numbers[&op] = static_cast<int64_t>(memory.forward.size());
    memory.forward.push_back(&op);
  }
  memory.gradients.resize(memory.forward.size());

  Copy copy(minimize);
  llvm::DenseMap<Operation *, int64_t> numbers; // of the copies
  for (Operation &op : copy.block()) {
    if (numbers.size() == memory.forward.size())
      break;
    numbers.try_emplace(&op, static_cast<int64_t>(numbers.size()));
  }
  SmallVector<SmallVector<Operation *>> made(memory.forward.size());
  auto observe = [&](Operation *op, auto range) {
    for (Operation &gradient : range)
      made[static_cast<size_t>(numbers.lookup(op))].push_back(&gradient);
  };
  if (failed(differentiate(copy.minimize(), observe)))
    return failure();

  auto isForward = [&](Value value) {
    Operation *op = value.getDefiningOp();
    return !op || numbers.contains(op);
  };
  auto held = heldBytes(copy.block(), [&](Value v) { return !isForward(v); });
  for (auto [gradient, ops] : llvm::zip_equal(memory.gradients, made))
    for (Operation *op : ops) {
      gradient.bytes = std::max(gradient.bytes, held.lookup(op));
      gradient.time += timeOf(op);
      for (Value operand : op->getOperands()) {
        auto result = dyn_cast<OpResult>(operand);
        if (!result || !isForward(result) || bytesOf(result) == 0)
          continue;
        auto number = static_cast<size_t>(numbers.lookup(result.getOwner()));
        Value original =
            memory.forward[number]->getResult(result.getResultNumber());
        memory.read.insert(original);
        if (!llvm::is_contained(gradient.read, original))
          gradient.read.push_back(original);
      }
    }
  memory.peak = peakOf(copy.block());
  return memory;
}

FailureOr<int64_t> peakBytesWith(MinimizeOp minimize, const RunsAgain &again) {
  Copy copy(minimize);
  again.set(copy.minimize());
  Block &block = copy.block();
  if (failed(differentiate(copy.minimize())))
    return failure();
  return peakOf(block);
}

} // namespace netc::net
