// Ops that a target lacks, as it says.
#include "compiler/passes/Passes.h"

#include "compiler/select/Target.h"

using namespace mlir;
using namespace netc;

namespace netc::net {
#define GEN_PASS_DEF_EXPANDOPS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct ExpandOps : netc::net::impl::ExpandOpsBase<ExpandOps> {
  using ExpandOpsBase::ExpandOpsBase;

  void runOnOperation() override {
    select::TargetInterface target = select::getTarget(getOperation());
    if (!target)
      return signalPassFailure();
    for (Operation &op :
         llvm::make_early_inc_range(getOperation().getBody().front()))
      if (failed(target.expand(&op, beforeGradients)))
        return signalPassFailure();
  }
};
} // namespace
