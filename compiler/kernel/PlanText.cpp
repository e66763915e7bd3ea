// Prints a planned module, a line a launch.
#include "compiler/kernel/PlanText.h"

#include "compiler/kernel/KernelDialect.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

/// Finds where in the arena the buffer begins, in bytes.
static int64_t offsetOf(Value buffer) {
  Value base = getBaseBuffer(buffer);
  if (auto argument = dyn_cast<BlockArgument>(base)) {
    auto program = cast<ProgramOp>(argument.getOwner()->getParentOp());
    return program.getArgumentOffset(argument.getArgNumber()).value_or(0);
  }
  if (auto slice = base.getDefiningOp<SliceOp>())
    return slice.getOffset();
  auto get = base.getDefiningOp<GetGlobalOp>();
  auto global =
      SymbolTable::lookupNearestSymbolFrom<GlobalOp>(get, get.getGlobalAttr());
  return global.getOffset().value_or(0);
}

static std::string rangeText(Value buffer) {
  int64_t begin = offsetOf(buffer);
  int64_t bytes = getByteSize(cast<MemRefType>(buffer.getType())).value_or(0);
  return llvm::formatv("{0}+{1}", begin, bytes);
}

/// Names the graph: `cudnn convolution+add+relu eng11`.
static std::string graphText(GraphOp graph) {
  std::string text = "cudnn";
  char separator = ' ';
  for (const runtime::cuda::GraphNode &node : graph.getSpec().nodes) {
    text += separator;
    text += toString(node.kind);
    separator = '+';
  }
  return text + " " + graph.getEngine().value_or("?").str();
}

static std::string layerOf(Operation *op) {
  auto name = dyn_cast<NameLoc>(op->getLoc());
  return name ? name.getName().str() : "-";
}

std::string netc::kernel::planText(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "arena " << getArenaBytes(module).value_or(0) << " bytes\n";
  for (auto global : module.getOps<GlobalOp>())
    stream << llvm::formatv(
        "{0,-28} {1}+{2}\n", global.getSymName(),
        global.getOffset().value_or(0),
        getByteSize(cast<MemRefType>(global.getType())).value_or(0));
  for (auto program : module.getOps<ProgramOp>()) {
    stream << "\nprogram " << program.getSymName() << '\n';
    for (BlockArgument argument : program.getArguments())
      stream << llvm::formatv(
          "  {0,-6} {1,-20} {2}\n",
          program.isInput(argument.getArgNumber()) ? "input" : "output",
          program.getArgumentName(argument.getArgNumber()),
          rangeText(argument));
    unsigned number = 0;
    for (Operation &op : program.getBody().front()) {
      auto work = dyn_cast<WorkOpInterface>(op);
      if (!work)
        continue;
      std::string what;
      if (auto primitive = dyn_cast<PrimitiveOp>(op))
        what =
            (keyword(primitive.getPropagation()) + " " +
             keyword(primitive.getKind()) + " " + primitive.getImplementation())
                .str();
      else if (auto graph = dyn_cast<GraphOp>(op))
        what = graphText(graph);
      else
        what = cast<LaunchOp>(op).getCallee().str();
      stream << llvm::formatv("  {0,3} {1,-20} {2,-50}", ++number, layerOf(&op),
                              what);
      for (OpOperand &operand : op.getOpOperands()) {
        unsigned index = operand.getOperandNumber();
        stream << ' ' << (work.readsOperand(index) ? "<" : "")
               << (work.writesOperand(index) ? ">" : "")
               << rangeText(operand.get());
      }
      stream << '\n';
    }
  }
  return text;
}
