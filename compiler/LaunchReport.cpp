// Reads a module of launches and tells each one's reasons: they are the rules
// of FuseActivation, FuseElements, PropagateLayouts and SelectImplementations.
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
  LaunchReporter(ModuleOp module, StringRef layer)
      : processor(getTarget(module) ? getTarget(module).getIsa()
                                    : "this processor"),
        layer(layer) {}

  void report(ProgramOp program);

  std::vector<LaunchFacts> facts;

private:
  void describe(PrimitiveOp op, LaunchFacts &fact);
  void describeReorder(PrimitiveOp op, LaunchFacts &fact);
  void describe(LaunchOp op, LaunchFacts &fact);
  void describe(GraphOp op, LaunchFacts &fact);
  std::string reasonOf(PrimitiveOp op) const;
  bool concerns(Operation *op) const;

  StringRef processor, layer;
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

static std::string callText(Operation *op) {
  if (auto primitive = dyn_cast<PrimitiveOp>(op))
    return (keyword(primitive.getPropagation()) + " " +
            keyword(primitive.getKind()))
        .str();
  if (auto graph = dyn_cast<GraphOp>(op))
    return graphText(graph);
  return cast<LaunchOp>(op).getCallee().str();
}

/// Why the implementation and the layouts are what they are.
std::string LaunchReporter::reasonOf(PrimitiveOp op) const {
  bool isBackward = op.getPropagation() != Propagation::Forward;
  switch (op.getKind()) {
  case PrimitiveKind::Convolution:
  case PrimitiveKind::Deconvolution:
    return llvm::formatv(
        "oneDNN's first choice for these sizes on {0}, free to "
        "choose every layout",
        processor);
  case PrimitiveKind::InnerProduct:
    if (isBackward)
      return llvm::formatv(
          "oneDNN's first choice on {0} with the weight as the "
          "forward step has it: another layout would cost a "
          "reorder of it in each step",
          processor);
    return llvm::formatv(
        "oneDNN's first choice for these sizes on {0}, free to "
        "choose every layout",
        processor);
  case PrimitiveKind::MaxPooling:
  case PrimitiveKind::AveragePooling:
    return isBackward ? "oneDNN's first choice in the layout of the forward "
                        "result"
                      : "oneDNN's first choice in the layout of its input, so "
                        "that nothing is reordered before it";
  default:
    return llvm::formatv("oneDNN's first choice for these layouts on {0}",
                         processor);
  }
}

void LaunchReporter::describeReorder(PrimitiveOp op, LaunchFacts &fact) {
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
  for (Operation *reader : readersOf(op))
    fact.details.push_back(llvm::formatv(
        "because `{0}` reads the second in {1}{2}",
        layerOf(reader).empty() ? layer : layerOf(reader), callText(reader),
        isa_and_nonnull<LaunchOp>(reader) ? "" : ", whose best layout it is"));
}

void LaunchReporter::describe(PrimitiveOp op, LaunchFacts &fact) {
  fact.what = (keyword(op.getKind()) + " " + op.getImplementation()).str();
  fact.bytesAside =
      op.getBytes(Role::Workspace) + op.getBytes(Role::Scratchpad);
  if (op.getKind() == PrimitiveKind::Reorder) {
    fact.what = op.getImplementation();
    return describeReorder(op, fact);
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
  fact.details.push_back(reasonOf(op));
  if (op.getRelu())
    fact.details.push_back("the relu is fused: applied before the result is "
                           "written");
}

void LaunchReporter::describe(LaunchOp op, LaunchFacts &fact) {
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
  fact.details.push_back(
      fact.role == "update"
          ? "generated: the optimizer's arithmetic in one pass over the "
            "parameter, as it lies"
      : op.getInPlacePairs().empty()
          ? "generated: the library has nothing that does this"
          : "generated: each element by itself, in the layout that it has");
  if (SmallVector<StringRef> layers = fusedLayers(op); !layers.empty())
    fact.details.push_back("fused, so that what is between is never written: " +
                           llvm::join(layers, ", "));
  if (!op.getInPlacePairs().empty())
    fact.details.push_back("may write over what it reads");
  if (op.getKernel().getSerial())
    fact.details.push_back("on one thread: too few elements to share");
}

void LaunchReporter::describe(GraphOp op, LaunchFacts &fact) {
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
  fact.details.push_back(
      llvm::formatv("cuDNN's first choice of those that are deterministic, in "
                    "{0}",
                    toString(spec.precision).data()));
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
        describe(primitive, fact);
      else if (auto graph = dyn_cast<GraphOp>(op))
        describe(graph, fact);
      else
        describe(cast<LaunchOp>(op), fact);
      facts.push_back(std::move(fact));
    }
    if (auto launch = dyn_cast<LaunchOp>(op))
      isPastLoss |= launch.getCallee().contains("gradient");
  }
}

std::vector<LaunchFacts> kernel::reportLaunches(ModuleOp module,
                                                StringRef layer) {
  LaunchReporter reporter(module, layer);
  for (auto program : module.getOps<ProgramOp>())
    reporter.report(program);
  return std::move(reporter.facts);
}
