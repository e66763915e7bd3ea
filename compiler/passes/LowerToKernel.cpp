// From functions on tensors to programs of launches on buffers. Results are
// written where they are wanted at once: into a program's output, or into a
// parameter that nothing else in the program reads.
#include "compiler/generate/Generators.h"
#include "compiler/passes/Passes.h"
#include "compiler/targets/cpu/LibraryOps.h"
#include "compiler/targets/cuda/CudaGraphs.h"
#include "compiler/targets/cuda/CudaOps.h"

#include "compiler/kernel/KernelDialect.h"
#include "compiler/select/Layouts.h"
#include "runtime/Error.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;
using runtime::cpu::Role;
using select::toRuntime;

namespace netc::net {
#define GEN_PASS_DEF_LOWERTOKERNEL
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

/// Updates of one launch: a GPU's kernels take 4,095 pointers.
static constexpr size_t mostUpdates = 1300;

namespace {
/// The kernels of a module: one for all launches that do the same.
class KernelTable {
public:
  KernelTable(ModuleOp module, int64_t width, bool interleaved)
      : module(module), width(width), interleaved(interleaved) {}
  /// The kernel of `op` on buffers of these types, generated at first use; null
  /// with an error where there is none.
  kernel::FuncOp get(Operation *op, ArrayRef<Type> buffers,
                     ArrayRef<StringRef> access);
  /// One kernel of many updates: for each its parameter, gradient and what is
  /// kept; the run state behind them all.
  kernel::FuncOp getUpdates(ArrayRef<UpdateOpInterface> updates,
                            ArrayRef<Type> buffers, ArrayRef<StringRef> access);
  /// Whether the result may be written over an operand.
  bool isPointwise(kernel::FuncOp func) const {
    return pointwise.contains(func);
  }

private:
  kernel::FuncOp create(Location location, std::string name,
                        ArrayRef<Type> buffers, ArrayRef<StringRef> access);

  ModuleOp module;
  int64_t width;
  bool interleaved;
  llvm::StringMap<kernel::FuncOp> kernels;
  llvm::StringMap<int> counts;
  llvm::DenseSet<Operation *> pointwise;
};

class ProgramLowering {
public:
  /// `graphs`: the precision of cuDNN's graphs; none for oneDNN's primitives.
  ProgramLowering(func::FuncOp func, KernelTable &kernels, SymbolTable &globals,
                  std::optional<runtime::cuda::Precision> graphs)
      : func(func), kernels(kernels), globals(globals), graphs(graphs),
        builder(func.getContext()) {}
  LogicalResult lower();

private:
  void makeProgram();
  LogicalResult lowerOp(Operation &op);
  LogicalResult lowerLibrary(Operation &op, const LibraryOp &library);
  void lowerGraph(Operation &op, const CudaGraph &graph);
  LogicalResult launch(Operation &op, ArrayRef<Value> operands,
                       ArrayRef<StringRef> access);
  LogicalResult lowerGenerated(Operation &op);
  LogicalResult lowerUpdate(UpdateOpInterface op);
  LogicalResult launchUpdates(ArrayRef<UpdateOpInterface> together);
  LogicalResult lowerStatistic(UpdateStatisticOp op);
  LogicalResult copy(Location location, Value value, Value target);
  LogicalResult checkStale(Operation &op);
  Value globalBuffer(Location location, StringRef name) {
    return builder.create<kernel::GetGlobalOp>(
        location, globals.lookup<kernel::GlobalOp>(name));
  }
  /// The buffer a result is written to.
  Value resultBuffer(Value result);
  Value bytes(Location location, int64_t count) {
    return builder.create<kernel::AllocOp>(
        location, MemRefType::get({count}, builder.getI8Type()));
  }

