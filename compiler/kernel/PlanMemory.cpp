// Gives every buffer its place in the arena. See KernelPasses.td.
#include "compiler/kernel/KernelPasses.h"
#include "compiler/kernel/Lifetimes.h"
#include "runtime/Contract.h"

#include "llvm/Support/MathExtras.h"

namespace netc::kernel {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/kernel/KernelPasses.h.inc"
} // namespace netc::kernel

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

namespace {

// Buffers that share one place: one, or a chain through launches in place.
struct Slot {
  int64_t bytes = 0;
  unsigned first = 0, last = 0;
  int64_t offset = -1;
  SmallVector<Value, 1> values;

  bool isInUseWith(const Slot &other) const {
    return first <= other.last && other.first <= last;
  }
};

class PlanMemory : public kernel::impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override;
};

} // namespace

static int64_t align(int64_t bytes) {
  return llvm::alignTo(bytes, runtime::arenaAlignment);
}

// How often a launch names each buffer.
static unsigned countUses(LaunchOp launch, Value buffer) {
  return llvm::count_if(launch.getBuffers(), [&](Value operand) {
    return getBaseBuffer(operand) == buffer;
  });
}

// Temporaries as slots. A launch's result joins the slot of the argument that
// it may overwrite, when both are temporaries, the argument ends and the result
// begins there, the launch knows neither by another operand, and it fits.
static std::vector<Slot> makeSlots(ProgramOp program,
                                   ArrayRef<Buffer> buffers) {
  std::vector<Slot> slots;
  DenseMap<Value, size_t> slotOf;
  DenseMap<Value, Buffer> lifetimes;
  for (const Buffer &buffer : buffers)
    if (!isa<BlockArgument>(buffer.value)) {
      slotOf[buffer.value] = slots.size();
      lifetimes[buffer.value] = buffer;
      slots.push_back(
          {buffer.bytes, buffer.first, buffer.last, -1, {buffer.value}});
    }
  for (auto [position, work] : llvm::enumerate(getLaunches(program))) {
    auto launch = dyn_cast<LaunchOp>(work.getOperation());
    if (!launch)
      continue;
    for (auto [outOperand, inOperand] : launch.getInPlacePairs()) {
      Value out = getBaseBuffer(launch.getBuffers()[outOperand]);
      Value in = getBaseBuffer(launch.getBuffers()[inOperand]);
      if (out == in || !slotOf.contains(out) || !slotOf.contains(in) ||
          countUses(launch, out) > 1 || countUses(launch, in) > 1)
        continue;
      Slot &target = slots[slotOf[in]], &source = slots[slotOf[out]];
      // The slots' ends tell of the members joined before: another result on
      // the argument, or another argument under the result.
      if (lifetimes[in].last != position || target.last != position ||
          source.first != position ||
          lifetimes[out].bytes > lifetimes[in].bytes)
        continue;
      target.last = source.last;
      target.values.append(source.values);
      for (Value value : source.values)
        slotOf[value] = &target - slots.data();
      source.values.clear();
    }
  }
  llvm::erase_if(slots, [](const Slot &slot) { return slot.values.empty(); });
  return slots;
}

// Places the slots from `base` on; returns the end of the last.
static int64_t placeSlots(std::vector<Slot> &slots, int64_t base) {
  std::vector<Slot *> order, placed; // placed: by offset
  for (Slot &slot : slots)
    order.push_back(&slot);
  llvm::stable_sort(order, [](Slot *left, Slot *right) {
    return left->bytes > right->bytes;
  });
  int64_t arenaEnd = base;
  for (Slot *slot : order) {
    int64_t bytes = align(slot->bytes), end = base, bestGap = INT64_MAX;
    for (Slot *other : placed) {
      if (!slot->isInUseWith(*other))
        continue;
      if (int64_t gap = other->offset - end; gap >= bytes && gap < bestGap) {
        bestGap = gap;
        slot->offset = end;
      }
      end = std::max(end, other->offset + align(other->bytes));
    }
    if (slot->offset < 0)
      slot->offset = end;
    placed.insert(llvm::upper_bound(placed, slot,
                                    [](Slot *left, Slot *right) {
                                      return left->offset < right->offset;
                                    }),
                  slot);
    arenaEnd = std::max(arenaEnd, slot->offset + bytes);
  }
  return arenaEnd;
}

// Plans one program after the globals; returns the end of its memory.
static FailureOr<int64_t> planProgram(ProgramOp program, int64_t base) {
  FailureOr<SmallVector<Buffer>> buffers = computeLifetimes(program);
  if (failed(buffers))
    return failure();
  for (const Buffer &buffer : *buffers)
    if (auto argument = dyn_cast<BlockArgument>(buffer.value)) {
      program.setArgumentOffset(argument.getArgNumber(), base);
      base += align(buffer.bytes);
    }
  std::vector<Slot> slots = makeSlots(program, *buffers);
  int64_t end = placeSlots(slots, base);
  for (const Slot &slot : slots)
    for (Value value : slot.values) {
      OpBuilder builder(value.getDefiningOp());
      auto slice =
          builder.create<SliceOp>(value.getLoc(), value.getType(),
                                  builder.getI64IntegerAttr(slot.offset));
      value.replaceAllUsesWith(slice);
    }
  // What is left is named by no launch.
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(program.getBody().front())))
    if (isa<AllocOp, SliceOp, ReshapeOp>(op) && op.use_empty())
      op.erase();
  return end;
}

void PlanMemory::runOnOperation() {
  ModuleOp module = getOperation();
  Builder builder(&getContext());
  int64_t globalsEnd = 0;
  // A sum of at most 2^46 each cannot overflow before it is found too large.
  auto isTooLarge = [&](int64_t bytes) {
    if (bytes <= maxArenaBytes)
      return false;
    module.emitError("the programs need an arena of ")
        << bytes << " bytes; at most 2^46 are possible";
    return true;
  };
  for (GlobalOp global : module.getOps<GlobalOp>()) {
    global.setOffset(globalsEnd);
    std::optional<int64_t> bytes =
        getByteSize(cast<MemRefType>(global.getType()));
    globalsEnd += align(std::min(bytes.value_or(INT64_MAX), maxArenaBytes + 1));
    if (isTooLarge(globalsEnd))
      return signalPassFailure();
  }
  int64_t arenaBytes = globalsEnd;
  for (ProgramOp program : module.getOps<ProgramOp>()) {
    FailureOr<int64_t> end = planProgram(program, globalsEnd);
    if (failed(end) || isTooLarge(*end))
      return signalPassFailure();
    arenaBytes = std::max(arenaBytes, *end);
  }
  module->setAttr(arenaBytesAttrName, builder.getI64IntegerAttr(arenaBytes));
  if (failed(verifyMemoryPlan(module)))
    signalPassFailure();
}
