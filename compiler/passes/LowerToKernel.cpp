// From functions on tensors to programs of launches on buffers. Each op is
// carried out as it was chosen, by the module's target. Results are written
// where they are wanted at once: into a program's output, or into a parameter
// that nothing else in the program reads.
#include "compiler/passes/KernelTable.h"
#include "compiler/passes/Passes.h"

#include "compiler/generate/Generators.h"
#include "compiler/select/Launcher.h"
#include "compiler/select/Layouts.h"
#include "runtime/Error.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_LOWERTOKERNEL
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
class ProgramLowering : public select::Launcher {
public:
  ProgramLowering(func::FuncOp func, KernelTable &kernels, SymbolTable &globals,
                  select::TargetInterface target)
      : Launcher(func.getContext()), func(func), kernels(kernels),
        globals(globals), target(target) {}
  LogicalResult lower();

  Value bufferOf(Value value) override { return buffers.lookup(value); }
  Value resultBuffer(Value result) override;
  void allocateBytes(Value result, int64_t count) override {
    if (!buffers.contains(result))
      buffers[result] = bytes(result.getLoc(), count);
  }
  LogicalResult launchGenerated(Operation *op) override;
  LogicalResult launchKernel(Operation *op, ArrayRef<Value> operands,
                             ArrayRef<StringRef> access) override {
    return launch(op, /*firstOperand=*/0, operands, access);
  }

private:
  LogicalResult launchGenerated(Operation *op, unsigned first, unsigned count);
  LogicalResult launch(Operation *op, unsigned firstOperand,
                       ArrayRef<Value> operands, ArrayRef<StringRef> access);
  void makeProgram();
  LogicalResult lowerOp(Operation &op);
  LogicalResult lowerReturn(func::ReturnOp op);
  LogicalResult lowerWrite(WriteParameterOp op);
  LogicalResult lowerUpdate(UpdateOpInterface op);
  LogicalResult launchUpdates(ArrayRef<UpdateOpInterface> together);
  LogicalResult copy(Location location, Value value, Value target);
  LogicalResult checkStale(Operation &op);
  Value globalBuffer(Location location, StringRef name) {
    return builder.create<kernel::GetGlobalOp>(
        location, globals.lookup<kernel::GlobalOp>(name));
  }

  func::FuncOp func;
  KernelTable &kernels;
  SymbolTable &globals;
  select::TargetInterface target;
  llvm::DenseMap<Value, Value> buffers;
  llvm::StringMap<Operation *>
      written; // parameters, by the op that changed them
  SmallVector<UpdateOpInterface> updates; // for the end of the program
};

struct LowerToKernel : netc::net::impl::LowerToKernelBase<LowerToKernel> {
  void runOnOperation() override;
};
} // namespace

static kernel::TensorAttr tensorOf(Type type) {
  return kernel::TensorAttr::get(type.getContext(), select::toRuntime(type));
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
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    buffers[reshape.getOutput()] = builder.create<kernel::ReshapeOp>(
        op.getLoc(), tensorOf(reshape.getOutput().getType()).getMemRefType(),
        buffers.lookup(reshape.getInput()));
    return success();
  }
  if (auto write = dyn_cast<WriteParameterOp>(op))
    return lowerWrite(write);
  if (auto end = dyn_cast<func::ReturnOp>(op))
    return lowerReturn(end);
  if (!select::getChoice(&op))
    return op.emitOpError("has no launch chosen for it");
  if (auto update = dyn_cast<UpdateOpInterface>(op))
    return lowerUpdate(update);
  return target.emit(&op, *this);
}

LogicalResult ProgramLowering::lowerWrite(WriteParameterOp op) {
  written[op.getParameter()] = op;
  Value buffer = globalBuffer(op.getLoc(), op.getParameter());
  auto made =
      buffers.lookup(op.getValue()).getDefiningOp<kernel::GetGlobalOp>();
  if (made && made.getGlobal() == op.getParameter())
    return success();
  return copy(op.getLoc(), op.getValue(), buffer);
}