  func::FuncOp func;
  KernelTable &kernels;
  SymbolTable &globals;
  std::optional<runtime::cuda::Precision> graphs;
  OpBuilder builder;
  llvm::DenseMap<Value, Value> buffers;
  llvm::StringMap<Operation *>
      written; // parameters, by the op that changed them
  SmallVector<UpdateOpInterface> updates; // on a GPU, for the end
};

struct LowerToKernel : netc::net::impl::LowerToKernelBase<LowerToKernel> {
  void runOnOperation() override;
};
} // namespace

static kernel::TensorAttr tensorOf(Type type) {
  return kernel::TensorAttr::get(type.getContext(), toRuntime(type));
}

// Kernels.

/// What an op computes, without the names of what it computes it on.
static void describe(Operation *op, llvm::raw_ostream &stream) {
  stream << op->getName();
  for (NamedAttribute attribute : op->getAttrs())
    if (attribute.getName() != "parameter" && attribute.getName() != "states")
      stream << ' ' << attribute.getName().getValue() << '='
             << attribute.getValue();
  stream << op->getOperandTypes() << op->getResultTypes();
  for (Region &region : op->getRegions())
    for (auto [number, inner] : llvm::enumerate(region.front())) {
      stream << '\n';
      describe(&inner, stream);
      for (Value operand : inner.getOperands()) {
        if (auto argument = dyn_cast<BlockArgument>(operand))
          stream << " a" << argument.getArgNumber();
        else
          stream << " r"
                 << std::distance(region.front().begin(),
                                  operand.getDefiningOp()->getIterator());
      }
    }
}

/// `dropout`, `activation_gradient_dropout`.
static std::string kernelName(Operation *op) {
  if (!isa<FusedOp>(op))
    return op->getName().stripDialect().str();
  std::string name;
  for (Operation &inner :
       cast<FusedOp>(op).getBody().front().without_terminator())
    name += (name.empty() ? "" : "_") + inner.getName().stripDialect().str();
  return name;
}

kernel::FuncOp KernelTable::create(Location location, std::string name,
                                   ArrayRef<Type> buffers,
                                   ArrayRef<StringRef> access) {
  // Below this a parallel region costs more than it gains.
  constexpr int64_t fewElements = 2048;
  int64_t elements = 0;
  for (Type type : buffers)
    elements = std::max(elements, cast<MemRefType>(type).getNumElements());
  auto builder = OpBuilder::atBlockEnd(module.getBody());
  name += "_" + std::to_string(++counts[name]);
  return builder.create<kernel::FuncOp>(location, name, buffers, access,
                                        elements <= fewElements);
}

/// `sgd_updates` of `net.sgd_update`s.
kernel::FuncOp KernelTable::getUpdates(ArrayRef<UpdateOpInterface> updates,
                                       ArrayRef<Type> buffers,
                                       ArrayRef<StringRef> access) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  for (UpdateOpInterface update : updates)
    describe(update, stream);
  kernel::FuncOp &func = kernels[key];
  if (func)
    return func;
  UpdateOpInterface first = updates.front();
  func = create(first.getLoc(), kernelName(first) + "s", buffers, access);
  auto builder = OpBuilder::atBlockBegin(&func.getBody().front());
  auto next = func.getBuffers().begin();
  for (UpdateOpInterface update : updates) {
    SmallVector<Value> own{next[0], next[1], func.getBuffers().back()};
    next += 2;
    for (size_t kept = update.getStateSymbols().size(); kept > 0; --kept)
      own.push_back(*next++);
    generate::KernelBuilder kernel(
        builder, update.getLoc(), own,
        {func.getPart(), func.getParts(), interleaved}, width);
    if (failed(generate::emitKernel(kernel, update)))
      return nullptr;
  }
  builder.create<kernel::ReturnOp>(first.getLoc());
  return func;
}

