// One line an op: its layer's name, its name, its shape, its multiply-adds.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_PRINTSHAPES
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct PrintShapes : netc::net::impl::PrintShapesBase<PrintShapes> {
  void runOnOperation() override {
    for (Operation &op : getOperation().getBody().front()) {
      if (op.getNumResults() == 0 || isa<ReadParameterOp>(op))
        continue;
      auto name = dyn_cast<NameLoc>(op.getLoc());
      llvm::outs() << (name ? name.getName().getValue() : StringRef("-")) << ' '
                   << op.getName() << ' ';
      if (auto type = dyn_cast<RankedTensorType>(op.getResult(0).getType()))
        llvm::interleave(type.getShape(), llvm::outs(), "x");
      else
        llvm::outs() << '?';
      if (auto cost = dyn_cast<CostOpInterface>(op))
        llvm::outs() << ' ' << cost.getMultiplyAdds();
      llvm::outs() << '\n';
    }
    llvm::outs().flush();
    markAllAnalysesPreserved();
  }
};
} // namespace
