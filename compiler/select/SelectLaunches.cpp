// Every program of a module, the full training step first: it decides how the
// parameters lie.
#include "compiler/select/SelectPasses.h"

#include "compiler/select/ProgramSelection.h"
#include "runtime/Contract.h"
#include "runtime/Error.h"

using namespace mlir;
using namespace netc;

namespace netc::select {
#define GEN_PASS_DEF_SELECTLAUNCHES
#include "compiler/select/SelectPasses.h.inc"
} // namespace netc::select

namespace {
struct SelectLaunches : netc::select::impl::SelectLaunchesBase<SelectLaunches> {
  void runOnOperation() override;
};
} // namespace

void SelectLaunches::runOnOperation() {
  ModuleOp module = getOperation();
  select::TargetInterface target = select::getTarget(module);
  if (!target || failed(target.prepare(module)))
    return signalPassFailure();
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  auto rank = [](func::FuncOp func) {
    return func.getName() == runtime::program::trainStep    ? 0
           : func.getName() == runtime::program::initialize ? 2
                                                            : 1;
  };
  llvm::stable_sort(functions, [&](func::FuncOp a, func::FuncOp b) {
    return rank(a) < rank(b);
  });
  try {
    select::ParameterLayouts parameters(module, target);
    for (func::FuncOp func : functions)
      if (failed(select::ProgramSelection(func, target, parameters).run()))
        return signalPassFailure();
  } catch (const Error &error) { // a layout that is none
    module.emitError(error.what());
    signalPassFailure();
  }
}