kernel::FuncOp KernelTable::get(Operation *op, ArrayRef<Type> buffers,
                                ArrayRef<StringRef> access) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  describe(op, stream);
  llvm::interleave(buffers, stream, " ");
  // A kernel of x + x reads one buffer, one of x + y two.
  for (Value operand : op->getOperands())
    stream << ' ' << llvm::find(op->getOperands(), operand).getIndex();
  kernel::FuncOp &func = kernels[key];
  if (func)
    return func;
  func = create(op->getLoc(), kernelName(op), buffers, access);
  auto builder = OpBuilder::atBlockBegin(&func.getBody().front());
  SmallVector<Value> arguments(func.getBuffers().begin(),
                               func.getBuffers().end());
  generate::KernelBuilder kernel(builder, op->getLoc(), arguments,
                                 {func.getPart(), func.getParts(), interleaved},
                                 width);
  FailureOr<bool> isPointwise = generate::emitKernel(kernel, op);
  if (failed(isPointwise))
    return nullptr;
  if (*isPointwise)
    pointwise.insert(func);
  builder.create<kernel::ReturnOp>(op->getLoc());
  return func;
}

// Programs.

void ProgramLowering::makeProgram() {
  MLIRContext *context = func.getContext();
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  auto add = [&](Type type, StringAttr name, const std::string &fallback,
                 bool isInput) {
    kernel::TensorAttr tensor = tensorOf(type);
    types.push_back(tensor.getMemRefType());
    attributes.push_back(kernel::ProgramOp::makeArgumentAttributes(
        context, name ? name.getValue() : StringRef(fallback), isInput,
        tensor.getLayout().empty() ? nullptr : tensor));
  };
  for (auto [index, type] : llvm::enumerate(func.getArgumentTypes()))
    add(type, func.getArgAttrOfType<StringAttr>(index, "net.name"),
        "arg" + std::to_string(index), true);
  for (auto [index, type] : llvm::enumerate(func.getResultTypes()))
    add(type, func.getResultAttrOfType<StringAttr>(index, "net.name"),
        "result" + std::to_string(index), false);
  auto batch = func->getAttrOfType<IntegerAttr>("net.batch");
  builder.setInsertionPoint(func);
  std::string name = func.getName().str();
  func.setName("." + name); // makes room for the program
  auto program = builder.create<kernel::ProgramOp>(
      func.getLoc(), name, types, batch ? batch.getInt() : 1, attributes);
  Block &body = program.getBody().front();
  builder.setInsertionPointToEnd(&body);
  for (auto [argument, buffer] :
       llvm::zip(func.getArguments(), body.getArguments()))
    buffers[argument] = buffer;

  // Results go to outputs and parameters as they are made.
  Operation *end = func.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(end->getOperands()))
    if (Operation *producer = value.getDefiningOp())
      if (!isa<ReadParameterOp, ReshapeOp>(producer) &&
          !buffers.contains(value))
        buffers[value] = body.getArgument(func.getNumArguments() + index);
  llvm::StringSet<> read;
  for (auto op : func.getOps<ReadParameterOp>())
    read.insert(op.getParameter());
  for (auto write : func.getOps<WriteParameterOp>()) {
    Value value = write.getValue();
    Operation *producer = value.getDefiningOp();
    if (producer && value.hasOneUse() &&
        !isa<ReadParameterOp, ReshapeOp>(producer) &&
        !read.contains(write.getParameter()))
      buffers[value] = globalBuffer(write.getLoc(), write.getParameter());
  }
}

LogicalResult ProgramLowering::lower() {
  makeProgram();
  for (Operation &op : func.getBody().front())
    if (failed(checkStale(op)) ||
        (!isOpTriviallyDead(&op) && failed(lowerOp(op))))
      return failure();
  func.erase();
  return success();
}

/// A parameter's value is its buffer, so nothing may use it after an update.
LogicalResult ProgramLowering::checkStale(Operation &op) {
  for (Value operand : op.getOperands()) {
    auto read = operand.getDefiningOp<ReadParameterOp>();
    Operation *update = read ? written.lookup(read.getParameter()) : nullptr;
    if (!update)
      continue;
    InFlightDiagnostic error = op.emitOpError("uses the value of ")
                               << read.getParameterAttr()
                               << " from before its update";
    error.attachNote(update->getLoc()) << "updated here";
    return error;
  }
  return success();
}

