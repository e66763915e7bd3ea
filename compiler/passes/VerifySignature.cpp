// The result of a network is what its text declares.
#include "compiler/passes/Passes.h"

#include "compiler/net/NetDialect.h"

using namespace mlir;
using namespace netc::net;

namespace netc::net {
#define GEN_PASS_DEF_VERIFYSIGNATURE
#include "compiler/passes/Passes.h.inc"
} // namespace netc::net

namespace {
struct VerifySignature : netc::net::impl::VerifySignatureBase<VerifySignature> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    auto declared = func->getAttrOfType<DenseI64ArrayAttr>("net.signature");
    if (!declared)
      return;
    Value result = func.getBody().front().getTerminator()->getOperand(0);
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (type && type.getShape().drop_front() == declared.asArrayRef())
      return;
    InFlightDiagnostic error = func.emitError("declares the output ");
    auto print = [&](ArrayRef<int64_t> sizes) {
      std::string text;
      llvm::raw_string_ostream stream(text);
      llvm::interleave(sizes, stream, "x");
      return text;
    };
    error << print(declared) << " but its layers give ";
    error << (type ? print(type.getShape().drop_front())
                   : std::string("an unknown shape"));
    if (Operation *last = result.getDefiningOp())
      error.attachNote(last->getLoc())
          << "which comes from `" << last->getName() << "` here";
    signalPassFailure();
  }
};
} // namespace
