// A relu into the convolution or dense layer that feeds it and nothing else.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_FUSEACTIVATION
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct FuseActivation : netc::net::impl::FuseActivationBase<FuseActivation> {
  void runOnOperation() override {
    getOperation().walk([](ActivationOp activation) {
      Operation *producer = activation.getInput().getDefiningOp();
      if (activation.getKind() != ActivationKind::ReLU ||
          activation.getArgument() || !producer || !producer->hasOneUse() ||
          !isa<Conv2DOp, DenseOp>(producer) || producer->hasAttr("activation"))
        return;
      producer->setAttr("activation", activation.getKindAttr());
      activation.replaceAllUsesWith(producer->getResult(0));
      activation.erase();
    });
  }
};
} // namespace