Value ProgramLowering::resultBuffer(Value result) {
  Value &buffer = buffers[result];
  if (!buffer)
    buffer = builder.create<kernel::AllocOp>(
        result.getLoc(), tensorOf(result.getType()).getMemRefType());
  return buffer;
}

LogicalResult ProgramLowering::lowerOp(Operation &op) {
  if (auto read = dyn_cast<ReadParameterOp>(op)) {
    buffers[read.getValue()] = globalBuffer(op.getLoc(), read.getParameter());
    return success();
  }
  if (auto write = dyn_cast<WriteParameterOp>(op)) {
    written[write.getParameter()] = &op;
    Value target = globalBuffer(op.getLoc(), write.getParameter());
    auto made =
        buffers.lookup(write.getValue()).getDefiningOp<kernel::GetGlobalOp>();
    if (made && made.getGlobal() == write.getParameter())
      return success();
    return copy(op.getLoc(), write.getValue(), target);
  }
  if (auto update = dyn_cast<UpdateOpInterface>(op))
    return lowerUpdate(update);
  if (auto statistic = dyn_cast<UpdateStatisticOp>(op))
    return lowerStatistic(statistic);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    buffers[reshape.getOutput()] = builder.create<kernel::ReshapeOp>(
        op.getLoc(), tensorOf(reshape.getOutput().getType()).getMemRefType(),
        buffers.lookup(reshape.getInput()));
    return success();
  }
  if (isa<func::ReturnOp>(op)) {
    for (ArrayRef<UpdateOpInterface> rest = updates; !rest.empty();) {
      if (failed(launchUpdates(rest.take_front(mostUpdates))))
        return failure();
      rest = rest.drop_front(std::min(rest.size(), mostUpdates));
    }
    auto program = cast<kernel::ProgramOp>(builder.getBlock()->getParentOp());
    for (auto [index, value] : llvm::enumerate(op.getOperands())) {
      Value output =
          program.getBody().getArgument(func.getNumArguments() + index);
      if (buffers.lookup(value) != output &&
          failed(copy(op.getLoc(), value, output)))
        return failure();
    }
    builder.create<kernel::ReturnOp>(op.getLoc());
    return success();
  }
  if (graphs) {
    if (auto graph = toCudaGraph(&op, *graphs)) {
      lowerGraph(op, *graph);
      return success();
    }
  } else if (auto library = toLibrary(&op)) {
    return lowerLibrary(op, *library);
  }
  return lowerGenerated(op);
}

LogicalResult ProgramLowering::lowerLibrary(Operation &op,
                                            const LibraryOp &library) {
  runtime::cpu::PrimitiveChoice choice;
  try {
    choice = runtime::cpu::choose(library.spec);
  } catch (const Error &error) {
    return op.emitError(error.what());
  }
  SmallVector<Role> roles;
  SmallVector<Value> operands;
  for (const RoleValue &entry : library.values) {
    if (entry.role == Role::Workspace) {
      if (choice.workspaceBytes == 0)
        continue;
      if (entry.isResult && !buffers.contains(entry.value))
        buffers[entry.value] = bytes(op.getLoc(), choice.workspaceBytes);
    }
    roles.push_back(entry.role);
    operands.push_back(entry.isResult ? resultBuffer(entry.value)
                                      : buffers.lookup(entry.value));
  }
  if (choice.scratchpadBytes > 0) {
    roles.push_back(Role::Scratchpad);
    operands.push_back(bytes(op.getLoc(), choice.scratchpadBytes));
  }
  builder.create<kernel::PrimitiveOp>(op.getLoc(), library.spec,
                                      choice.implementation, roles, operands);
  return success();
}

void ProgramLowering::lowerGraph(Operation &op, const CudaGraph &graph) {
  SmallVector<Value> inputs, outputs;
  for (Value input : graph.inputs)
    inputs.push_back(buffers.lookup(input));
  for (Value output : graph.outputs)
    outputs.push_back(resultBuffer(output));
  builder.create<kernel::GraphOp>(op.getLoc(),
                                  runtime::cuda::toText(graph.spec),
                                  StringAttr(), inputs, outputs, Value());
}

