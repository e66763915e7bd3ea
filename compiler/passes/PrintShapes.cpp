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
  // Of the module, since functions printed side by side would mix their lines.
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Operation &op : function.getOps())
        print(op);
    llvm::outs().flush();
    markAllAnalysesPreserved();
  }

  static void print(Operation &op) {
    if (op.getNumResults() == 0 || isa<ReadParameterOp>(op))
      return;
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
};
} // namespace
