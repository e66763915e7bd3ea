// The library's implementation of each op, recorded in the IR.
#include "compiler/targets/cpu/LibraryOps.h"
#include "compiler/passes/Passes.h"

#include "runtime/Error.h"

using namespace mlir;
using namespace netc;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_SELECTIMPLEMENTATIONS
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct SelectImplementations
    : netc::net::impl::SelectImplementationsBase<SelectImplementations> {
  void runOnOperation() override {
    if (failed(configureLibrary(getOperation()->getParentOp())))
      return signalPassFailure();
    getOperation().walk([&](Operation *op) {
      auto library = toLibrary(op);
      if (!library)
        return;
      try {
        op->setAttr("implementation",
                    StringAttr::get(
                        &getContext(),
                        runtime::cpu::choose(library->spec).implementation));
      } catch (const Error &error) {
        op->emitError(error.what());
        signalPassFailure();
      }
    });
  }
};
} // namespace