/// The layers whose ops a fused op holds, for reports; null if one at most.
static ArrayAttr fusedLayers(Operation &op) {
  llvm::SetVector<Attribute> layers;
  if (auto fused = dyn_cast<FusedOp>(op))
    for (Operation &inner : fused.getBody().front().without_terminator())
      if (auto name = dyn_cast<NameLoc>(inner.getLoc()))
        layers.insert(name.getName());
  return layers.size() < 2
             ? ArrayAttr()
             : ArrayAttr::get(op.getContext(), layers.getArrayRef());
}

LogicalResult ProgramLowering::launch(Operation &op, ArrayRef<Value> operands,
                                      ArrayRef<StringRef> access) {
  SmallVector<Type> types;
  for (Value operand : operands)
    types.push_back(operand.getType());
  kernel::FuncOp callee = kernels.get(&op, types, access);
  if (!callee)
    return failure();
  SmallVector<std::pair<unsigned, unsigned>> inPlace;
  unsigned result = operands.size() - 1;
  if (kernels.isPointwise(callee))
    for (unsigned i = 0; i < result; ++i)
      if (types[i] == types[result])
        inPlace.emplace_back(result, i);
  auto launch =
      builder.create<kernel::LaunchOp>(op.getLoc(), callee, operands, inPlace);
  if (ArrayAttr layers = fusedLayers(op))
    launch->setAttr(kernel::fusedLayersAttrName, layers);
  return success();
}

LogicalResult ProgramLowering::lowerGenerated(Operation &op) {
  if (!generate::canGenerate(&op))
    return op.emitOpError("has no kernel");
  SmallVector<Value> operands;
  SmallVector<StringRef> access;
  for (Value operand : op.getOperands()) {
    operands.push_back(buffers.lookup(operand));
    access.push_back("read");
  }
  for (Value result : op.getResults()) {
    operands.push_back(resultBuffer(result));
    access.push_back("write");
  }
  return launch(op, operands, access);
}

LogicalResult ProgramLowering::lowerUpdate(UpdateOpInterface op) {
  StringRef name = op.getParameterAttr().getValue();
  auto parameter =
      cast<MemRefType>(globals.lookup<kernel::GlobalOp>(name).getType());
  auto gradient = cast<MemRefType>(buffers.lookup(op.getGradient()).getType());
  if (parameter.getShape() != gradient.getShape())
    return op->emitOpError(
        "has a gradient whose layout is not the parameter's");
  written[name] = op;
  if (graphs) {
    updates.push_back(op);
    return success();
  }
  SmallVector<Value> operands{globalBuffer(op.getLoc(), name),
                              buffers.lookup(op.getGradient()),
                              buffers.lookup(op.getState())};
  SmallVector<StringRef> access{"readwrite", "read", "read"};
  for (FlatSymbolRefAttr state : op.getStateSymbols()) {
    operands.push_back(globalBuffer(op.getLoc(), state.getValue()));
    access.push_back("readwrite");
  }
  return launch(*op.getOperation(), operands, access);
}

LogicalResult
ProgramLowering::launchUpdates(ArrayRef<UpdateOpInterface> together) {
  SmallVector<Value> operands;
  SmallVector<Type> types;
  SmallVector<StringRef> access;
  llvm::SetVector<Attribute> layers;
  auto add = [&](Value operand, StringRef use) {
    operands.push_back(operand);
    types.push_back(operand.getType());
    access.push_back(use);
  };
  for (UpdateOpInterface op : together) {
    add(globalBuffer(op.getLoc(), op.getParameterAttr().getValue()),
        "readwrite");
    add(buffers.lookup(op.getGradient()), "read");
    for (FlatSymbolRefAttr state : op.getStateSymbols())
      add(globalBuffer(op.getLoc(), state.getValue()), "readwrite");
    if (auto name = dyn_cast<NameLoc>(op.getLoc()))
      layers.insert(name.getName());
  }
  UpdateOpInterface first = together.front();
  add(buffers.lookup(first.getState()), "read");
  kernel::FuncOp callee = kernels.getUpdates(together, types, access);
  if (!callee)
    return failure();
  auto launch = builder.create<kernel::LaunchOp>(
      NameLoc::get(builder.getStringAttr("updates"), func.getLoc()), callee,
      operands, ArrayRef<std::pair<unsigned, unsigned>>());
  if (!layers.empty())
    launch->setAttr(kernel::fusedLayersAttrName,
                    builder.getArrayAttr(layers.getArrayRef()));
  return success();
}

