// Chains of element ops into one `net.fused` each.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_FUSEELEMENTS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

/// An input transform: a few operations on what it reads.
static bool isTransform(Operation *op) {
  return isa<ToTensorOp, NormalizeOp>(op) ||
         cast<ElementOpInterface>(op).recomputesGathered();
}

/// The one user that the op can be computed in, or null: it reads the op's
/// result at the same index, or both are transforms.
static Operation *fusibleUser(Operation *op) {
  if (!isa<ElementOpInterface>(op) || !op->getResult(0).hasOneUse())
    return nullptr;
  OpOperand &use = *op->getResult(0).use_begin();
  auto user = dyn_cast<ElementOpInterface>(use.getOwner());
  if (!user || user->getBlock() != op->getBlock())
    return nullptr;
  if (!user.isPointwise(use.getOperandNumber()))
    return user.recomputesGathered() && isTransform(op) ? user.getOperation()
                                                        : nullptr;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto userType = cast<RankedTensorType>(user->getResult(0).getType());
  return type.getShape() == userType.getShape() ? user.getOperation() : nullptr;
}

namespace {
/// What changes each parameter in the function.
using Updates = llvm::DenseMap<StringAttr, Operation *>;
} // namespace

static Updates updatesOf(func::FuncOp func) {
  Updates updates;
  for (Operation &op : func.getBody().front())
    if (auto write = dyn_cast<ParameterWriteOpInterface>(op))
      updates[write.getParameterAttr().getAttr()] = &op;
  return updates;
}

/// The op may have come from before an update of a parameter that it reads:
/// that goes behind it.
static void keepBeforeUpdates(Operation *op, const Updates &updates) {
  for (Value operand : op->getOperands())
    if (auto read = operand.getDefiningOp<ReadParameterOp>())
      if (Operation *update = updates.lookup(read.getParameterAttr().getAttr());
          update && update->isBeforeInBlock(op))
        update->moveAfter(op);
}

/// Moves the ops of `group` (in order, the last one the root) into one op.
static void fuse(ArrayRef<Operation *> group, const Updates &updates) {
  Operation *root = group.back();
  SmallVector<Value> inputs;
  for (Operation *op : group)
    for (Value operand : op->getOperands())
      if (!llvm::is_contained(group, operand.getDefiningOp()) &&
          !llvm::is_contained(inputs, operand))
        inputs.push_back(operand);
  OpBuilder builder(root);
  auto fused = builder.create<FusedOp>(root->getLoc(),
                                       root->getResult(0).getType(), inputs);
  Block *body = builder.createBlock(&fused.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : group)
    builder.clone(*op, mapping);
  builder.create<YieldOp>(root->getLoc(), mapping.lookup(root->getResult(0)));
  root->getResult(0).replaceAllUsesWith(fused.getOutput());
  keepBeforeUpdates(fused, updates);
  for (Operation *op : llvm::reverse(group))
    op->erase();
}

/// A longer chain becomes several kernels, so that none grows with the network.
static constexpr size_t mostOps = 64;

namespace {
struct FuseElements : netc::net::impl::FuseElementsBase<FuseElements> {
  void runOnOperation() override {
    llvm::DenseMap<Operation *, Operation *> rootOf;
    llvm::MapVector<Operation *, SmallVector<Operation *>> groups;
    SmallVector<Operation *> ops;
    for (Operation &op : getOperation().getBody().front())
      if (isa<ElementOpInterface>(op))
        ops.push_back(&op);
    // From the last: a user's root is known before its producers'.
    for (Operation *op : llvm::reverse(ops)) {
      Operation *user = fusibleUser(op);
      Operation *root = user ? rootOf.lookup(user) : op;
      if (groups[root].size() == mostOps)
        root = op;
      rootOf[op] = root;
      groups[root].push_back(op);
    }
    Updates updates = updatesOf(getOperation());
    for (auto &[root, members] : groups)
      if (members.size() > 1)
        fuse(llvm::to_vector(llvm::reverse(members)), updates);
  }
};
} // namespace
