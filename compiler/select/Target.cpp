// The interface of targets.
#include "compiler/select/Target.h"

#include "compiler/select/Launcher.h"

using namespace mlir;
using namespace netc;

#include "compiler/select/Target.cpp.inc"

select::TargetInterface select::getTarget(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  auto target =
      module ? module->getAttrOfType<TargetInterface>(kernel::targetAttrName)
             : TargetInterface();
  if (!target)
    op->emitError("expected the module's target, such as `kernel.target = "
                  "#kernel.cpu<...>`");
  return target;
}
