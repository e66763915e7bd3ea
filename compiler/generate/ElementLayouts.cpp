// Which operands lie as the result does, and what that makes of the others.
#include "compiler/generate/ElementLayouts.h"

#include "compiler/generate/Elements.h"
#include "compiler/generate/Generators.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

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

void generate::chooseElementLayouts(
    Operation *op, const select::Situation &situation,
    function_ref<std::string(RankedTensorType)> freeLayout,
    select::Candidate &candidate) {
  std::string tag;
  bool isFree = true;
  for (OpOperand &operand : op->getOpOperands())
    if (followsResult(operand)) {
      isFree = false;
      if (tag.empty())
        tag = situation.layoutOf(operand.get());
    }
  if (isFree)
    tag = freeLayout(cast<RankedTensorType>(op->getResult(0).getType()));
  for (OpOperand &operand : op->getOpOperands())
    if (followsResult(operand))
      candidate.operands[operand.getOperandNumber()] = tag;
  candidate.results[0] = tag;
}

StringRef generate::layoutBeside(Operation *reader, Value value,
                                 const select::Situation &situation) {
  if (!hasElements(reader))
    return "";
  for (OpOperand &operand : reader->getOpOperands()) {
    StringRef tag = situation.layoutOf(operand.get());
    if (operand.get() != value && !tag.empty() && followsResult(operand))
      return tag;
  }
  return "";
}
