// Ops as primitives of oneDNN: their candidates, and how they are emitted.
#pragma once

#include "compiler/targets/cpu/PrimitiveRequest.h"

#include "mlir/IR/OpDefinition.h"

#include "compiler/targets/cpu/CpuInterfaces.h.inc"

namespace netc::select {
class Launcher; // compiler/select/Launcher.h
}

namespace netc::cpu {

/// The library's answer for an op; errors are reported at it.
mlir::FailureOr<select::Candidate>
choosePrimitive(PrimitiveOpInterface op, const select::Situation &situation);

/// The primitive that was chosen for the op, as a launch.
void emitPrimitive(PrimitiveOpInterface op, select::Launcher &launcher);

/// The module's target. \pre it is a processor
kernel::CpuAttr targetOf(mlir::Operation *op);

/// Takes blocks of a vector where oneDNN has only reference loops for small
/// groups of channels, which come in blocks of 4: pools and normalisations are
/// far faster then, reorders included. Says why, or nothing.
std::string leaveNaive(mlir::Operation *op, const PrimitiveRequest &request,
                       runtime::cpu::PrimitiveChoice &choice);

/// What a family of primitives says; it derives from this and hides what it
/// says otherwise, and has `request(op, situation)` for each of its ops.
struct PrimitiveFamily {
  static std::string reconsider(mlir::Operation *, const PrimitiveRequest &,
                                const select::Situation &,
                                runtime::cpu::PrimitiveChoice &) {
    return "";
  }
  static llvm::StringRef wish(mlir::Operation *, mlir::Value,
                              const select::Situation &) {
    return "";
  }
};

/// The interface of `OpTy` by what its family says.
template <typename Family, typename OpTy>
struct PrimitiveModel
    : PrimitiveOpInterface::ExternalModel<PrimitiveModel<Family, OpTy>, OpTy> {
  PrimitiveRequest getRequest(mlir::Operation *op,
                              const select::Situation &situation) const {
    return Family::request(llvm::cast<OpTy>(op), situation);
  }
  std::string askLayouts(mlir::Operation *op, PrimitiveRequest &request,
                         const select::Situation &situation) const {
    return Family::askLayouts(op, request, situation);
  }
  std::string reconsider(mlir::Operation *op, const PrimitiveRequest &request,
                         const select::Situation &situation,
                         runtime::cpu::PrimitiveChoice &choice) const {
    return Family::reconsider(op, request, situation, choice);
  }
  llvm::StringRef getWish(mlir::Operation *op, mlir::Value operand,
                          const select::Situation &situation) const {
    return Family::wish(op, operand, situation);
  }
};

template <typename Family, typename... Ops>
void attachPrimitives(mlir::MLIRContext &context) {
  (Ops::template attachInterface<PrimitiveModel<Family, Ops>>(context), ...);
}

} // namespace netc::cpu
