// Checks a memory plan against the buffers' lifetimes, independently of how the
// plan was made.
#include "compiler/kernel/KernelPasses.h"
#include "compiler/kernel/Lifetimes.h"

namespace netc::kernel {
#define GEN_PASS_DEF_VERIFYMEMORYPLAN
#include "compiler/kernel/KernelPasses.h.inc"
} // namespace netc::kernel

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

namespace {
// A buffer at its place.
struct Placed {
  Buffer buffer;
  int64_t begin, end;
};
} // namespace

static std::optional<int64_t> getOffset(ProgramOp program, Value buffer) {
  if (auto argument = dyn_cast<BlockArgument>(buffer))
    return program.getArgumentOffset(argument.getArgNumber());
  if (auto slice = buffer.getDefiningOp<SliceOp>())
    return slice.getOffset();
  return std::nullopt;
}

// `next` may begin in the launch in which `previous` ends, on the same bytes,
// if that launch says so.
static bool isInPlace(MutableArrayRef<WorkOpInterface> launches,
                      const Placed &previous, const Placed &next) {
  if (previous.buffer.last != next.buffer.first || previous.begin != next.begin)
    return false;
  auto launch = dyn_cast<LaunchOp>(launches[next.buffer.first].getOperation());
  return launch && llvm::any_of(launch.getInPlacePairs(), [&](auto pair) {
           return getBaseBuffer(launch.getBuffers()[pair.first]) ==
                      next.buffer.value &&
                  getBaseBuffer(launch.getBuffers()[pair.second]) ==
                      previous.buffer.value;
         });
}

static LogicalResult verifyProgram(ProgramOp program, int64_t globalsEnd,
                                   int64_t arenaBytes) {
  FailureOr<SmallVector<Buffer>> buffers = computeLifetimes(program);
  if (failed(buffers))
    return failure();
  SmallVector<WorkOpInterface> launches = getLaunches(program);
  SmallVector<Placed> placed;
  for (const Buffer &buffer : *buffers) {
    std::optional<int64_t> offset = getOffset(program, buffer.value);
    if (!offset)
      return emitError(buffer.value.getLoc())
             << "a buffer has no place in the arena";
    if (*offset < globalsEnd || *offset + buffer.bytes > arenaBytes)
      return emitError(buffer.value.getLoc())
             << "a buffer at [" << *offset << ", " << *offset + buffer.bytes
             << ") is outside what the globals leave of the arena, ["
             << globalsEnd << ", " << arenaBytes << ")";
    placed.push_back({buffer, *offset, *offset + buffer.bytes});
  }
  llvm::stable_sort(
      placed, [](auto &left, auto &right) { return left.begin < right.begin; });
  for (size_t i = 0; i < placed.size(); ++i)
    for (size_t j = i + 1; j < placed.size() && placed[j].begin < placed[i].end;
         ++j) {
      const Placed &left = placed[i], &right = placed[j];
      if (left.buffer.last < right.buffer.first ||
          right.buffer.last < left.buffer.first ||
          isInPlace(launches, left, right) || isInPlace(launches, right, left))
        continue;
      InFlightDiagnostic diagnostic =
          emitError(right.buffer.value.getLoc())
          << "a buffer at [" << right.begin << ", " << right.end
          << ") overlaps another that is in use with it";
      diagnostic.attachNote(left.buffer.value.getLoc())
          << "the other, at [" << left.begin << ", " << left.end << ")";
      return diagnostic;
    }
  return success();
}

LogicalResult kernel::verifyMemoryPlan(ModuleOp module) {
  std::optional<int64_t> arenaBytes = getArenaBytes(module);
  if (!arenaBytes)
    return module.emitError(
        "has no memory plan: `kernel.arena_bytes` is missing");
  SmallVector<GlobalOp> globals = llvm::to_vector(module.getOps<GlobalOp>());
  for (GlobalOp global : globals)
    if (!global.getOffset())
      return global.emitOpError("has no place in the arena");
  llvm::stable_sort(globals, [](GlobalOp left, GlobalOp right) {
    return *left.getOffset() < *right.getOffset();
  });
  int64_t end = 0;
  for (GlobalOp global : globals) {
    std::optional<int64_t> bytes =
        getByteSize(cast<MemRefType>(global.getType()));
    if (int64_t(*global.getOffset()) < end)
      return global.emitOpError("overlaps another global");
    end = *global.getOffset() + bytes.value_or(maxArenaBytes);
    if (end > *arenaBytes)
      return global.emitOpError("is outside the arena");
  }
  for (ProgramOp program : module.getOps<ProgramOp>())
    if (failed(verifyProgram(program, end, *arenaBytes)))
      return failure();
  return success();
}

namespace {
class VerifyMemoryPlan
    : public kernel::impl::VerifyMemoryPlanBase<VerifyMemoryPlan> {
  void runOnOperation() override {
    if (failed(verifyMemoryPlan(getOperation())))
      signalPassFailure();
  }
};
} // namespace
