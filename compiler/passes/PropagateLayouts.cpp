// Layouts from producers to consumers. Library ops that choose are asked with
// every tensor open; where the answer differs from what is there, a reorder is
// put between. A dense layer's backward ops take the weight as the forward op
// chose it: a reorder of it would cost more than the better kernel gains.
#include "compiler/generate/Generators.h"
#include "compiler/kernel/KernelDialect.h"
#include "compiler/passes/Passes.h"
#include "compiler/targets/cpu/LibraryOps.h"
#include "compiler/targets/cuda/CudaGraphs.h"
#include "compiler/targets/cuda/CudaOps.h"

#include "runtime/Error.h"

#include "llvm/ADT/MapVector.h"

#include <algorithm>

using namespace mlir;
using namespace netc;
using namespace netc::net;
using runtime::cpu::PrimitiveKind;
using runtime::cpu::Propagation;
using runtime::cpu::Role;

namespace netc::net {
#define GEN_PASS_DEF_PROPAGATELAYOUTS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct PropagateLayouts
    : netc::net::impl::PropagateLayoutsBase<PropagateLayouts> {
  void runOnOperation() override;

private:
  LogicalResult propagate(func::FuncOp func);
  LogicalResult propagateLibrary(Operation *op, LibraryOp library);
  void keepFewChannels(const LibraryOp &library,
                       runtime::cpu::PrimitiveChoice &choice);
  void leaveNaive(runtime::cpu::PrimitiveSpec &spec,
                  runtime::cpu::PrimitiveChoice &choice);
  void propagateGraph(Operation *op);
  void propagateElements(Operation *op);
  void propagateConcat(ConcatOp op);
  void propagateSlice(ChannelSliceOp op);
  /// The layout of what a gradient will meet, empty where nothing is known.
  StringRef wantedLayout(Value gradient);
  void propagateWrite(ParameterWriteOpInterface write);

  /// Makes `operand` have the layout `tag` at its op.
  void require(OpOperand &operand, StringRef tag);
  ParameterOp parameterOf(Value value) {
    auto read = value.getDefiningOp<ReadParameterOp>();
    return read ? symbols->lookup<ParameterOp>(read.getParameter()) : nullptr;
  }
  void decide(ParameterOp parameter, StringRef tag);

  bool onGpu = false; // where cuDNN's layouts are known: the channels are last
  std::optional<SymbolTable> symbols;
  std::optional<ParameterStates> states;
  std::string vectorBlocks; // an image's channels in blocks of a vector
  llvm::DenseSet<Operation *> decided; // parameters whose layout is settled
  llvm::DenseMap<std::pair<Value, StringAttr>, Value> reordered;
};
} // namespace

static void setLayout(Value value, StringRef tag) {
  value.setType(withLayout(cast<RankedTensorType>(value.getType()), tag));
}

void PropagateLayouts::runOnOperation() {
  ModuleOp module = getOperation();
  symbols.emplace(module);
  states.emplace(module);
  decided.clear();
  onGpu = isa_and_nonnull<kernel::CudaAttr>(
      module->getAttr(kernel::targetAttrName));
  if (onGpu)
    for (auto parameter : module.getOps<ParameterOp>())
      decide(parameter, parameter.getDataset()
                            ? "" // as it comes: examples are gathered from it
                            : channelsLast(parameter.getType()));
  else if (failed(configureLibrary(module)))
    return signalPassFailure();
  auto target = module->getAttrOfType<kernel::CpuAttr>("kernel.target");
  if (target)
    vectorBlocks = target.getIsa() == "avx512" ? "aBcd16b" : "aBcd8b";
  // The full training step decides the parameters' layouts.
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  llvm::stable_sort(functions, [](func::FuncOp a, func::FuncOp b) {
    return (a.getName() == "train_step") > (b.getName() == "train_step");
  });
  std::stable_partition(functions.begin(), functions.end(), [](func::FuncOp f) {
    return f.getName() != "initialize";
  });
  for (func::FuncOp func : functions)
    if (failed(propagate(func)))
      return signalPassFailure();
}

void PropagateLayouts::decide(ParameterOp parameter, StringRef tag) {
  auto type = withLayout(cast<RankedTensorType>(parameter.getType()), tag);
  parameter.setType(type);
  decided.insert(parameter);
  // An optimiser's state lies as its parameter does.
  for (ParameterOp state : states->of(parameter.getSymNameAttr()))
    state.setType(type);
}

