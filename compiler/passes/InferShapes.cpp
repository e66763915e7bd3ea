// Types from operands to results through a function.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_INFERSHAPES
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

LogicalResult netc::net::inferShapes(Operation *function) {
  auto func = cast<func::FuncOp>(function);
  for (Operation &op : func.getBody().front()) {
    auto inferring = dyn_cast<InferTypeOpInterface>(op);
    if (!inferring)
      continue;
    SmallVector<Type> types;
    if (failed(inferring.inferReturnTypes(
            op.getContext(), op.getLoc(), op.getOperands(),
            op.getAttrDictionary(), op.getPropertiesStorage(), op.getRegions(),
            types)))
      return op.emitOpError("has no shape for its operands");
    for (auto [result, type] : llvm::zip(op.getResults(), types))
      result.setType(type);
  }
  Operation *end = func.getBody().front().getTerminator();
  func.setType(FunctionType::get(func.getContext(),
                                 func.getBody().getArgumentTypes(),
                                 end->getOperandTypes()));
  return success();
}

namespace {
struct InferShapes : netc::net::impl::InferShapesBase<InferShapes> {
  void runOnOperation() override {
    if (failed(inferShapes(getOperation())))
      signalPassFailure();
  }
};
} // namespace