LogicalResult ProgramLowering::lowerReturn(func::ReturnOp op) {
  size_t together = target.getKernelForm().updatesOfLaunch;
  for (ArrayRef<UpdateOpInterface> rest = updates; !rest.empty();) {
    if (failed(launchUpdates(rest.take_front(together))))
      return failure();
    rest = rest.drop_front(std::min(rest.size(), together));
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

LogicalResult ProgramLowering::launch(Operation *op, unsigned firstOperand,
                                      ArrayRef<Value> operands,
                                      ArrayRef<StringRef> access) {
  SmallVector<Type> types;
  for (Value operand : operands)
    types.push_back(operand.getType());
  FailureOr<kernel::FuncOp> callee =
      kernels.get(op, types, access, firstOperand);
  if (failed(callee))
    return failure();
  SmallVector<std::pair<unsigned, unsigned>> inPlace;
  unsigned result = operands.size() - 1;
  if (kernels.isPointwise(*callee))
    for (unsigned i = 0; i < result; ++i)
      if (types[i] == types[result])
        inPlace.emplace_back(result, i);
  auto launch = builder.create<kernel::LaunchOp>(op->getLoc(), *callee,
                                                 operands, inPlace);
  if (ArrayAttr layers = fusedLayers(*op))
    launch->setAttr(kernel::fusedLayersAttrName, layers);
  if (kernel::ChoiceAttr choice = select::getChoice(op))
    launch->setAttr(kernel::choiceAttrName, choice);
  return success();
}

/// A kernel's buffers are the parameter that the op writes in place, its
/// operands, what an optimiser keeps, its results.
LogicalResult ProgramLowering::launchGenerated(Operation *op) {
  unsigned most = generate::operandsOfLaunch(op);
  for (unsigned first = 0; first == 0 || first < op->getNumOperands();
       first += most)
    if (failed(launchGenerated(op, first,
                               std::min(most, op->getNumOperands() - first))))
      return failure();
  return success();
}

/// The launch that takes `count` operands from `first` on.
LogicalResult ProgramLowering::launchGenerated(Operation *op, unsigned first,
                                               unsigned count) {
  SmallVector<Value> operands;
  SmallVector<StringRef> access;
  auto add = [&](Value buffer, StringRef how) {
    operands.push_back(buffer);
    access.push_back(how);
  };
  if (auto write = dyn_cast<ParameterWriteOpInterface>(op)) {
    StringRef parameter = write.getParameterAttr().getValue();
    add(globalBuffer(op->getLoc(), parameter), "readwrite");
    written[parameter] = op;
  }
  for (Value operand : op->getOperands().slice(first, count))
    add(buffers.lookup(operand), "read");
  if (auto update = dyn_cast<UpdateOpInterface>(op))
    if (ArrayAttr states = update.getStatesAttr())
      for (auto state : states.getAsRange<FlatSymbolRefAttr>())
        add(globalBuffer(op->getLoc(), state.getValue()), "readwrite");
  for (Value result : op->getResults())
    add(resultBuffer(result), "write");
  return launch(op, first, operands, access);
}

LogicalResult ProgramLowering::lowerUpdate(UpdateOpInterface op) {
  StringRef parameter = op.getParameterAttr().getValue();
  auto type =
      cast<MemRefType>(globals.lookup<kernel::GlobalOp>(parameter).getType());
  auto gradient = cast<MemRefType>(buffers.lookup(op.getGradient()).getType());
  assert(type.getShape() == gradient.getShape() &&
         "an update is chosen in its parameter's layout");
  if (target.getKernelForm().updatesOfLaunch == 1)
    return target.emit(op, *this);
  written[parameter] = op;
  updates.push_back(op);
  return success();
}

static constexpr StringLiteral togetherReason =
    "the updates of several parameters in one launch, each as it lies";

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
  int64_t nanoseconds = 0;
  for (UpdateOpInterface op : together) {
    nanoseconds += select::getChoice(op).getNanoseconds();
    add(globalBuffer(op.getLoc(), op.getParameterAttr().getValue()),
        "readwrite");
    add(buffers.lookup(op.getGradient()), "read");
    if (ArrayAttr states = op.getStatesAttr())
      for (auto state : states.getAsRange<FlatSymbolRefAttr>())
        add(globalBuffer(op.getLoc(), state.getValue()), "readwrite");
    if (auto name = dyn_cast<NameLoc>(op.getLoc()))
      layers.insert(name.getName());
  }
  UpdateOpInterface first = together.front();
  add(buffers.lookup(first.getState()), "read");
  FailureOr<kernel::FuncOp> callee =
      kernels.getUpdates(together, types, access);
  if (failed(callee))
    return failure();
  auto launch = builder.create<kernel::LaunchOp>(
      NameLoc::get(builder.getStringAttr("updates"), func.getLoc()), *callee,
      operands, ArrayRef<std::pair<unsigned, unsigned>>());
  launch->setAttr(kernel::choiceAttrName,
                  kernel::ChoiceAttr::get(func.getContext(),
                                          select::generatedEngine, "", 0, 0,
                                          nanoseconds, togetherReason));
  if (!layers.empty())
    launch->setAttr(kernel::fusedLayersAttrName,
                    builder.getArrayAttr(layers.getArrayRef()));
  return success();
}

LogicalResult ProgramLowering::copy(Location location, Value value,
                                    Value buffer) {
  if (select::toRuntime(value.getType()).element != runtime::ElementType::F32)
    return mlir::emitError(location, "cannot return a copy of ")
           << value.getType();
  return target.emitCopy(location, value, buffer, *this);
}

/// Globals take the parameters' places and names.
static void makeGlobals(ModuleOp module) {
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
}

void LowerToKernel::runOnOperation() {
  ModuleOp module = getOperation();
  select::TargetInterface target = select::getTarget(module);
  if (!target || failed(target.prepare(module)))
    return signalPassFailure();
  try {
    makeGlobals(module);
    SymbolTable globals(module);
    KernelTable kernels(module, target.getKernelForm());
    for (auto func : llvm::to_vector(module.getOps<func::FuncOp>()))
      if (failed(ProgramLowering(func, kernels, globals, target).lower()))
        return signalPassFailure();
  } catch (const Error &error) { // a layout that is none
    module.emitError(error.what());
    signalPassFailure();
  }
}
