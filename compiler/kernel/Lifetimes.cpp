// Lifetimes of buffers, in launches.
#include "compiler/kernel/Lifetimes.h"

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
    std::optional<int64_t> bytes =
        getByteSize(cast<MemRefType>(value.getType()));
    if (!bytes || *bytes > maxArenaBytes)
      return emitError(value.getLoc())
             << "a buffer of " << value.getType()
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
    if (isa<AllocOp, SliceOp>(op) &&
        failed(add(op.getResult(0), unused, unused)))
      return failure();

  // A launch that looks up its kernel walks the module; the table does so once.
  SymbolTable kernels(program->getParentOfType<ModuleOp>());
  auto reads = [&](WorkOpInterface work, unsigned operand) {
    auto launch = dyn_cast<LaunchOp>(work.getOperation());
    auto kernel =
        launch ? kernels.lookup<FuncOp>(launch.getCallee()) : FuncOp();
    return kernel ? kernel.readsBuffer(operand) : work.readsOperand(operand);
  };
  for (auto [position, launch] : llvm::enumerate(launches))
    for (OpOperand &operand : launch->getOpOperands()) {
      auto index = indices.find(getBaseBuffer(operand.get()));
      if (index == indices.end() || isa<BlockArgument>(index->first))
        continue; // a global, or always in use
      Buffer &buffer = buffers[index->second];
      if (buffer.first == unused || buffer.first == position) {
        if (reads(launch, operand.getOperandNumber())) {
          InFlightDiagnostic diagnostic =
              launch->emitOpError("reads a buffer that nothing has written");
          diagnostic.attachNote(buffer.value.getLoc()) << "the buffer is here";
          return diagnostic;
        }
        buffer.first = position;
      }
      buffer.last = position;
    }
  llvm::erase_if(buffers,
                 [](const Buffer &buffer) { return buffer.first == unused; });
  return buffers;
}
