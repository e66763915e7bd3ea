// Kernels that differ in constants and in sizes alone become one. Two kernels
// are alike if they are the same ops on the same values, but for the constants
// that may be words of a launch and for the number of elements of buffers that
// they know as one dimension.
#include "compiler/kernel/KernelPasses.h"

#include "compiler/kernel/KernelDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

#include <map>

using namespace mlir;
using namespace netc;
using namespace netc::kernel;

namespace netc::kernel {
#define GEN_PASS_DEF_SHAREKERNELS
#include "compiler/kernel/KernelPasses.h.inc"
} // namespace netc::kernel

/// Whether the code gains from knowing the operand.
static bool gainsFromKnowing(OpOperand &use) {
  Operation *op = use.getOwner();
  unsigned number = use.getOperandNumber();
  if (isa<arith::DivUIOp, arith::DivSIOp, arith::RemUIOp, arith::RemSIOp,
          arith::ShLIOp, arith::ShRUIOp, arith::ShRSIOp>(op))
    return number == 1;
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return number == loop.getStepMutable().getOperandNumber();
  return false;
}

/// The number of a constant, or of each of its lanes, as a word; none for what
/// stays in the code.
static std::optional<int64_t> wordOf(arith::ConstantOp constant) {
  Type element = getElementTypeOrSelf(constant.getType());
  if (!element.isIndex() && !element.isInteger(32) && !element.isInteger(64) &&
      !element.isF32() && !element.isF64())
    return std::nullopt;
  if (llvm::any_of(constant->getUses(), gainsFromKnowing))
    return std::nullopt;
  APInt integer;
  if (matchPattern(constant.getResult(), m_ConstantInt(&integer)))
    return integer.getSExtValue();
  APFloat number(0.0);
  if (matchPattern(constant.getResult(), m_ConstantFloat(&number)))
    return static_cast<int64_t>(number.bitcastToAPInt().getZExtValue());
  return std::nullopt;
}

static bool isAccess(Operation *op) {
  return isa<memref::LoadOp, memref::StoreOp, vector::LoadOp, vector::StoreOp>(
      op);
}

/// Whether the kernel knows the buffer as one dimension only.
static bool isFlat(BlockArgument buffer) {
  bool isRow = cast<MemRefType>(buffer.getType()).getRank() == 1;
  return llvm::all_of(buffer.getUsers(), [&](Operation *user) {
    auto flattened = dyn_cast<memref::CollapseShapeOp>(user);
    if (!flattened)
      return isRow && isAccess(user);
    return flattened.getResultType().getRank() == 1 &&
           llvm::all_of(flattened->getUsers(), isAccess);
  });
}

namespace {
/// What is compared of a kernel, and what may differ.
struct Form {
  std::vector<const void *> code;
  SmallVector<arith::ConstantOp> constants;
  SmallVector<int64_t> words; // of the constants
  SmallVector<bool> isFlat;   // of the buffers
};

class FormWriter {
public:
  Form write(FuncOp func);

private:
  void add(const void *item) { form.code.push_back(item); }
  void add(size_t count) { add(reinterpret_cast<const void *>(count)); }
  void add(Type type) { add(type.getAsOpaquePointer()); }
  void add(Region &region);
  void add(Operation &op);
  void number(Value value) { numbers.try_emplace(value, next++); }
  /// A view of a flat buffer is of any size.
  bool isOpenView(Operation &op) const;

  Form form;
  llvm::DenseMap<Value, size_t> numbers;
  size_t next = 0;
};
} // namespace

bool FormWriter::isOpenView(Operation &op) const {
  auto view = dyn_cast<memref::CollapseShapeOp>(op);
  auto buffer = view ? dyn_cast<BlockArgument>(view.getSrc()) : BlockArgument();
  return buffer && buffer.getOwner()->isEntryBlock() &&
         isa<FuncOp>(buffer.getOwner()->getParentOp()) &&
         form.isFlat[buffer.getArgNumber()];
}

void FormWriter::add(Operation &op) {
  if (isOpenView(op)) { // the buffer itself, where sizes are open
    numbers[op.getResult(0)] = numbers.lookup(op.getOperand(0));
    return;
  }
  add(op.getName().getAsOpaquePointer());
  for (Value result : op.getResults())
    number(result);
  for (Value operand : op.getOperands())
    add(numbers.lookup(operand));
  for (Type type : op.getResultTypes())
    add(type);
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    if (std::optional<int64_t> word = wordOf(constant)) {
      form.constants.push_back(constant);
      form.words.push_back(*word);
      return;
    }
  add(op.getAttrDictionary().getAsOpaquePointer());
  for (Block *next : op.getSuccessors())
    add(static_cast<size_t>(
        std::distance(next->getParent()->begin(), next->getIterator())));
  for (Region &region : op.getRegions())
    add(region);
}

void FormWriter::add(Region &region) {
  for (Block &block : region) {
    add(block.getNumArguments());
    for (BlockArgument argument : block.getArguments()) {
      number(argument);
      bool isOpen = isa<FuncOp>(region.getParentOp()) && block.isEntryBlock() &&
                    argument.getArgNumber() < form.isFlat.size() &&
                    form.isFlat[argument.getArgNumber()];
      add(isOpen ? getElementTypeOrSelf(argument.getType())
                 : argument.getType());
      add(size_t{isOpen});
    }
    for (Operation &op : block)
      add(op);
    add(nullptr);
  }
}