void PropagateLayouts::require(OpOperand &operand, StringRef tag) {
  Value value = operand.get();
  if (layoutOf(value.getType()) == tag)
    return;
  Value &copy = reordered[{value, StringAttr::get(&getContext(), tag)}];
  if (!copy) {
    OpBuilder builder(operand.getOwner());
    Location location =
        value.getDefiningOp() ? value.getLoc() : operand.getOwner()->getLoc();
    auto type = withLayout(cast<RankedTensorType>(value.getType()), tag);
    if (onGpu)
      copy = builder.create<cuda::RelayoutOp>(location, type, value);
    else
      copy = builder.create<ReorderOp>(location, type, value, StringAttr());
  }
  operand.set(copy);
}

LogicalResult PropagateLayouts::propagate(func::FuncOp func) {
  reordered.clear();
  for (Operation &operation :
       llvm::make_early_inc_range(func.getBody().front())) {
    Operation *op = &operation;
    if (auto read = dyn_cast<ReadParameterOp>(op)) {
      setLayout(read.getValue(),
                layoutOf(parameterOf(read.getValue()).getType()));
    } else if (onGpu &&
               (isCudaGraph(op) ||
                isa<cuda::ChannelSumsOp, cuda::ChannelSquaresOp>(op))) {
      propagateGraph(op);
    } else if (auto library = toLibrary(op)) {
      if (failed(propagateLibrary(op, std::move(*library))))
        return failure();
    } else if (isa<ElementOpInterface, FusedOp>(op)) {
      propagateElements(op);
    } else if (auto concat = dyn_cast<ConcatOp>(op)) {
      propagateConcat(concat);
    } else if (auto slice = dyn_cast<ChannelSliceOp>(op)) {
      propagateSlice(slice);
    } else if (auto statistics = dyn_cast<BatchStatisticsOp>(op)) {
      if (!generate::canSumChannels(
              cast<RankedTensorType>(statistics.getInput().getType())))
        require(statistics.getInputMutable(), "");
    } else if (auto write = dyn_cast<ParameterWriteOpInterface>(op)) {
      propagateWrite(write);
    } else {
      for (OpOperand &operand : op->getOpOperands())
        if (isa<RankedTensorType>(operand.get().getType()))
          require(operand, "");
    }
  }
  func.setType(FunctionType::get(
      &getContext(), func.getBody().getArgumentTypes(),
      func.getBody().front().getTerminator()->getOperandTypes()));
  return success();
}

/// Whether the library has only its reference loops.
static bool isNaive(const runtime::cpu::PrimitiveChoice &choice) {
  return StringRef(choice.implementation).ends_with("ref:any");
}

/// Small groups of channels come in blocks of 4, in which pools and
/// normalisations are naive: in blocks of a vector they are far faster,
/// reorders included.
void PropagateLayouts::leaveNaive(runtime::cpu::PrimitiveSpec &spec,
                                  runtime::cpu::PrimitiveChoice &choice) {
  runtime::cpu::PrimitiveSpec blocked = spec;
  for (auto &[role, type] : blocked.tensors)
    if (type.shape.size() == 4 && !type.layout.empty())
      type.layout = vectorBlocks;
  if (blocked == spec)
    return;
  runtime::cpu::PrimitiveChoice other = runtime::cpu::choose(blocked);
  if (isNaive(other))
    return;
  spec = blocked;
  choice = other;
}

/// A picture's one or three channels stay as they lie if the library has code
/// for it: a block of 16 for each, as Winograd wants it, is mostly padding to
/// be copied, read and multiplied.
void PropagateLayouts::keepFewChannels(const LibraryOp &library,
                                       runtime::cpu::PrimitiveChoice &choice) {
  const RoleValue &input = library.values[0];
  auto type = cast<RankedTensorType>(input.value.getType());
  if (input.isResult || type.getDimSize(1) > 4 || !layoutOf(type).empty() ||
      choice.tensors[0].second.layout.empty())
    return;
  runtime::cpu::PrimitiveSpec spec = library.spec;
  spec.tensors[0].second.layout = "";
  runtime::cpu::PrimitiveChoice rows = runtime::cpu::choose(spec);
  if (StringRef(rows.implementation).starts_with("jit:"))
    choice = rows;
}

