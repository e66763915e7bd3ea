// Reads a module of launches and tells what each does, and the reason that was
// recorded when it was chosen.
#include "compiler/LaunchReport.h"

#include "compiler/kernel/KernelDialect.h"
#include "runtime/Contract.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

static StringRef layerOf(Operation *op) {
  auto name = dyn_cast<NameLoc>(op->getLoc());
  return name ? name.getName().getValue() : StringRef();
}

namespace {
class LaunchReporter {
public:
  explicit LaunchReporter(StringRef layer) : layer(layer) {}

  void report(ProgramOp program);

  std::vector<LaunchFacts> facts;

private:
  void tell(PrimitiveOp op, LaunchFacts &fact);
  void tellReorder(PrimitiveOp op, LaunchFacts &fact);
  void tell(LaunchOp op, LaunchFacts &fact);
  void tell(GraphOp op, LaunchFacts &fact);
  bool concerns(Operation *op) const;

  StringRef layer;
  bool isPastLoss = false; // of the program: what comes now is backward
};
} // namespace

/// The launches that read what `op` writes.
static SmallVector<Operation *> readersOf(Operation *op) {
  auto work = cast<WorkOpInterface>(op);
  SmallVector<Operation *> readers;
  SmallVector<Value> values;
  for (OpOperand &operand : op->getOpOperands())
    if (work.writesOperand(operand.getOperandNumber()))
      values.push_back(getBaseBuffer(operand.get()));
  while (!values.empty())
    for (OpOperand &use : values.pop_back_val().getUses()) {
      Operation *user = use.getOwner();
      if (isa<ReshapeOp>(user))
        values.push_back(user->getResult(0));
      else if (auto other = dyn_cast<WorkOpInterface>(user);
               other && user != op &&
               other.readsOperand(use.getOperandNumber()) &&
               op->isBeforeInBlock(user))
        readers.push_back(user);
    }
  llvm::sort(readers,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return readers;
}

static bool isReorder(Operation *op) {
  auto primitive = dyn_cast<PrimitiveOp>(op);
  return primitive && primitive.getKind() == PrimitiveKind::Reorder;
}

/// Layers whose ops were fused into a generated kernel.
static SmallVector<StringRef> fusedLayers(Operation *op) {
  SmallVector<StringRef> layers;
  if (auto list = op->getAttrOfType<ArrayAttr>(fusedLayersAttrName))
    for (auto name : list.getAsRange<StringAttr>())
      layers.push_back(name.getValue());
  return layers;
}

bool LaunchReporter::concerns(Operation *op) const {
  if (layerOf(op) == layer || llvm::is_contained(fusedLayers(op), layer))
    return true;
  return isReorder(op) && llvm::any_of(readersOf(op), [&](Operation *reader) {
           return layerOf(reader) == layer;
         });
}

static std::string tensorText(TensorAttr tensor) {
  std::string text = llvm::join(
      llvm::map_range(tensor.getShape(),
                      [](int64_t size) { return std::to_string(size); }),
      "x");
  return text + " " +
         (tensor.getLayout().empty() ? "row-major" : tensor.getLayout().str());
}

/// `convolution+add+relu`
static std::string graphText(GraphOp graph) {
  std::string text;
  for (const runtime::cuda::GraphNode &node : graph.getSpec().nodes)
    text += (text.empty() ? "" : "+") + std::string(toString(node.kind));
  return text;
}

/// Adds the reason that was recorded for the launch, behind `before`.
static void addReason(Operation *op, const char *before, LaunchFacts &fact) {
  auto choice = op->getAttrOfType<ChoiceAttr>(choiceAttrName);
  if (choice && !choice.getReason().empty())
    fact.details.push_back(before + choice.getReason().str());
}

void LaunchReporter::tellReorder(PrimitiveOp op, LaunchFacts &fact) {
  fact.role = "reorder";
  auto tensors = llvm::to_vector(op.getTensors().getAsRange<TensorAttr>());
  fact.details.push_back(tensorText(tensors.front()) + " -> " +
                         tensorText(tensors.back()));
  auto work = cast<WorkOpInterface>(op.getOperation());
  for (OpOperand &operand : op->getOpOperands())
    if (auto global = getBaseBuffer(operand.get()).getDefiningOp<GetGlobalOp>();
        global && work.writesOperand(operand.getOperandNumber()))
      fact.details.push_back(llvm::formatv(
          "into `{0}`, which lies so in every program", global.getGlobal()));
  addReason(op, "because ", fact);
}

void LaunchReporter::tell(PrimitiveOp op, LaunchFacts &fact) {
  fact.what = (keyword(op.getKind()) + " " + op.getImplementation()).str();
  fact.bytesAside =
      op.getBytes(Role::Workspace) + op.getBytes(Role::Scratchpad);
  if (op.getKind() == PrimitiveKind::Reorder) {
    fact.what = op.getImplementation();
    return tellReorder(op, fact);
  }
  fact.role = op.getPropagation() == Propagation::Forward ? "forward"
              : op.getPropagation() == Propagation::BackwardData
                  ? "backward, of its input"
                  : "backward, of its weights";
  auto tensors = op.getTensors().getAsRange<TensorAttr>();
  auto tensor = tensors.begin();
  auto work = cast<WorkOpInterface>(op.getOperation());
  for (auto [index, role] :
       llvm::enumerate(op.getRoles().getAsRange<RoleAttr>())) {
    Role value = role.getValue();
    if (runtime::cpu::isLibraryMemory(value))
      continue;
    fact.details.push_back(
        llvm::formatv("{0} {1} {2}",
                      work.writesOperand(unsigned(index)) ? "writes" : "reads ",
                      keyword(value), tensorText(*tensor)));
    ++tensor;
  }
  addReason(op, "", fact);
  if (op.getRelu())
    fact.details.push_back("the relu is fused: applied before the result is "
                           "written");
}

void LaunchReporter::tell(LaunchOp op, LaunchFacts &fact) {
  StringRef name = op.getCallee();
  fact.what = name.str();
  bool isGradient = isPastLoss || (name.contains("gradient") &&
                                   !name.contains("with_gradient"));
  fact.role = name.contains("update")                        ? "update"
              : isGradient                                   ? "backward"
              : fact.program == runtime::program::initialize ? "initialize"
                                                             : "forward";
  auto work = cast<WorkOpInterface>(op.getOperation());
  for (OpOperand &operand : op->getOpOperands())
    if (auto global = getBaseBuffer(operand.get()).getDefiningOp<GetGlobalOp>())
      fact.details.push_back(llvm::formatv(
          "{0} {1}",
          work.writesOperand(operand.getOperandNumber()) ? "writes" : "reads ",
          global.getGlobal()));
  addReason(op, "generated: ", fact);
  if (SmallVector<StringRef> layers = fusedLayers(op); !layers.empty())
    fact.details.push_back(
        (fact.role == "update"
             ? "in one launch for: "
             : "fused, so that what is between is never written: ") +
        llvm::join(layers, ", "));
  if (!op.getInPlacePairs().empty())
    fact.details.push_back("may write over what it reads");
  if (op.getKernel().getSerial())
    fact.details.push_back("on one thread: too few elements to share");
}

void LaunchReporter::tell(GraphOp op, LaunchFacts &fact) {
  fact.what = graphText(op) + " " + op.getEngine().value_or("?").str();
  if (Value workspace = op.getWorkspace())
    fact.bytesAside = *getByteSize(cast<MemRefType>(workspace.getType()));
  runtime::cuda::GraphSpec spec = op.getSpec();
  // A name says which tensor of cuDNN's operation it is, whose gradient may
  // serve as a layer forward.
  bool ofWeights = false, ofInput = false;
  for (auto [index, tensor] : llvm::enumerate(spec.tensors)) {
    if (tensor.isVirtual)
      continue;
    bool writes = spec.isResult(index);
    ofWeights |= writes && tensor.name == "dw";
    ofInput |= writes && tensor.name != "dw";
    fact.details.push_back(llvm::formatv(
        "{0} {1} {2}", writes ? "writes" : "reads ", tensor.name,
        llvm::join(
            llvm::map_range(tensor.sizes,
                            [](int64_t size) { return std::to_string(size); }),
            "x")));
  }
  fact.role = !isPastLoss            ? "forward"
              : ofWeights && ofInput ? "backward"
              : ofWeights            ? "backward, of its weights"
                                     : "backward, of its input";
  addReason(op, "", fact);
}

void LaunchReporter::report(ProgramOp program) {
  unsigned number = 0;
  isPastLoss = false;
  for (Operation &op : program.getBody().front()) {
    if (!isa<WorkOpInterface>(op))
      continue;
    ++number;
    if (concerns(&op)) {
      LaunchFacts fact;
      fact.program = program.getSymName();
      fact.number = number;
      if (auto primitive = dyn_cast<PrimitiveOp>(op))
        tell(primitive, fact);
      else if (auto graph = dyn_cast<GraphOp>(op))
        tell(graph, fact);
      else
        tell(cast<LaunchOp>(op), fact);
      facts.push_back(std::move(fact));
    }
    if (auto launch = dyn_cast<LaunchOp>(op))
      isPastLoss |= launch.getCallee().contains("gradient");
  }
}

std::vector<LaunchFacts> kernel::reportLaunches(ModuleOp module,
                                                StringRef layer) {
  LaunchReporter reporter(layer);
  for (auto program : module.getOps<ProgramOp>())
    reporter.report(program);
  return std::move(reporter.facts);
}
