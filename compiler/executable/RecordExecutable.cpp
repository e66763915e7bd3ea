// Records a planned module as the tables of Executable.fbs.
#include "compiler/executable/RecordExecutable.h"

#include "compiler/kernel/KernelPasses.h"
#include "compiler/kernel/Lifetimes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Location.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;
namespace fb = netc::runtime::fb;

std::unique_ptr<fb::TensorTypeT>
kernel::recordType(const runtime::TensorType &type) {
  auto table = std::make_unique<fb::TensorTypeT>();
  table->element = type.element;
  table->shape = type.shape;
  table->layout = type.layout;
  return table;
}

static std::unique_ptr<fb::BufferT> record(StringRef name, TensorAttr tensor,
                                           int64_t offset) {
  auto table = std::make_unique<fb::BufferT>();
  table->name = name.str();
  table->type = recordType(tensor.toRuntime());
  table->offset = offset;
  table->bytes = *getByteSize(tensor.getMemRefType());
  return table;
}

static std::unique_ptr<fb::ParameterT> record(GlobalOp global) {
  auto table = std::make_unique<fb::ParameterT>();
  table->buffer =
      record(global.getSymName(), global.getTensor(), *global.getOffset());
  table->trainable = global.getKind() == "parameter";
  table->statistic = global.getKind() == "statistic";
  table->dataset = global.getKind() == "dataset";
  if (auto fileShape = global.getFileShape())
    table->shape = fileShape->vec();
  return table;
}

// A layer's name and place, where the location says them.
static void recordLocation(Location location, fb::LaunchT &launch) {
  location->walk([&](Location inner) {
    if (auto name = dyn_cast<NameLoc>(inner); name && launch.layer.empty())
      launch.layer = name.getName().str();
    if (auto place = dyn_cast<FileLineColLoc>(inner)) {
      launch.line = place.getLine();
      launch.column = place.getColumn();
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
}

namespace {
class ProgramWriter {
public:
  ProgramWriter(ProgramOp program, SymbolTable &symbols, RecordWork recordWork)
      : program(program), symbols(symbols), recordWork(recordWork) {}

  std::unique_ptr<fb::ProgramT> write() {
    auto table = std::make_unique<fb::ProgramT>();
    table->name = program.getSymName().str();
    table->batch = program.getBatch();
    for (unsigned index = 0; index < program.getNumArguments(); ++index) {
      auto &buffers = program.isInput(index) ? table->inputs : table->outputs;
      buffers.push_back(record(program.getArgumentName(index),
                               program.getArgumentTensor(index),
                               *program.getArgumentOffset(index)));
    }
    for (WorkOpInterface work : getLaunches(program))
      table->launches.push_back(write(work));
    return table;
  }

private:
  std::unique_ptr<fb::LaunchT> write(WorkOpInterface work) {
    auto table = std::make_unique<fb::LaunchT>();
    recordWork(work, *table);
    for (Value buffer : work->getOperands())
      table->arguments.emplace_back(
          getOffset(getBaseBuffer(buffer)),
          *getByteSize(cast<MemRefType>(buffer.getType())));
    recordLocation(work->getLoc(), *table);
    return table;
  }

  int64_t getOffset(Value buffer) {
    if (auto argument = dyn_cast<BlockArgument>(buffer))
      return *program.getArgumentOffset(argument.getArgNumber());
    if (auto global = buffer.getDefiningOp<GetGlobalOp>())
      return *symbols.lookup<GlobalOp>(global.getGlobal()).getOffset();
    return cast<SliceOp>(buffer.getDefiningOp()).getOffset();
  }

  ProgramOp program;
  SymbolTable &symbols;
  RecordWork recordWork;
};
} // namespace

llvm::Expected<runtime::Executable>
kernel::recordExecutable(ModuleOp module, const ExecutableInfo &info,
                         fb::ExecutableT table, RecordWork recordWork) {
  if (failed(verifyMemoryPlan(module)))
    return llvm::createStringError("the module has no valid memory plan");
  table.network = info.network;
  table.source = info.source;
  table.arena_bytes = *getArenaBytes(module);
  for (GlobalOp global : module.getOps<GlobalOp>())
    table.parameters.push_back(record(global));
  SymbolTable symbols(module);
  for (ProgramOp program : module.getOps<ProgramOp>())
    table.programs.push_back(
        ProgramWriter(program, symbols, recordWork).write());
  table.input_shape = info.inputShape;
  table.input_element = info.inputElement;
  table.covers_input = info.coversInput;
  table.classes = info.classes;
  table.examples = info.examples;
  table.batch = info.batch;
  table.epochs = info.epochs;
  table.learning_rate = info.learningRate;
  table.loss = info.loss;
  table.schedule = std::make_unique<fb::ScheduleT>(info.schedule);
  for (const runtime::Expectation &expectation : info.expectations) {
    auto recorded = std::make_unique<fb::ExpectationT>();
    recorded->metric = expectation.metric;
    recorded->comparison = expectation.comparison;
    recorded->value = expectation.value;
    recorded->dataset = expectation.dataset;
    recorded->epochs = expectation.epochs;
    table.expectations.push_back(std::move(recorded));
  }

  flatbuffers::FlatBufferBuilder builder;
  fb::FinishExecutableBuffer(builder, fb::Executable::Pack(builder, &table));
  try {
    return runtime::Executable::fromTables(
        {builder.GetBufferPointer(),
         builder.GetBufferPointer() + builder.GetSize()});
  } catch (const Error &error) {
    return llvm::createStringError(llvm::Twine(error.what()));
  }
}

std::vector<uint64_t> kernel::bytesOfBuffers(FuncOp kernel) {
  std::vector<uint64_t> bytes;
  for (BlockArgument buffer : kernel.getBuffers())
    bytes.push_back(isOpenBuffer(buffer.getType())
                        ? 0
                        : *getByteSize(cast<MemRefType>(buffer.getType())));
  return bytes;
}
