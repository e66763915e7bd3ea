// What becomes of ops on a GPU, by their families.
#pragma once

#include "compiler/targets/cuda/GraphWriter.h"

#include "mlir/IR/OpDefinition.h"

#include "compiler/targets/cuda/CudaInterfaces.h.inc"

namespace netc::cuda {

/// The interface of `OpTy`, a graph by `Family::graph(op, precision)`; its
/// activations and gradients are bf16 where others are.
template <typename Family, typename OpTy>
struct GraphModel
    : DeviceOpInterface::ExternalModel<GraphModel<Family, OpTy>, OpTy> {
  std::optional<CudaGraph> getGraph(mlir::Operation *op,
                                    Precision precision) const {
    return Family::graph(llvm::cast<OpTy>(op), precision);
  }
  bool hasChannelsLast(mlir::Operation *) const { return true; }
  mlir::LogicalResult expandBeforeGradients(mlir::Operation *op) const {
    if constexpr (requires {
                    Family::expandBeforeGradients(llvm::cast<OpTy>(op));
                  })
      return Family::expandBeforeGradients(llvm::cast<OpTy>(op));
    return mlir::success();
  }
  mlir::LogicalResult expand(mlir::Operation *op) const {
    if constexpr (requires { Family::expand(llvm::cast<OpTy>(op)); })
      return Family::expand(llvm::cast<OpTy>(op));
    return mlir::success();
  }
  bool fusesActivation(mlir::Operation *op) const {
    if constexpr (requires { Family::fusesActivation(llvm::cast<OpTy>(op)); })
      return Family::fusesActivation(llvm::cast<OpTy>(op));
    return false;
  }
  bool fusesActivationGradient(mlir::Operation *op) const {
    if constexpr (requires {
                    Family::fusesActivationGradient(llvm::cast<OpTy>(op));
                  })
      return Family::fusesActivationGradient(llvm::cast<OpTy>(op));
    return false;
  }
  std::optional<bool> wantsBf16(mlir::Operation *op) const {
    if constexpr (requires { Family::wantsBf16(llvm::cast<OpTy>(op)); })
      return Family::wantsBf16(llvm::cast<OpTy>(op));
    return true;
  }
  bool givesBf16(mlir::Operation *op) const {
    if constexpr (requires { Family::givesBf16(llvm::cast<OpTy>(op)); })
      return Family::givesBf16(llvm::cast<OpTy>(op));
    return true;
  }
};

template <typename Family, typename... Ops>
void attachGraphs(mlir::MLIRContext &context) {
  (Ops::template attachInterface<GraphModel<Family, Ops>>(context), ...);
}

/// The interface of `OpTy`, which becomes other ops by `Family::expand(op)`.
template <typename Family, typename OpTy>
struct ExpansionModel
    : DeviceOpInterface::ExternalModel<ExpansionModel<Family, OpTy>, OpTy> {
  mlir::LogicalResult expand(mlir::Operation *op) const {
    return Family::expand(llvm::cast<OpTy>(op));
  }
};

template <typename Family, typename... Ops>
void attachExpansions(mlir::MLIRContext &context) {
  (Ops::template attachInterface<ExpansionModel<Family, Ops>>(context), ...);
}

/// The interface of an op that moves values as they are: bf16 where activations
/// are.
template <typename OpTy>
struct MoveModel : DeviceOpInterface::ExternalModel<MoveModel<OpTy>, OpTy> {
  std::optional<bool> wantsBf16(mlir::Operation *) const { return true; }
  bool givesBf16(mlir::Operation *) const { return true; }
};

} // namespace netc::cuda