Form FormWriter::write(FuncOp func) {
  for (BlockArgument buffer : func.getBuffers())
    form.isFlat.push_back(isFlat(buffer));
  add(func.getAccess().getAsOpaquePointer());
  add(size_t{func.getSerial()});
  add(func.getBody());
  return std::move(form);
}

namespace {
struct Member {
  FuncOp func;
  Form form;
};

/// Kernels of one form, the first of which becomes that of all.
class Group {
public:
  void add(FuncOp func, Form form) {
    members.push_back({func, std::move(form)});
  }
  /// Rewrites the first kernel; `words` gets those of each kernel's launches.
  void share(llvm::DenseMap<StringAttr, SmallVector<int64_t>> &words);
  FuncOp first() const { return members.front().func; }
  ArrayRef<Member> all() const { return members; }

private:
  void openBuffers();
  Value valueOf(OpBuilder &builder, Value word, Type type);

  SmallVector<Member> members;
};
} // namespace

/// Buffers whose sizes differ become memref<?xT>.
void Group::openBuffers() {
  FuncOp func = first();
  for (BlockArgument buffer : func.getBuffers()) {
    unsigned index = buffer.getArgNumber();
    bool differs = llvm::any_of(members, [&](const Member &member) {
      return FuncOp(member.func).getArgumentTypes()[index] != buffer.getType();
    });
    if (!differs)
      continue;
    Type element = getElementTypeOrSelf(buffer.getType());
    for (Operation *user : llvm::make_early_inc_range(buffer.getUsers()))
      if (auto view = dyn_cast<memref::CollapseShapeOp>(user)) {
        view.getResult().replaceAllUsesWith(buffer);
        view.erase();
      }
    buffer.setType(MemRefType::get({ShapedType::kDynamic}, element));
  }
}

/// A word as what the constant was.
Value Group::valueOf(OpBuilder &builder, Value word, Type type) {
  Location location = word.getLoc();
  Type element = getElementTypeOrSelf(type);
  Value value = word;
  if (element.isIndex())
    value = builder.create<arith::IndexCastOp>(location, element, word);
  else if (element.getIntOrFloatBitWidth() == 32)
    value =
        builder.create<arith::TruncIOp>(location, builder.getI32Type(), word);
  if (isa<FloatType>(element))
    value = builder.create<arith::BitcastOp>(location, element, value);
  if (auto vector = dyn_cast<VectorType>(type))
    value = builder.create<vector::SplatOp>(location, vector, value);
  return value;
}

void Group::share(llvm::DenseMap<StringAttr, SmallVector<int64_t>> &words) {
  FuncOp func = first();
  openBuffers();
  Block &entry = func.getBody().front();
  OpBuilder builder(func.getContext());
  // Constants that are the same in every kernel that has one of them.
  std::map<SmallVector<int64_t>, BlockArgument> wordsByValues;
  llvm::DenseMap<std::pair<Value, Type>, Value> known;
  for (auto [index, constant] :
       llvm::enumerate(members.front().form.constants)) {
    SmallVector<int64_t> values;
    for (const Member &member : members)
      values.push_back(member.form.words[index]);
    if (llvm::all_equal(values))
      continue;
    BlockArgument &word = wordsByValues[values];
    if (!word) {
      word = entry.insertArgument(entry.getNumArguments() - 2,
                                  builder.getI64Type(), func.getLoc());
      for (auto [member, value] : llvm::zip(members, values))
        words[member.func.getSymNameAttr()].push_back(value);
    }
    Value &value = known[{word, constant.getType()}];
    if (!value) {
      builder.setInsertionPointToStart(&entry);
      value = valueOf(builder, word, constant.getType());
    }
    constant.replaceAllUsesWith(value);
    constant.erase();
  }
  func.setFunctionType(builder.getFunctionType(entry.getArgumentTypes(), {}));
}

namespace {
struct ShareKernels : netc::kernel::impl::ShareKernelsBase<ShareKernels> {
  void runOnOperation() override;
};
} // namespace

void ShareKernels::runOnOperation() {
  llvm::MapVector<std::vector<const void *>, Group,
                  std::map<std::vector<const void *>, unsigned>>
      groups;
  for (FuncOp func : getOperation().getOps<FuncOp>()) {
    if (!func.getWords().empty()) // it is shared already
      continue;
    Form form = FormWriter().write(func);
    std::vector<const void *> code = std::move(form.code);
    groups[code].add(func, std::move(form));
  }
  llvm::DenseMap<StringAttr, SmallVector<int64_t>> words;
  llvm::DenseMap<StringAttr, FuncOp> shared;
  for (auto &[code, group] : groups) {
    if (group.all().size() == 1)
      continue;
    group.share(words);
    for (const Member &member : group.all())
      shared[FuncOp(member.func).getSymNameAttr()] = group.first();
  }
  if (shared.empty())
    return;
  getOperation().walk([&](LaunchOp launch) {
    StringAttr name = launch.getCalleeAttr().getAttr();
    if (FuncOp func = shared.lookup(name)) {
      launch.setCalleeAttr(FlatSymbolRefAttr::get(func));
      launch.setWords(words.lookup(name));
    }
  });
  for (auto &[code, group] : groups)
    for (const Member &member : group.all().drop_front())
      FuncOp(member.func).erase();
}