LogicalResult PropagateLayouts::propagateLibrary(Operation *op,
                                                 LibraryOp library) {
  runtime::cpu::PrimitiveSpec &spec = library.spec;
  bool dense = spec.kind == PrimitiveKind::InnerProduct;
  for (auto [entry, tensor] : llvm::zip(library.values, spec.tensors)) {
    bool open = entry.role != Role::Bias && library.choosesLayouts;
    if (dense && entry.role == Role::Weights) {
      ParameterOp parameter = parameterOf(entry.value);
      if (parameter && decided.contains(parameter))
        open = false;
    }
    if (!library.choosesLayouts) // a reorder's result is what it asks for
      open = entry.isResult && spec.kind != PrimitiveKind::Reorder;
    if (open)
      tensor.second.layout = "any";
  }
  // A dense weight's gradient is made as the parameter lies.
  if (dense && spec.propagation == Propagation::BackwardWeights)
    for (Operation *user : library.values[1].value.getUsers())
      if (auto update = dyn_cast<UpdateOpInterface>(user))
        spec.tensors[1].second.layout =
            layoutOf(
                symbols
                    ->lookup<ParameterOp>(update.getParameterAttr().getValue())
                    .getType())
                .str();
  // A pool's gradient lies as its forward result did: so do the indices.
  if (spec.kind == PrimitiveKind::MaxPooling ||
      spec.kind == PrimitiveKind::AveragePooling) {
    if (spec.propagation == Propagation::BackwardData) {
      StringRef tag = layoutOf(library.values[1].value.getType());
      if (spec.kind == PrimitiveKind::MaxPooling)
        tag = layoutOf(library.values[2].value.getType());
      else if (tag.empty()) // better the small side reordered than the large
        tag = wantedLayout(library.values[0].value);
      spec.tensors[0].second.layout = spec.tensors[1].second.layout = tag.str();
    } else {
      spec.tensors[1].second.layout = spec.tensors[0].second.layout;
    }
  }
  // A normalisation works in its input's layout, a layer's on rows.
  if (spec.kind == PrimitiveKind::BatchNormalization ||
      spec.kind == PrimitiveKind::LayerNormalization) {
    std::string tag = spec.kind == PrimitiveKind::BatchNormalization
                          ? layoutOf(library.values[0].value.getType()).str()
                          : "";
    for (auto &[role, type] : spec.tensors)
      type.layout =
          role == Role::Src || role == Role::Dst || role == Role::SrcGradient
              ? tag
              : "";
  }

  runtime::cpu::PrimitiveChoice choice;
  try {
    choice = runtime::cpu::choose(spec);
    if (spec.kind == PrimitiveKind::Convolution)
      keepFewChannels(library, choice);
    if (!library.choosesLayouts && spec.kind != PrimitiveKind::Reorder &&
        isNaive(choice))
      leaveNaive(spec, choice);
  } catch (const Error &error) {
    return op->emitError(error.what());
  }
  for (auto [entry, tensor] : llvm::zip(library.values, choice.tensors)) {
    std::string tag = layoutOfChoice(spec, entry.role, tensor.second);
    if (entry.isResult) {
      setLayout(entry.value, tag);
      continue;
    }
    ParameterOp parameter = parameterOf(entry.value);
    if (parameter && decided.insert(parameter).second) {
      decide(parameter, tag);
      setLayout(entry.value, tag);
    }
    for (OpOperand &operand : op->getOpOperands())
      if (operand.get() == entry.value)
        require(operand, tag);
  }
  if (spec.kind == PrimitiveKind::MaxPooling &&
      spec.propagation == Propagation::Forward)
    setLayout(library.values[2].value, choice.tensors[1].second.layout);
  return success();
}

void PropagateLayouts::propagateGraph(Operation *op) {
  for (OpOperand &operand : op->getOpOperands())
    require(operand, channelsLast(operand.get().getType()));
  for (Value result : op->getResults())
    setLayout(result, channelsLast(result.getType()));
}