LogicalResult ProgramLowering::lowerStatistic(UpdateStatisticOp op) {
  written[op.getParameter()] = op;
  return launch(*op.getOperation(),
                {globalBuffer(op.getLoc(), op.getParameter()),
                 buffers.lookup(op.getValue())},
                {"readwrite", "read"});
}

LogicalResult ProgramLowering::copy(Location location, Value value,
                                    Value target) {
  runtime::TensorType type = toRuntime(value.getType());
  if (type.element != runtime::ElementType::F32)
    return mlir::emitError(location, "cannot return a copy of ")
           << value.getType();
  if (graphs) { // a kernel that changes nothing
    auto same =
        builder.create<cuda::RelayoutOp>(location, value.getType(), value);
    LogicalResult launched =
        launch(*same.getOperation(), {buffers.lookup(value), target},
               {"read", "write"});
    same.erase();
    return launched;
  }
  runtime::cpu::PrimitiveSpec spec;
  spec.kind = runtime::cpu::PrimitiveKind::Reorder;
  spec.tensors = {{Role::Src, type}, {Role::Dst, type}};
  runtime::cpu::PrimitiveChoice choice = runtime::cpu::choose(spec);
  SmallVector<Role> roles{Role::Src, Role::Dst};
  SmallVector<Value> operands{buffers.lookup(value), target};
  if (choice.scratchpadBytes > 0) {
    roles.push_back(Role::Scratchpad);
    operands.push_back(bytes(location, choice.scratchpadBytes));
  }
  builder.create<kernel::PrimitiveOp>(location, spec, choice.implementation,
                                      roles, operands);
  return success();
}

void LowerToKernel::runOnOperation() {
  ModuleOp module = getOperation();
  kernel::CudaAttr gpu = kernel::getCudaTarget(module);
  if (!gpu && failed(configureLibrary(module)))
    return signalPassFailure();
  std::optional<runtime::cuda::Precision> graphs;
  if (gpu)
    graphs = runtime::cuda::precisionOf(gpu.getPrecision().str());
  // Globals take the parameters' places and names.
  for (ParameterOp parameter : llvm::to_vector(module.getOps<ParameterOp>())) {
    OpBuilder builder(parameter);
    ArrayRef<int64_t> fileShape;
    if (auto shape = parameter.getFileShape())
      fileShape = *shape;
    std::string name = parameter.getSymName().str();
    parameter.setSymName("." + name);
    builder.create<kernel::GlobalOp>(parameter.getLoc(), name,
                                     tensorOf(parameter.getType()),
                                     parameter.getTrainable()   ? "parameter"
                                     : parameter.getStatistic() ? "statistic"
                                     : parameter.getDataset()   ? "dataset"
                                                                : "state",
                                     fileShape);
  }
  for (ParameterOp parameter :
       llvm::make_early_inc_range(module.getOps<ParameterOp>()))
    parameter.erase();
  SymbolTable globals(module);
  int64_t width = gpu                                              ? 1
                  : kernel::getTarget(module).getIsa() == "avx512" ? 16
                                                                   : 8;
  KernelTable kernels(module, width, /*interleaved=*/gpu != nullptr);
  for (auto func : llvm::to_vector(module.getOps<func::FuncOp>()))
    if (failed(ProgramLowering(func, kernels, globals, graphs).lower()))
      return signalPassFailure();
}
