// Lifetimes of buffers, and the check of a memory plan against them.
#include "compiler/kernel/Lifetimes.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

SmallVector<WorkOpInterface> kernel::getLaunches(ProgramOp program) {
  return llvm::to_vector(program.getBody().front().getOps<WorkOpInterface>());
}

FailureOr<SmallVector<Buffer>> kernel::computeLifetimes(ProgramOp program) {
  SmallVector<WorkOpInterface> launches = getLaunches(program);
  SmallVector<Buffer> buffers;
  DenseMap<Value, size_t> indices; // of `buffers`
  auto add = [&](Value value, unsigned first, unsigned last) -> LogicalResult {
    std::optional<int64_t> bytes = getByteSize(cast<MemRefType>(value.getType()));
    if (!bytes || *bytes > maxArenaBytes)
      return emitError(value.getLoc()) << "a buffer of " << value.getType()
             << " does not fit an arena of at most 2^46 bytes";
    indices[value] = buffers.size();
    buffers.push_back({value, *bytes, first, last});
    return success();
  };
  for (BlockArgument argument : program.getArguments())
    if (failed(add(argument, 0, launches.size())))
      return failure();
  constexpr unsigned unused = ~0u;
  for (Operation &op : program.getBody().front())
    if (isa<AllocOp, SliceOp>(op) && failed(add(op.getResult(0), unused, unused)))
      return failure();

  for (auto [position, launch] : llvm::enumerate(launches))
    for (OpOperand &operand : launch->getOpOperands()) {
      auto index = indices.find(getBaseBuffer(operand.get()));
      if (index == indices.end() || isa<BlockArgument>(index->first))
        continue; // a global, or always in use
      Buffer &buffer = buffers[index->second];
      if (buffer.first == unused || buffer.first == position) {
        if (launch.readsOperand(operand.getOperandNumber())) {
          InFlightDiagnostic diagnostic =
              launch->emitOpError("reads a buffer that nothing has written");
          diagnostic.attachNote(buffer.value.getLoc()) << "the buffer is here";
          return diagnostic;
        }
        buffer.first = position;
      }
      buffer.last = position;
    }
  llvm::erase_if(buffers, [](const Buffer &buffer) { return buffer.first == unused; });
  return buffers;
}

//===--- The check of a plan -----------------------------------------------===//

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
static bool isInPlace(MutableArrayRef<WorkOpInterface> launches, const Placed &previous,
                      const Placed &next) {
  if (previous.buffer.last != next.buffer.first || previous.begin != next.begin)
    return false;
  auto launch = dyn_cast<LaunchOp>(launches[next.buffer.first].getOperation());
  return launch && llvm::any_of(launch.getInPlacePairs(), [&](auto pair) {
           return getBaseBuffer(launch.getBuffers()[pair.first]) == next.buffer.value &&
                  getBaseBuffer(launch.getBuffers()[pair.second]) == previous.buffer.value;
         });
}

static LogicalResult verifyProgram(ProgramOp program, int64_t globalsEnd, int64_t arenaBytes) {
  FailureOr<SmallVector<Buffer>> buffers = computeLifetimes(program);
  if (failed(buffers))
    return failure();
  SmallVector<WorkOpInterface> launches = getLaunches(program);
  SmallVector<Placed> placed;
  for (const Buffer &buffer : *buffers) {
    std::optional<int64_t> offset = getOffset(program, buffer.value);
    if (!offset)
      return emitError(buffer.value.getLoc()) << "a buffer has no place in the arena";
    if (*offset < globalsEnd || *offset + buffer.bytes > arenaBytes)
      return emitError(buffer.value.getLoc())
             << "a buffer at [" << *offset << ", " << *offset + buffer.bytes
             << ") is outside what the globals leave of the arena, [" << globalsEnd << ", "
             << arenaBytes << ")";
    placed.push_back({buffer, *offset, *offset + buffer.bytes});
  }
  llvm::stable_sort(placed, [](auto &left, auto &right) { return left.begin < right.begin; });
  for (size_t i = 0; i < placed.size(); ++i)
    for (size_t j = i + 1; j < placed.size() && placed[j].begin < placed[i].end; ++j) {
      const Placed &left = placed[i], &right = placed[j];
      if (left.buffer.last < right.buffer.first || right.buffer.last < left.buffer.first ||
          isInPlace(launches, left, right) || isInPlace(launches, right, left))
        continue;
      InFlightDiagnostic diagnostic = emitError(right.buffer.value.getLoc())
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
    return module.emitError("has no memory plan: `kernel.arena_bytes` is missing");
  SmallVector<GlobalOp> globals = llvm::to_vector(module.getOps<GlobalOp>());
  for (GlobalOp global : globals)
    if (!global.getOffset())
      return global.emitOpError("has no place in the arena");
  llvm::stable_sort(globals, [](GlobalOp left, GlobalOp right) {
    return *left.getOffset() < *right.getOffset();
  });
  int64_t end = 0;
  for (GlobalOp global : globals) {
    std::optional<int64_t> bytes = getByteSize(cast<MemRefType>(global.getType()));
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
