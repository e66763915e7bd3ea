// A relu into the op that feeds it and nothing else.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"
#include "compiler/select/Target.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_FUSEACTIVATION
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct FuseActivation : netc::net::impl::FuseActivationBase<FuseActivation> {
  void runOnOperation() override {
    select::TargetInterface target = select::getTarget(getOperation());
    if (!target)
      return signalPassFailure();
    // Gradients stand behind what they are of, and go with it.
    for (ActivationOp activation :
         llvm::to_vector(getOperation().getOps<ActivationOp>())) {
      auto producer =
          activation.getInput().getDefiningOp<ActivationFusionOpInterface>();
      bool isRelu = activation.getKind() == ActivationKind::ReLU &&
                    !activation.getArgument();
      if (isRelu && producer && target.fusesActivation(producer))
        producer.fuseActivation(activation);
    }
  }
};
} // namespace