/// Whether what reads a value inside a fused op reads it at the result's index,
/// which asks for the result's shape, or at other rows and columns.
static bool followsInside(Value value, bool hasShape) {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    auto element = dyn_cast<ElementOpInterface>(use.getOwner());
    if (!element) // the yield
      return hasShape;
    unsigned number = use.getOperandNumber();
    return (element.isSpatial(number) ||
            (hasShape && element.isPointwise(number))) &&
           followsInside(element->getResult(0), /*hasShape=*/true);
  });
}

/// Whether the operand of an element op lies as the result does: it is read at
/// the same index and has the result's shape, or at other rows and columns.
static bool followsResult(OpOperand &operand) {
  Operation *op = operand.getOwner();
  auto type = dyn_cast<RankedTensorType>(operand.get().getType());
  if (!type)
    return false;
  unsigned number = operand.getOperandNumber();
  bool hasShape = type.getShape() ==
                  cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  if (auto element = dyn_cast<ElementOpInterface>(op))
    return element.isSpatial(number) ||
           (hasShape && element.isPointwise(number));
  return followsInside(cast<FusedOp>(op).getBody().getArgument(number),
                       hasShape);
}

StringRef PropagateLayouts::wantedLayout(Value gradient) {
  for (Operation *user : gradient.getUsers()) {
    if (auto norm = dyn_cast<BatchNormGradientOp>(user))
      return layoutOf(norm.getInput().getType());
    if (!isa<ElementOpInterface, FusedOp>(user))
      continue;
    for (OpOperand &operand : user->getOpOperands()) {
      StringRef tag = layoutOf(operand.get().getType());
      if (operand.get() != gradient && !tag.empty() && followsResult(operand))
        return tag;
    }
  }
  return "";
}

/// Element ops take the first layout, of the operands that may follow the
/// result, that is not row-major: what is row-major comes from a vector, and
/// its neighbours work on the other. What is gathered from anywhere is
/// row-major.
void PropagateLayouts::propagateElements(Operation *op) {
  StringRef tag;
  bool isFree = onGpu;
  for (OpOperand &operand : op->getOpOperands())
    if (followsResult(operand)) {
      isFree = false;
      if (tag.empty())
        tag = layoutOf(operand.get().getType());
    }
  // What only gathers may as well write what the library will read.
  std::string chosen;
  if (isFree)
    tag = chosen = channelsLast(op->getResult(0).getType());
  for (OpOperand &operand : op->getOpOperands())
    require(operand, followsResult(operand) ? tag : "");
  setLayout(op->getResult(0), tag);
  if (auto fused = dyn_cast<FusedOp>(op)) {
    for (auto [argument, input] :
         llvm::zip(fused.getBody().getArguments(), fused.getInputs()))
      argument.setType(input.getType());
    for (Operation &inner : fused.getBody().front().without_terminator())
      setLayout(inner.getResult(0), tag);
  }
}

/// The layout that most of the elements have, if it can be cut between the
/// inputs; else row-major.
void PropagateLayouts::propagateConcat(ConcatOp op) {
  auto type = cast<RankedTensorType>(op.getOutput().getType());
  llvm::MapVector<StringRef, int64_t> votes;
  for (Value input : op.getInputs()) {
    auto inputType = cast<RankedTensorType>(input.getType());
    votes[layoutOf(inputType)] += inputType.getNumElements();
  }
  StringRef tag = llvm::max_element(votes, llvm::less_second())->first;
  int64_t offset = 0;
  for (Value input : op.getInputs()) {
    int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(1);
    if (!generate::cutsBetweenBlocks(type, tag, offset, channels))
      tag = "";
    offset += channels;
  }
  for (OpOperand &operand : op->getOpOperands())
    require(operand, tag);
  setLayout(op.getOutput(), tag);
}

void PropagateLayouts::propagateSlice(ChannelSliceOp op) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  StringRef tag = layoutOf(type);
  if (!generate::cutsBetweenBlocks(type, tag, op.getOffset(), op.getChannels()))
    tag = "";
  require(op.getInputMutable(), tag);
  setLayout(op.getOutput(), tag);
}

void PropagateLayouts::propagateWrite(ParameterWriteOpInterface write) {
  auto parameter =
      symbols->lookup<ParameterOp>(write.getParameterAttr().getValue());
  decided.insert(parameter);
  // What is written at an index, like an initial value, may be made row-major.
  require(write.getValueMutable(), layoutOf(parameter.getType()));
}
