// What two launches must share to share a kernel, and how kernels are named.
#include "compiler/passes/KernelTable.h"

#include "compiler/generate/Generators.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

/// Writes what an op computes, without the names of what it computes it on and
/// why it is run so.
static void writeComputation(Operation *op, llvm::raw_ostream &stream) {
  auto write = dyn_cast<ParameterWriteOpInterface>(op);
  auto update = dyn_cast<UpdateOpInterface>(op);
  stream << op->getName();
  for (NamedAttribute attribute : op->getAttrs()) {
    Attribute value = attribute.getValue();
    bool isName = (write && value == write.getParameterAttr()) ||
                  (update && value == update.getStatesAttr());
    if (!isName && attribute.getName() != kernel::choiceAttrName)
      stream << ' ' << attribute.getName().getValue() << '=' << value;
  }
  stream << op->getOperandTypes() << op->getResultTypes();
  for (Region &region : op->getRegions())
    for (Operation &inner : region.front()) {
      stream << '\n';
      writeComputation(&inner, stream);
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
  auto fused = dyn_cast<FusedOp>(op);
  if (!fused)
    return op->getName().stripDialect().str();
  std::string name;
  for (Operation &inner : fused.getBody().front().without_terminator())
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

FailureOr<bool> KernelTable::emit(OpBuilder &builder, kernel::FuncOp func,
                                  Operation *op, ValueRange buffers,
                                  unsigned firstOperand) {
  generate::KernelBuilder kernel(
      builder, op->getLoc(), buffers,
      {func.getPart(), func.getParts(), form.interleaved}, form.lanes,
      firstOperand);
  return generate::emitKernel(kernel, op);
}

FailureOr<kernel::FuncOp>
KernelTable::getUpdates(ArrayRef<UpdateOpInterface> updates,
                        ArrayRef<Type> buffers, ArrayRef<StringRef> access) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  for (UpdateOpInterface update : updates)
    writeComputation(update, stream);
  kernel::FuncOp &func = kernels[key];
  if (func)
    return func;
  Operation *first = updates.front();
  func = create(first->getLoc(), kernelName(first) + "s", buffers, access);
  auto builder = OpBuilder::atBlockBegin(&func.getBody().front());
  auto next = func.getBuffers().begin();
  for (UpdateOpInterface update : updates) {
    ArrayAttr states = update.getStatesAttr();
    size_t kept = states ? states.size() : 0;
    SmallVector<Value> own{next[0], next[1], func.getBuffers().back()};
    own.append(next + 2, next + 2 + kept);
    next += 2 + kept;
    if (failed(emit(builder, func, update, own)))
      return failure();
  }
  builder.create<kernel::ReturnOp>(first->getLoc());
  return func;
}

FailureOr<kernel::FuncOp> KernelTable::get(Operation *op,
                                           ArrayRef<Type> buffers,
                                           ArrayRef<StringRef> access,
                                           unsigned firstOperand) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  writeComputation(op, stream);
  stream << ' ' << firstOperand << ' ';
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
  FailureOr<bool> isPointwise =
      emit(builder, func, op, arguments, firstOperand);
  if (failed(isPointwise))
    return failure();
  if (*isPointwise)
    pointwise.insert(func);
  builder.create<kernel::ReturnOp>(op->getLoc());
  return func;
}
